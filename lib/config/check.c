// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks a binary configuration before anybody uses it. This is the trust boundary to
 * whoever wrote the file, so no count, offset or sum is used before it is checked.
 * The rules that make it a file stand here; those on what it says are check_cells.c's and
 * check_board.c's. They read like the list of rules, and each refusal explains itself.
 * No libc, no pointers in tables: it also runs at EL2 before there are relocations.
 */
#include <config/parts.h>

static uint32_t crc32_update(uint32_t crc, const void *data, size_t size)
{
	/* CRC-32 (IEEE 802.3), reflected, four bits at a time. */
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *byte = data;

	while (size--) {
		crc ^= *byte++;
		crc = (crc >> 4) ^ nibble[crc & 15];
		crc = (crc >> 4) ^ nibble[crc & 15];
	}
	return crc;
}

uint32_t cb_config_checksum(const void *data, size_t size)
{
	static const uint8_t zero[sizeof(uint32_t)];
	const size_t field = offsetof(struct cb_config_header, checksum);
	const size_t behind = field + sizeof(zero);
	uint32_t crc = ~0u;

	crc = crc32_update(crc, data, field);
	crc = crc32_update(crc, zero, sizeof(zero));
	crc = crc32_update(crc, cb_bytes_at(data, behind), size - behind);
	return ~crc;
}

static bool has_signature(const struct cb_config_header *header)
{
	for (size_t i = 0; i < sizeof(header->signature); i++)
		if (header->signature[i] != CB_CONFIG_SIGNATURE[i])
			return false;
	return true;
}

/* That it is a configuration at all, of the right kind, whole and undamaged. */
static int check_file(const struct cb_config_header *header, size_t size, uint32_t kind,
		      struct cb_error *err)
{
	uint32_t checksum;

	if (size < sizeof(*header))
		return refuse(err, CB_ERR_CONFIG_TRUNCATED, .size = size,
			      .other_size = sizeof(*header));
	if (!has_signature(header))
		return refuse(err, CB_ERR_CONFIG_SIGNATURE);
	if (header->revision != CB_CONFIG_REVISION)
		return refuse(err, CB_ERR_CONFIG_REVISION, .found = header->revision,
			      .expected = CB_CONFIG_REVISION);
	if (header->arch != CB_ARCH_ARM64)
		return refuse(err, CB_ERR_CONFIG_ARCH, .found = header->arch,
			      .expected = CB_ARCH_ARM64);
	if (header->kind != kind)
		return refuse(err, CB_ERR_CONFIG_KIND, .found = header->kind, .expected = kind);
	if (size > CB_CONFIG_MAX_SIZE)
		return refuse(err, CB_ERR_CONFIG_TOO_LARGE, .size = size,
			      .other_size = CB_CONFIG_MAX_SIZE);
	if (size < cb_head_size(kind))
		return refuse(err, CB_ERR_CONFIG_TRUNCATED, .size = size,
			      .other_size = cb_head_size(kind));
	if (size < header->size)
		return refuse(err, CB_ERR_CONFIG_TRUNCATED, .size = size,
			      .other_size = header->size);
	if (size != header->size)
		return refuse(err, CB_ERR_CONFIG_SIZE, .size = header->size, .other_size = size);

	checksum = cb_config_checksum(header, size);
	if (checksum != header->checksum)
		return refuse(err, CB_ERR_CONFIG_CHECKSUM, .found = checksum,
			      .expected = header->checksum);
	return CB_OK;
}

int cb_config_check(const void *data, size_t size, uint32_t kind, struct cb_error *err)
{
	int ret = check_file(data, size, kind, err);

	if (ret)
		return ret;
	return kind == CB_CONFIG_SYSTEM ? cb_config_check_system(data, err)
					: cb_config_check_cell(data, err);
}
