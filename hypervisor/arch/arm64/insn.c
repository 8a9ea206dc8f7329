// SPDX-License-Identifier: GPL-2.0-only
/* Decoding of loads and stores of general registers (insn.h). */
#include <arch/insn.h>

static s64 sign_extend(u64 value, unsigned int bits)
{
	return (s64)(value << (64 - bits)) >> (64 - bits);
}

/* opc of the single-register forms: 0 store, 1 load, 2 load signed to X, 3 load signed to W. */
static bool decode_opc(u32 insn, struct load_store *decoded)
{
	u32 size = FIELD(insn, 31, 30), opc = FIELD(insn, 23, 22);

	/* PRFM, and unallocated: a word sign-extended to a word. */
	if ((size == 3 && opc >= 2) || (size == 2 && opc == 3))
		return false;
	decoded->size = (u8)BIT(size);
	decoded->write = opc == 0;
	decoded->sign_extend = opc >= 2;
	decoded->wide = opc == 2 || size == 3;
	decoded->nr = 1;
	decoded->rt[0] = FIELD(insn, 4, 0);
	decoded->rn = FIELD(insn, 9, 5);
	return true;
}

/* LDR, STR and so on: unscaled, post-indexed, unprivileged, pre-indexed by bits 11:10. */
static bool decode_imm9(u32 insn, struct load_store *decoded)
{
	bool writeback = FIELD(insn, 10, 10);

	if (!decode_opc(insn, decoded))
		return false;
	/* Write-back to the register that is transferred is UNPREDICTABLE (C6.2). */
	if (writeback && decoded->rn == decoded->rt[0] && decoded->rn != 31)
		return false;
	decoded->writeback = writeback ? sign_extend(FIELD(insn, 20, 12), 9) : 0;
	return true;
}

/* LDP, STP, LDPSW, LDNP, STNP. */
static bool decode_pair(u32 insn, struct load_store *decoded)
{
	u32 opc = FIELD(insn, 31, 30), mode = FIELD(insn, 24, 23);
	bool load = FIELD(insn, 22, 22), writeback = mode & 1;

	if (opc == 3 || (opc == 1 && (!load || mode == 0))) /* STGP and unallocated */
		return false;
	decoded->size = opc == 2 ? 8 : 4;
	decoded->write = !load;
	decoded->sign_extend = opc == 1;
	decoded->wide = opc != 0;
	decoded->nr = 2;
	decoded->rt[0] = FIELD(insn, 4, 0);
	decoded->rt[1] = FIELD(insn, 14, 10);
	decoded->rn = FIELD(insn, 9, 5);
	if (writeback && decoded->rn != 31 &&
	    (decoded->rn == decoded->rt[0] || decoded->rn == decoded->rt[1]))
		return false;
	decoded->writeback = writeback ? sign_extend(FIELD(insn, 21, 15), 7) * decoded->size : 0;
	return true;
}

bool decode_load_store(u32 insn, struct load_store *decoded)
{
	*decoded = (struct load_store){ 0 };
	if ((insn & 0x3e000000) == 0x28000000) /* pairs, V = 0 */
		return decode_pair(insn, decoded);
	if ((insn & 0x3f200000) == 0x38000000) /* 9-bit immediate, V = 0 */
		return decode_imm9(insn, decoded);
	if ((insn & 0x3f204c00) == 0x38204800 || /* register offset, V = 0 */
	    (insn & 0x3f000000) == 0x39000000)	 /* unsigned immediate, V = 0 */
		return decode_opc(insn, decoded);
	return false;
}

u64 extend_load(const struct load_store *access, u64 value)
{
	if (access->sign_extend)
		value = (u64)sign_extend(value, 8U * access->size);
	else if (access->size < 8)
		value &= BIT(8 * access->size) - 1;
	return access->wide ? value : (u32)value;
}
