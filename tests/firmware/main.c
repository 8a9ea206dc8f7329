// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL3 from reset to Linux, what it traps, and how it ends when it has trapped something.
 */
#include "firmware.h"

#define SCR_RES1	   0x30
#define SCR_NS		   BIT(0)
#define SCR_FIQ		   BIT(2)
#define SCR_HCE		   BIT(8)
#define SCR_RW		   BIT(10)
#define SCR_TERR	   BIT(15)
#define SCR_APK		   BIT(16)
#define SCR_API		   BIT(17)
#define SCR_ATA		   BIT(26)
#define SCR_FGTEN	   BIT(27)
#define SCR_HXEN	   BIT(38)
#define SCR_GCSEN	   BIT(39)
#define SCR_ENTP2	   BIT(41)
#define SCR_TCR2EN	   BIT(43)
#define SCR_PIEN	   BIT(45)
#define SCR_ENFPM	   BIT(50)
#define SCR_FGTEN2	   BIT(59)

#define CPTR_EZ		   BIT(8)
#define CPTR_ESM	   BIT(12)
#define CPTR_TTA	   BIT(20)
#define CPTR_TAM	   BIT(30)

#define MDCR_TTRF	   BIT(19)
#define MDCR_TDCC	   BIT(27)
#define MDCR_SBRBE	   BIT(32)
#define MDCR_ENPM2	   BIT(7)

#define ZCR_EL3		   S3_6_C1_C2_0
#define SMCR_EL3	   S3_6_C1_C2_6
#define SMCR_EZT0	   BIT(30)
#define SMCR_FA64	   BIT(31)
#define LONGEST		   0xf

#define ESR_EC(esr)	   ((esr) >> 26 & 0x3f)
#define EC_SMC64	   0x17

/* A field of an ID register is at least n. */
#define has(reg, shift, n) ((read_sysreg(reg) >> (shift)&0xf) >= (n))
#define ID_AA64PFR2_EL1	   S3_0_C0_C4_2
#define ID_AA64SMFR0_EL1   S3_0_C0_C4_5
#define ID_AA64MMFR3_EL1   S3_0_C0_C7_3

static bool distributor_is_ready;
static u64 frequency;

/*
 * What booting.rst asks for is let through, where the CPU has it; all else is not. Left out: TERR's
 * likes for what Linux uses without asking (TLOR: it clears LORC_EL1; TDOSA: the OS lock; TRNDR;
 * TWI, TWE), and EA, which would make every bus error the firmware's. SCR_EL3.EnSCXT, ECVEn,
 * AMVOFFEN, EnAS0, TME and SCTLR2En are 0, which traps; so are NSPB and NSTB of MDCR_EL3.
 */
static u64 scr(void)
{
	u64 value = SCR_RES1 | SCR_NS | SCR_RW | SCR_HCE | SCR_APK | SCR_API;

	value |= SCR_FIQ | SCR_TERR;
	if (has(id_aa64pfr1_el1, 8, 2))
		value |= SCR_ATA;
	if (has(id_aa64mmfr0_el1, 56, 1))
		value |= SCR_FGTEN;
	if (has(id_aa64mmfr0_el1, 56, 2))
		value |= SCR_FGTEN2;
	if (has(id_aa64mmfr1_el1, 40, 1))
		value |= SCR_HXEN;
	if (has(id_aa64pfr1_el1, 44, 1))
		value |= SCR_GCSEN;
	if (has(id_aa64pfr1_el1, 24, 1))
		value |= SCR_ENTP2;
	if (has(ID_AA64MMFR3_EL1, 0, 1))
		value |= SCR_TCR2EN;
	if (has(ID_AA64MMFR3_EL1, 8, 1))
		value |= SCR_PIEN;
	if (has(ID_AA64PFR2_EL1, 32, 1))
		value |= SCR_ENFPM;
	return value;
}

static u64 cptr(void)
{
	u64 value = CPTR_TTA;

	if (!has(id_aa64pfr0_el1, 44, 1))
		value |= CPTR_TAM;
	if (has(id_aa64pfr0_el1, 32, 1))
		value |= CPTR_EZ;
	if (has(id_aa64pfr1_el1, 24, 1))
		value |= CPTR_ESM;
	return value;
}

static u64 mdcr(void)
{
	u64 value = MDCR_TTRF | MDCR_TDCC;

	if (has(id_aa64dfr0_el1, 52, 1))
		value |= MDCR_SBRBE;
	if (has(id_aa64dfr0_el1, 8, 9))
		value |= MDCR_ENPM2;
	return value;
}

/* This CPU as it is when it enters EL2 first; all of it is lost without power. */
void set_up_el3(void)
{
	u64 smcr = LONGEST;

	write_sysreg(scr_el3, scr());
	write_sysreg(cptr_el3, cptr());
	write_sysreg(mdcr_el3, mdcr());
	write_sysreg(cntfrq_el0, frequency);
	isb();
	if (has(id_aa64pfr0_el1, 32, 1))
		write_sysreg(ZCR_EL3, LONGEST);
	if (has(id_aa64pfr1_el1, 24, 1)) {
		if (read_sysreg(ID_AA64SMFR0_EL1) >> 63)
			smcr |= SMCR_FA64;
		if (has(ID_AA64SMFR0_EL1, 56, 1))
			smcr |= SMCR_EZT0;
		write_sysreg(SMCR_EL3, smcr);
	}
}

void handle_sync(struct frame *frame)
{
	if (ESR_EC(read_sysreg(esr_el3)) != EC_SMC64)
		stop_at_trap(frame);
	handle_smc(frame);
}

void handle_fiq(struct frame *frame)
{
	(void)frame;
	handle_secure_interrupts();
}

void stop_at_trap(const struct frame *frame)
{
	hold_others_for_ever(); /* what they print would be between */
	say("\r\nfirmware: trap to EL3, esr ");
	say_hex(read_sysreg(esr_el3));
	say(", elr ");
	say_hex(frame->elr);
	say(", CPU ");
	say_decimal(this_cpu());
	say("\r\n");
	power_off();
}

void firmware_main(u32 cpu)
{
	u64 entry;

	if (cpu) {
		while (!__atomic_load_n(&distributor_is_ready, __ATOMIC_ACQUIRE))
			;
		gic_set_up_cpu();
		psci_wait_for_cpu_on(cpu);
	}
	frequency = read_sysreg(cntfrq_el0);
	gic_set_up_distributor();
	__atomic_store_n(&distributor_is_ready, true, __ATOMIC_RELEASE);
	gic_set_up_cpu();
	set_up_el3();
	psci_boot_cpu_is_on();
	entry = load_linux();
	while (!psci_all_started(gic_count_cpus()))
		;
	enter_el2(entry, RAM_BASE, 0);
}
