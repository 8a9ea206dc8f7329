# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_foreign := $(TOP)/tools/cellctl/foreign.c $(TOP)/tools/cellctl/image.c
CFLAGS_test_foreign := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
