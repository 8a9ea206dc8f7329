# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_devicetree := $(addprefix $(TOP)/tools/cellctl/,devicetree.c livetree.c file.c) \
	$(TOP)/hypervisor/core/config.c
CFLAGS_test_devicetree := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
LIBS_test_devicetree := -lfdt
