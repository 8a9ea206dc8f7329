// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Arguments of the inmate: chosen/bootargs, split by spaces.
 */
#include <inmate.h>

/* What follows "name", at "=value", a space or the end; NULL without the word. */
static const char *find(const char *name)
{
	size_t length = strlen(name);
	const char *word = dt_bootargs();

	while (word) {
		while (*word == ' ')
			word++;
		if (!strncmp(word, name, length) && strchr("= ", word[length]))
			return word + length; /* strchr() finds the NUL, too */
		word = strchr(word, ' ');
	}
	return NULL;
}

bool arg_flag(const char *name)
{
	const char *rest = find(name);

	return rest && *rest != '=';
}

uint64_t arg_u64(const char *key, uint64_t otherwise)
{
	const char *rest = find(key);

	return rest && *rest == '=' ? strtoul(rest + 1, NULL, 0) : otherwise;
}

bool arg_string(const char *key, char *value, size_t size)
{
	const char *rest = find(key);
	size_t i = 0;

	if (rest && *rest == '=')
		for (rest++; i + 1 < size && *rest && *rest != ' '; i++)
			value[i] = *rest++;
	value[i] = '\0';
	return rest && i;
}
