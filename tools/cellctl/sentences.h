/* SPDX-License-Identifier: GPL-2.0-only */
/* What each code of a refusal says (sentences.c). */
#ifndef CELLCTL_SENTENCES_H
#define CELLCTL_SENTENCES_H

#include <stdint.h>

/* With {words} that stand for fields of the record. */
struct saying {
	const char *message, *remedy;
};

struct sentence {
	uint32_t code;
	const char *name;
	int exit;
	struct saying usual;
	struct saying of_file; /* where a file is checked by itself; no message: as usual */
};

/* Of a code that there is none for, that of an unknown one. */
const struct sentence *find_sentence(uint32_t code);

#endif
