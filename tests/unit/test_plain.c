// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a cell or a file says does not control a terminal, and in JSON stays what it was as far as
 * that is text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "output.h"
#include "plain.h"

static void assert_written(const char *text, size_t size, const char *keep, const char *expected)
{
	char *written = NULL;
	size_t length;
	FILE *stream = open_memstream(&written, &length);

	plain_write(stream, text, size, keep);
	fclose(stream);
	assert_string_equal(written, expected);
	free(written);
}

#define WRITTEN(text, keep, expected) assert_written(text, sizeof(text) - 1, keep, expected)

static void test_text_stays_as_it_is(void **state)
{
	(void)state;
	WRITTEN("5 \xc2\xb5s, \xe2\x82\xac, \xf0\x9f\x99\x82 ~", "",
		"5 \xc2\xb5s, \xe2\x82\xac, \xf0\x9f\x99\x82 ~");
	WRITTEN("a\r\n\tb", "\r\n\t", "a\r\n\tb");
}

static void test_what_a_terminal_would_obey_is_spelled_out(void **state)
{
	(void)state;
	WRITTEN("\x1b]0;own\a", "\n", "\\x1b]0;own\\x07");
	WRITTEN("\x7f\n\0", "", "\\x7f\\x0a\\x00");
	WRITTEN("\xc2\x9b"
		"2J",
		"", "\\xc2\\x9b2J");
	WRITTEN("\xe2\x80\xae", "", "\\xe2\\x80\\xae");
}

static void assert_on_screen(const char *text, size_t size, const char *expected)
{
	char *written = NULL;
	size_t length;
	FILE *stream = open_memstream(&written, &length);

	plain_write_screen(stream, text, size);
	fclose(stream);
	assert_string_equal(written, expected);
	free(written);
}

#define ON_SCREEN(text, expected) assert_on_screen(text, sizeof(text) - 1, expected)

static void test_screen_gets_what_colours_moves_and_erases(void **state)
{
	(void)state;
	ON_SCREEN("\x1b[1;32mok\x1b[0m\x1b[J\x1b[12D\x1b[H",
		  "\x1b[1;32mok\x1b[0m\x1b[J\x1b[12D\x1b[H");
	/* What would make it answer, or change it, is left out. */
	ON_SCREEN("a\x1b[6nb\x1b[?1049hc\x1b[cd\x1b[>me\x1b[21tf\x1b[4\"pg", "abcdefg");
	ON_SCREEN("\x1b]0;own\a\x1b"
		  "c",
		  "\\x1b]0;own\a\\x1bc");
	ON_SCREEN("\x1b[12\x1b[1m\x1b[", "\\x1b[12\x1b[1m\\x1b[");
	ON_SCREEN("\x1b[0000000000000000000000000000000000m",
		  "\\x1b[0000000000000000000000000000000000m");
}

static void test_beginning_of_a_sequence_at_the_end(void **state)
{
	(void)state;
	assert_int_equal(plain_incomplete_screen("a\x1b", 2), 1);
	assert_int_equal(plain_incomplete_screen("a\x1b[1;", 5), 4);
	assert_int_equal(plain_incomplete_screen("a\x1b[1m", 5), 0);
	assert_int_equal(plain_incomplete_screen("a\x1b]", 3), 0);
	assert_int_equal(plain_incomplete_screen("a\xe2\x82", 3), 2);
	assert_int_equal(plain_incomplete_screen("\x1b[00000000000000000000000000000000000", 37),
			 0);
}

static void test_what_is_no_utf8_is_spelled_out(void **state)
{
	(void)state;
	WRITTEN("\xff\x80", "", "\\xff\\x80");
	WRITTEN("\xc0\xaf", "", "\\xc0\\xaf");
	WRITTEN("\xe0\x80\xaf", "", "\\xe0\\x80\\xaf");
	WRITTEN("\xed\xa0\x80", "", "\\xed\\xa0\\x80");
	WRITTEN("\xf4\x90\x80\x80", "", "\\xf4\\x90\\x80\\x80");
	WRITTEN("\xe2\x82", "", "\\xe2\\x82");
}

static void test_beginning_of_a_character_at_the_end(void **state)
{
	(void)state;
	assert_int_equal(plain_incomplete("abc", 3), 0);
	assert_int_equal(plain_incomplete("a\xe2\x82", 3), 2);
	assert_int_equal(plain_incomplete("a\xf0", 2), 1);
	assert_int_equal(plain_incomplete("\xe2\x82\xac", 3), 0);
	assert_int_equal(plain_incomplete("\x80\x80\x80\x80", 4), 0);
	assert_int_equal(plain_incomplete("", 0), 0);
}

static void test_json_has_text_and_marks_what_is_none(void **state)
{
	json_t *text = json_text("5 \xc2\xb5s\xff\x1b", 7);

	(void)state;
	assert_string_equal(json_string_value(text), "5 \xc2\xb5s\xef\xbf\xbd\x1b");
	json_decref(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_stays_as_it_is),
		cmocka_unit_test(test_what_a_terminal_would_obey_is_spelled_out),
		cmocka_unit_test(test_what_is_no_utf8_is_spelled_out),
		cmocka_unit_test(test_screen_gets_what_colours_moves_and_erases),
		cmocka_unit_test(test_beginning_of_a_sequence_at_the_end),
		cmocka_unit_test(test_beginning_of_a_character_at_the_end),
		cmocka_unit_test(test_json_has_text_and_marks_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
