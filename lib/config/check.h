/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one check of a binary configuration, and the arithmetic on address ranges that
 * it and the checks across cells need. Shared by the hypervisor, the driver and the
 * host tools: it relies on the ABI headers alone.
 */
#ifndef CB_CORE_CONFIG_H
#define CB_CORE_CONFIG_H

#include <cellblock/config.h>
#include <cellblock/error.h>

#define CB_ADDRESS_BITS 48 /* PA and IPA: no CPU that we run on has more */

/*
 * Check everything that a configuration says about itself. Nothing in it is trusted.
 * @data: the file, 8-byte aligned, in memory that nobody else can write meanwhile.
 * @size: bytes there.
 * @kind: enum cb_config_kind that the caller needs.
 * @err: filled in when the configuration is refused, untouched otherwise.
 * Returns CB_OK or the enum cb_error_code of the record.
 *
 * What depends on other cells or on the system (is it the root cell's? whose is it
 * now? does an IPA meet a frame of the GIC?) is for the caller to check afterwards.
 */
int cb_config_check(const void *data, size_t size, uint32_t kind, struct cb_error *err);

/* Bytes of a console's registers, and their alignment; 0: no UART that we know. */
static inline uint32_t cb_console_size(uint32_t type)
{
	switch (type) {
	case CB_CONSOLE_PL011:
	case CB_CONSOLE_CADENCE:
	case CB_CONSOLE_IMX:
		return CB_PAGE_SIZE;
	case CB_CONSOLE_8250:
		return 0x20;
	default:
		return 0;
	}
}

/*
 * CRC-32 of a configuration with its checksum field taken as zero.
 * @size is at least that of struct cb_config_header.
 */
uint32_t cb_config_checksum(const void *data, size_t size);

/* Whether two ranges have a byte in common. An empty range has none; no sum can wrap. */
static inline bool cb_ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	if (!a_size || !b_size)
		return false;
	return a < b ? b - a < a_size : a - b < b_size;
}

/* Whether a range lies within another, end included; no sum can wrap. */
static inline bool cb_range_contains(uint64_t outer, uint64_t outer_size, uint64_t inner,
				     uint64_t inner_size)
{
	return inner >= outer && inner_size <= outer_size &&
	       inner - outer <= outer_size - inner_size;
}

#endif
