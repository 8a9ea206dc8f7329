# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_dtbcheck := $(addprefix $(TOP)/tools/cellctl/,dtbcheck.c devicetree.c livetree.c file.c)
CFLAGS_test_dtbcheck := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
LIBS_test_dtbcheck := -lfdt
