// SPDX-License-Identifier: GPL-2.0-only
/*
 * Either GIC with two security states (IHI 0048, IHI 0069): SPIs, PPIs and SGIs 0 to 7 are
 * Non-secure Group 1, but for the Secure timer's PPI; SGIs 8 to 15 are Group 0, and come to EL3 as
 * FIQ.
 */
#include "firmware.h"

#define GICD		0x08000000UL
#define GICC		0x08010000UL
#define GICR		0x080a0000UL
#define GICR_STRIDE	0x20000
#define GICR_STRIDE_V4	0x40000
#define GICR_SGI	0x10000

#define GICD_CTLR	0x0000
#define GICD_TYPER	0x0004
#define GICD_IGROUPR	0x0080
#define GICD_ISENABLER	0x0100
#define GICD_IPRIORITYR 0x0400
#define GICD_IGRPMODR	0x0d00
#define GICD_SGIR	0x0f00
#define CTLR_GROUP0	BIT(0)
#define CTLR_ARE_S	BIT(4)
#define CTLR_ARE_NS	BIT(5)
#define CTLR_RWP	BIT(31)

#define GICR_CTLR	0x0000
#define GICR_TYPER	0x0008
#define GICR_WAKER	0x0014
#define TYPER_VLPIS	BIT(1)
#define TYPER_LAST	BIT(4)
#define WAKER_SLEEP	BIT(1)
#define WAKER_ASLEEP	BIT(2)
#define RCTLR_RWP	BIT(3)

#define GICC_CTLR	0x0000
#define GICC_PMR	0x0004
#define GICC_BPR	0x0008
#define GICC_IAR	0x000c
#define GICC_EOIR	0x0010
#define GICC_CTLR_ON	0x1e9 /* Group 0 as FIQ, no bypass */

#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_IAR0_EL1	S3_0_C12_C8_0
#define ICC_EOIR0_EL1	S3_0_C12_C8_1
#define ICC_BPR0_EL1	S3_0_C12_C8_3
#define ICC_SGI0R_EL1	S3_0_C12_C11_7
#define ICC_IGRPEN0_EL1 S3_0_C12_C12_6
#define ICC_CTLR_EL3	S3_6_C12_C12_4
#define ICC_SRE_EL3	S3_6_C12_C12_5
#define ICC_IGRPEN1_EL3 S3_6_C12_C12_7
#define ICH_HCR_EL2	S3_4_C12_C11_0
#define SRE_ALL		0xf /* SRE, DFB, DIB, Enable */

#define SECURE_SGIS	0xff00U
#define SECURE_PPIS	(1U << 29) /* the Secure physical timer */
#define URGENT		0x10101010 /* before all that Non-secure software can mask */
#define INTID_MASK	0x3ff

static bool is_v3(void)
{
	return read_sysreg(id_aa64pfr0_el1) >> 24 & 0xf;
}

static u64 redistributor(u32 index)
{
	bool v4 = read32(GICR + GICR_TYPER) & TYPER_VLPIS;

	return GICR + index * (u64)(v4 ? GICR_STRIDE_V4 : GICR_STRIDE);
}

/* That of this CPU, by its affinity. */
static u64 own_redistributor(void)
{
	for (u32 i = 0;; i++) {
		if (read32(redistributor(i) + GICR_TYPER + 4) == this_cpu())
			return redistributor(i);
	}
}

u32 gic_count_cpus(void)
{
	u32 count = 1;

	if (!is_v3())
		return (read32(GICD + GICD_TYPER) >> 5 & 7) + 1;
	while (!(read32(redistributor(count - 1) + GICR_TYPER) & TYPER_LAST))
		count++;
	return count;
}

static void wait_for_distributor(void)
{
	while (is_v3() && read32(GICD + GICD_CTLR) & CTLR_RWP)
		;
}

/* Non-secure software enables its group itself. */
void gic_set_up_distributor(void)
{
	u32 registers = (read32(GICD + GICD_TYPER) & 0x1f) + 1;

	write32(GICD + GICD_CTLR, 0);
	wait_for_distributor();
	if (is_v3()) {
		write32(GICD + GICD_CTLR, CTLR_ARE_S | CTLR_ARE_NS);
		wait_for_distributor();
	}
	for (u32 i = 1; i < registers; i++) {
		write32(GICD + GICD_IGROUPR + 4 * i, ~0U);
		if (is_v3())
			write32(GICD + GICD_IGRPMODR + 4 * i, 0);
	}
	write32(GICD + GICD_CTLR, CTLR_GROUP0 | (is_v3() ? CTLR_ARE_S | CTLR_ARE_NS : 0));
	wait_for_distributor();
}

/* SGIs and PPIs, in a frame that is laid out as the distributor. */
static void set_up_private(u64 frame)
{
	write32(frame + GICD_IGROUPR, ~(SECURE_SGIS | SECURE_PPIS));
	write32(frame + GICD_IPRIORITYR + 8, URGENT);
	write32(frame + GICD_IPRIORITYR + 12, URGENT);
	write32(frame + GICD_ISENABLER, BIT(SGI_WAKE) | BIT(SGI_HOLD));
}

void gic_set_up_cpu(void)
{
	if (is_v3()) {
		u64 own = own_redistributor();

		write32(own + GICR_WAKER, 0);
		while (read32(own + GICR_WAKER) & WAKER_ASLEEP)
			;
		write32(own + GICR_SGI + GICD_IGRPMODR, 0);
		set_up_private(own + GICR_SGI);
		while (read32(own + GICR_CTLR) & RCTLR_RWP)
			;
	} else {
		set_up_private(GICD);
	}
	gic_reset_cpu_interface();
}

/* Only the firmware's interrupts are signalled; the priority mask is one that Non-secure may
 * change. */
void gic_reset_cpu_interface(void)
{
	if (!is_v3()) {
		write32(GICC + GICC_PMR, 0xff);
		write32(GICC + GICC_BPR, 0);
		write32(GICC + GICC_CTLR, GICC_CTLR_ON);
		return;
	}
	write_sysreg(ICC_SRE_EL3, SRE_ALL);
	isb();
	write_sysreg(ICC_CTLR_EL3, 0);
	write_sysreg(ICC_PMR_EL1, 0xff);
	write_sysreg(ICC_BPR0_EL1, 0);
	write_sysreg(ICC_IGRPEN1_EL3, 0);
	write_sysreg(ICC_IGRPEN0_EL1, 1);
	write_sysreg(ICH_HCR_EL2, 0);
	isb();
}

void gic_send(u32 sgi, u32 cpu)
{
	dsb(); /* what the other is to see, before the interrupt */
	if (!is_v3()) {
		write32(GICD + GICD_SGIR, BIT(16 + cpu) | sgi);
		return;
	}
	write_sysreg(ICC_SGI0R_EL1, (u64)sgi << 24 | BIT(cpu));
	isb();
}

/* Takes and ends a pending interrupt of Group 0: its number, or NO_INTERRUPT. */
u32 gic_take_secure(void)
{
	u32 taken = is_v3() ? read_sysreg(ICC_IAR0_EL1) : read32(GICC + GICC_IAR);
	u32 intid = is_v3() ? taken : taken & INTID_MASK;

	dsb(); /* acknowledged before it is acted upon */
	if (intid >= NO_INTERRUPT && intid <= 1023)
		return NO_INTERRUPT;
	if (is_v3()) {
		write_sysreg(ICC_EOIR0_EL1, taken);
		isb();
	} else {
		write32(GICC + GICC_EOIR, taken);
	}
	return intid;
}
