# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_devicetree := $(addprefix $(TOP)/tools/cellctl/,devicetree.c livetree.c file.c) \
	$(CONFIG_SRCS)
CFLAGS_test_devicetree := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
LIBS_test_devicetree := -lfdt
