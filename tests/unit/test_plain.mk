# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_plain := $(addprefix $(TOP)/tools/cellctl/,plain.c output.c)
CFLAGS_test_plain := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
LIBS_test_plain := -ljansson
