/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System registers, barriers and register-sized MMIO for C and assembly. Names and
 * fields are those of the Arm Architecture Reference Manual and the GIC specification.
 */
#ifndef INMATE_SYSREG_H
#define INMATE_SYSREG_H

/* GICv3 CPU interface, by encoding: assemblers need an extension for the names. */
#define ICC_PMR_EL1	   S3_0_C4_C6_0
#define ICC_DIR_EL1	   S3_0_C12_C11_1
#define ICC_RPR_EL1	   S3_0_C12_C11_3
#define ICC_SGI1R_EL1	   S3_0_C12_C11_5
#define ICC_ASGI1R_EL1	   S3_0_C12_C11_6
#define ICC_SGI0R_EL1	   S3_0_C12_C11_7
#define ICC_IAR1_EL1	   S3_0_C12_C12_0
#define ICC_EOIR1_EL1	   S3_0_C12_C12_1
#define ICC_EOIR0_EL1	   S3_0_C12_C8_1
#define ICC_BPR1_EL1	   S3_0_C12_C12_3
#define ICC_CTLR_EL1	   S3_0_C12_C12_4
#define ICC_SRE_EL1	   S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1	   S3_0_C12_C12_7

#define SCTLR_EL1_RES1	   0x30d00800
#define SCTLR_EL1_M	   (1 << 0)
#define SCTLR_EL1_C	   (1 << 2)
#define SCTLR_EL1_SA	   (1 << 3)
#define SCTLR_EL1_I	   (1 << 12)
#define SCTLR_EL1_ENDB	   (1 << 13)
#define SCTLR_EL1_nTWI	   (1 << 16)
#define SCTLR_EL1_ENDA	   (1 << 27)
#define SCTLR_EL1_ENIB	   (1 << 30)
#define SCTLR_EL1_TCF_SYNC (1ull << 40)
#define SCTLR_EL1_ATA	   (1ull << 43)
#define CPACR_EL1_FPEN	   (3 << 20)
#define CPACR_EL1_ZEN	   (3 << 16)
#define CPACR_EL1_SMEN	   (3 << 24)

#define SPSR_AARCH32	   (1 << 4)
#define SPSR_IL		   (1 << 20)
#define SPSR_SS		   (1 << 21)

/* 48-bit addresses, 4 KiB granule, walks inner shareable write-back, no TTBR1. */
#define TCR_EL1_T0SZ_48	   (64 - 48)
#define TCR_EL1_IRGN0_WB   (1 << 8)
#define TCR_EL1_ORGN0_WB   (1 << 10)
#define TCR_EL1_SH0_INNER  (3 << 12)
#define TCR_EL1_EPD1	   (1 << 23)
#define TCR_EL1_T1_48_4K   (2ull << 30 | 1ull << 26 | 1ull << 24 | (64 - 48) << 16)
#define TCR_EL1_IPS_SHIFT  32
#define TCR_EL1_HA	   (1ull << 39)
#define TCR_EL1_HD	   (1ull << 40)
#define TCR_EL1_INMATE \
	(TCR_EL1_T0SZ_48 | TCR_EL1_IRGN0_WB | TCR_EL1_ORGN0_WB | TCR_EL1_SH0_INNER | TCR_EL1_EPD1)
#define PARANGE_48	    5 /* widest that the 4 KiB granule without LPA2 can use */
#define TTBR_EL1_ASID_SHIFT 48

/* Memory types by MAIR index. */
#define MAIR_DEVICE_nGnRnE  0
#define MAIR_NORMAL_WB	    1
#define MAIR_EL1_INMATE	    0xff00

/* VMSAv8-64 descriptors. All mappings are nG, so that ASIDs keep tables apart. */
#define PTE_VALID	    (1 << 0)
#define PTE_TABLE	    (1 << 1) /* levels 0 to 2; a page at level 3 */
#define PTE_ATTR_SHIFT	    2
#define PTE_USER	    (1 << 6) /* AP[1]: also for EL0 */
#define PTE_READ_ONLY	    (1 << 7) /* AP[2] */
#define PTE_SH_INNER	    (3 << 8)
#define PTE_AF		    (1 << 10)
#define PTE_nG		    (1 << 11)
#define PTE_PXN_SHIFT	    53
#define PTE_UXN_SHIFT	    54

#ifndef __ASSEMBLER__

#include <stdint.h>

#define SYSREG_STRING(name)  SYSREG_STRING_(name)
#define SYSREG_STRING_(name) #name

#define read_sysreg(name)                                                    \
	({                                                                   \
		uint64_t value_;                                             \
		asm volatile("mrs %0, " SYSREG_STRING(name) : "=r"(value_)); \
		value_;                                                      \
	})

#define write_sysreg(name, value) \
	asm volatile("msr " SYSREG_STRING(name) ", %0" : : "r"((uint64_t)(value)))

#define isb()	    asm volatile("isb" : : : "memory")
#define dsb(domain) asm volatile("dsb " #domain : : : "memory")
#define wfi()	    asm volatile("wfi" : : : "memory")
#define wfe()	    asm volatile("wfe" : : : "memory")

/* Interrupts of this CPU: masked by PSTATE.I. */
static inline void irq_enable(void)
{
	asm volatile("msr daifclr, #2" : : : "memory");
}

static inline void irq_disable(void)
{
	asm volatile("msr daifset, #2" : : : "memory");
}

static inline uint64_t irq_save(void)
{
	uint64_t daif = read_sysreg(daif);

	irq_disable();
	return daif;
}

static inline void irq_restore(uint64_t daif)
{
	asm volatile("msr daif, %0" : : "r"(daif) : "memory");
}

/*
 * MMIO by plain base-register loads and stores: they report a valid syndrome when
 * they trap.
 */
static inline uint8_t read8(uint64_t address)
{
	uint8_t value;

	asm volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline uint32_t read32(uint64_t address)
{
	uint32_t value;

	asm volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline uint64_t read64(uint64_t address)
{
	uint64_t value;

	asm volatile("ldr %x0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void write8(uint64_t address, uint8_t value)
{
	asm volatile("strb %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline void write32(uint64_t address, uint32_t value)
{
	asm volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline void write64(uint64_t address, uint64_t value)
{
	asm volatile("str %x0, [%1]" : : "r"(value), "r"(address) : "memory");
}

#endif
#endif
