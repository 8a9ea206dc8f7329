// SPDX-License-Identifier: GPL-2.0-only
/*
 * System registers that trap, but for the GIC's (traps.h). The identification registers of a CPU as
 * a cell sees them: what the hardware says, and of each feature no more than traps.c lets a cell
 * have. A field that is not listed reads as zero.
 */
#include <arch/sysreg.h>
#include <arch/traps.h>
#include <base/model.h>

/* Rows of eight: CRm 1 to 3 have those of AArch32, for processes, 4 to 7 those of AArch64. */
#define ROWS		7
#define FIRST_AARCH64	4
#define INDEX(crm, op2) (8 * ((crm)-1) + (op2))

/*
 * The highest value of each field of four bits (Arm ARM D19.2), 0xf for one that may be anything.
 * Zero:
 *
 * PFR0:  EL2, EL3, SEL2, MPAM, AMU, RME; RAS and CSV2 are without the registers of RASv1p1 and
 * CSV2_2 PFR1:  all but BT, SSBS, and CSV2_frac without registers: MTE, SME, NMI, GCS, THE ...
 * DFR0:  trace, profiling, branch records, HPMN0; debug and performance monitors end with Armv8.8
 * ISAR0: TME. ISAR1: LS64. ISAR2: 128-bit registers and instructions. ISAR3: all but FAMINMAX
 * MMFR0: BigEnd, BigEndEL0 (registers that trap are little-endian), stage 2, FGT, CNTPOFF_EL2
 * MMFR1: VMIDBits, VH, LO, XNX, TWED, HCX, FEAT_HAFT. MMFR2: NV, FWB, EVT, FEAT_LVA3
 */
static const struct {
	u8 index;
	u64 fields;
} limits[] = {
	{ INDEX(4, 0), 0xf10f000f11ff001f }, /* PFR0 */
	{ INDEX(4, 1), 0x00000001000000ff }, /* PFR1 */
	{ INDEX(4, 4), 0xffffffffffffffff }, /* ZFR0 */
	{ INDEX(5, 0), 0x000f00f0f0f0f80a }, /* DFR0 */
	{ INDEX(6, 0), 0xfffffffff0ffffff }, /* ISAR0 */
	{ INDEX(6, 1), 0x0fffffffffffffff }, /* ISAR1 */
	{ INDEX(6, 2), 0xffffff00ffffffff }, /* ISAR2 */
	{ INDEX(6, 3), 0x00000000000000f0 }, /* ISAR3 */
	{ INDEX(7, 0), 0x1000f000fff0f0ff }, /* MMFR0 */
	{ INDEX(7, 1), 0xfffff0f00ff0f002 }, /* MMFR1 */
	{ INDEX(7, 2), 0xf0ff00fff0f1ffff }, /* MMFR2 */
};

#define PFR0_SVE       (0xfUL << 32)
#define PFR0_GIC       (0xfUL << 24)
#define DFR0_PMUVER    (0xfUL << 8)

#define READ(crm, op2) ids[INDEX(crm, op2)] = read_sysreg(S3_0_C0_C##crm##_##op2)

/* An instruction names its register, so all are read, where an index would need as much code. */
static u64 hardware_value(u64 index)
{
	u64 ids[8 * ROWS] = { 0 };

	READ(1, 0), READ(1, 1), READ(1, 2), READ(1, 3);
	READ(1, 4), READ(1, 5), READ(1, 6), READ(1, 7);
	READ(2, 0), READ(2, 1), READ(2, 2), READ(2, 3);
	READ(2, 4), READ(2, 5), READ(2, 6), READ(2, 7);
	READ(3, 0), READ(3, 1), READ(3, 2);
	READ(3, 4), READ(3, 5), READ(3, 6);
	READ(4, 0), READ(4, 1), READ(4, 4);
	READ(5, 0);
	READ(6, 0), READ(6, 1), READ(6, 2), READ(6, 3);
	READ(7, 0), READ(7, 1), READ(7, 2);
	return ids[index];
}

static u64 limited(u64 value, u64 limit)
{
	u64 result = 0;

	for (unsigned int shift = 0; shift < 64; shift += 4)
		result |= MIN(value >> shift & 0xf, limit >> shift & 0xf) << shift;
	return result;
}

/* What of a register depends on more than the limits: fields that are not there. */
static u64 missing(u64 index, u64 value)
{
	switch (index) {
	case INDEX(4, 0):
		return (traps_allow_sve(this_cpu()) ? 0 : PFR0_SVE) |
		       (system_config->gic.version == 3 ? 0 : PFR0_GIC);
	case INDEX(4, 4):
		return traps_allow_sve(this_cpu()) ? 0 : ~0UL;
	case INDEX(5, 0): /* 0xf: not the architecture's */
		return (value & DFR0_PMUVER) == DFR0_PMUVER ? DFR0_PMUVER : 0;
	default:
		return 0;
	}
}

u64 cell_id_register(u64 crm, u64 op2)
{
	u64 index = INDEX(crm, op2), value;

	if (crm < 1 || crm > ROWS)
		return 0;
	value = hardware_value(index);
	if (crm < FIRST_AARCH64)
		return value;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].index == index)
			return limited(value & ~missing(index, value), limits[i].fields);
	return 0;
}

#define ISS_CRN	   (ISS_SYSREG(3, 7, 15, 0, 0)) /* a group: op0, op1, CRn */
#define ISS_ID	   ISS_SYSREG(3, 0, 0, 0, 0)
#define ISS_ERRORS ISS_SYSREG(3, 0, 5, 0, 0)
#define ISS_LOCKS  ISS_SYSREG(2, 0, 1, 0, 0)
#define ISS_ACTLR  ISS_SYSREG(3, 0, 1, 0, 1)
#define CRM(iss)   FIELD(iss, 4, 1)
#define OP2(iss)   FIELD(iss, 19, 17)

/*
 * Reads as zero and ignores writes: implementation defined bits of ACTLR_EL1, which CPUs may share;
 * error records, ERRIDR_EL1 to ERXMISC3_EL1 (C5_C3 to C5_C5), of a common cache for instance; the
 * locks of an operating system's debug registers, which it opens when it starts, and their power
 * control.
 */
static bool is_withheld(u64 iss)
{
	return (iss & ISS_SYSREG_MASK) == ISS_ACTLR || (iss & ISS_CRN) == ISS_LOCKS ||
	       ((iss & ISS_CRN) == ISS_ERRORS && CRM(iss) - 3 <= 2);
}

bool answer_register(u64 iss, u64 *value)
{
	if ((iss & ISS_CRN) == ISS_ID && iss & ISS_SYSREG_READ) {
		*value = cell_id_register(CRM(iss), OP2(iss));
		return true;
	}
	*value = 0;
	return is_withheld(iss);
}
