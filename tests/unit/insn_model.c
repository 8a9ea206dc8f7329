// SPDX-License-Identifier: GPL-2.0-only
/* Encodings of loads and stores (insn_model.h). */
#include "insn_model.h"

enum form { PLAIN, WRITE_BACK, PAIR, PAIR_WRITE_BACK };

/*
 * Of 32 bits: 0 and 1 are fixed, letters are fields: i signed immediate, t Rt, u Rt2, n Rn; a dot
 * is a field that does not matter here. Spaces are for the eye.
 */
struct diagram {
	const char *bits;
	enum form form;
	u8 size; /* bytes of an element */
	bool write, sign_extend, wide;
};

/* Unscaled, post-indexed, unprivileged, pre-indexed; register offset: UXTW to SXTX; unsigned. */
#define SINGLE(size_opc_high, opc, ...)                                                      \
	{ size_opc_high " 111000 " opc " 0 ......... 00 nnnnn ttttt", PLAIN, __VA_ARGS__ },  \
		{ size_opc_high " 111000 " opc " 0 iiiiiiiii 01 nnnnn ttttt", WRITE_BACK,    \
		  __VA_ARGS__ },                                                             \
		{ size_opc_high " 111000 " opc " 0 ......... 10 nnnnn ttttt", PLAIN,         \
		  __VA_ARGS__ },                                                             \
		{ size_opc_high " 111000 " opc " 0 iiiiiiiii 11 nnnnn ttttt", WRITE_BACK,    \
		  __VA_ARGS__ },                                                             \
		{ size_opc_high " 111000 " opc " 1 ..... .1. . 10 nnnnn ttttt", PLAIN,       \
		  __VA_ARGS__ },                                                             \
	{                                                                                    \
		size_opc_high " 111001 " opc " ............ nnnnn ttttt", PLAIN, __VA_ARGS__ \
	}

/* Post-indexed, offset, pre-indexed. */
#define PAIRS(opc, load, ...)                                                                    \
	{ opc " 101000 1 " load " iiiiiii uuuuu nnnnn ttttt", PAIR_WRITE_BACK, __VA_ARGS__ },    \
		{ opc " 101001 0 " load " ....... uuuuu nnnnn ttttt", PAIR, __VA_ARGS__ },       \
	{                                                                                        \
		opc " 101001 1 " load " iiiiiii uuuuu nnnnn ttttt", PAIR_WRITE_BACK, __VA_ARGS__ \
	}

#define NO_ALLOCATE(opc, load, ...)                                                   \
	{                                                                             \
		opc " 101000 0 " load " ....... uuuuu nnnnn ttttt", PAIR, __VA_ARGS__ \
	}

/* size, write, sign_extend, wide */
static const struct diagram diagrams[] = {
	SINGLE("00", "00", 1, true, false, false),  /* STRB */
	SINGLE("00", "01", 1, false, false, false), /* LDRB */
	SINGLE("00", "10", 1, false, true, true),   /* LDRSB Xt */
	SINGLE("00", "11", 1, false, true, false),  /* LDRSB Wt */
	SINGLE("01", "00", 2, true, false, false),  /* STRH */
	SINGLE("01", "01", 2, false, false, false), /* LDRH */
	SINGLE("01", "10", 2, false, true, true),   /* LDRSH Xt */
	SINGLE("01", "11", 2, false, true, false),  /* LDRSH Wt */
	SINGLE("10", "00", 4, true, false, false),  /* STR Wt */
	SINGLE("10", "01", 4, false, false, false), /* LDR Wt */
	SINGLE("10", "10", 4, false, true, true),   /* LDRSW */
	SINGLE("11", "00", 8, true, false, true),   /* STR Xt */
	SINGLE("11", "01", 8, false, false, true),  /* LDR Xt; PRFM is opc 10 */
	PAIRS("00", "0", 4, true, false, false),    /* STP Wt */
	PAIRS("00", "1", 4, false, false, false),   /* LDP Wt */
	PAIRS("01", "1", 4, false, true, true),	    /* LDPSW; STGP is a store */
	PAIRS("10", "0", 8, true, false, true),	    /* STP Xt */
	PAIRS("10", "1", 8, false, false, true),    /* LDP Xt */
	NO_ALLOCATE("00", "0", 4, true, false, false),
	NO_ALLOCATE("00", "1", 4, false, false, false),
	NO_ALLOCATE("10", "0", 8, true, false, true),
	NO_ALLOCATE("10", "1", 8, false, false, true),
};

struct fields {
	u32 i, t, u, n, i_bits;
};

/* Read insn against a diagram from its top bit on. False if a fixed bit differs. */
static bool matches(u32 insn, const char *bits, struct fields *fields)
{
	*fields = (struct fields){ 0 };
	for (u32 bit = 1U << 31; *bits; bits++) {
		u32 value = !!(insn & bit);

		switch (*bits) {
		case ' ':
			continue;
		case '0':
		case '1':
			if (value != (u32)(*bits - '0'))
				return false;
			break;
		case 'i':
			fields->i = fields->i << 1 | value;
			fields->i_bits++;
			break;
		case 't':
			fields->t = fields->t << 1 | value;
			break;
		case 'u':
			fields->u = fields->u << 1 | value;
			break;
		case 'n':
			fields->n = fields->n << 1 | value;
			break;
		}
		bit >>= 1;
	}
	return true;
}

static bool is_pair(const struct diagram *d)
{
	return d->form == PAIR || d->form == PAIR_WRITE_BACK;
}

static bool writes_back(const struct diagram *d)
{
	return d->form == WRITE_BACK || d->form == PAIR_WRITE_BACK;
}

/* Of the immediate, whose highest bit is its sign; that of a pair counts elements. */
static s64 distance(const struct diagram *d, const struct fields *fields)
{
	s64 value = fields->i;

	if (fields->i_bits && fields->i >> (fields->i_bits - 1))
		value -= 1L << fields->i_bits;
	return is_pair(d) ? value * d->size : value;
}

/* "UNPREDICTABLE behavior" in the pseudocode of the instructions. */
static bool is_unpredictable(const struct diagram *d, const struct fields *fields)
{
	bool base = fields->n != 31 &&
		    (fields->n == fields->t || (is_pair(d) && fields->n == fields->u));

	return (writes_back(d) && base) || (is_pair(d) && !d->write && fields->t == fields->u);
}

enum verdict insn_model(u32 insn, struct load_store *expected)
{
	for (size_t i = 0; i < ARRAY_SIZE(diagrams); i++) {
		const struct diagram *d = &diagrams[i];
		struct fields fields;

		if (!matches(insn, d->bits, &fields))
			continue;
		*expected = (struct load_store){
			.write = d->write,
			.sign_extend = d->sign_extend,
			.wide = d->wide,
			.size = d->size,
			.nr = is_pair(d) ? 2 : 1,
			.rt = { (u8)fields.t, is_pair(d) ? (u8)fields.u : 0 },
			.rn = (u8)fields.n,
			.writeback = writes_back(d) ? distance(d, &fields) : 0,
		};
		return is_unpredictable(d, &fields) ? EITHER : ACCEPT;
	}
	return REFUSE;
}

bool is_same_load_store(const struct load_store *a, const struct load_store *b)
{
	return a->write == b->write && a->sign_extend == b->sign_extend && a->wide == b->wide &&
	       a->size == b->size && a->nr == b->nr && a->rt[0] == b->rt[0] &&
	       a->rt[1] == b->rt[1] && a->rn == b->rn && a->writeback == b->writeback;
}

u64 loaded_value(const struct load_store *access, u64 value)
{
	u8 top = (u8)(value >> (8 * access->size - 8));
	u64 result = 0;

	for (u32 byte = 0; byte < (access->wide ? 8 : 4); byte++) {
		u64 bits = value >> 8 * byte & 0xff;

		if (byte >= access->size)
			bits = access->sign_extend && top & 0x80 ? 0xff : 0;
		result |= bits << 8 * byte;
	}
	return result;
}
