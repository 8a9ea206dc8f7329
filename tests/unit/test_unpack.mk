# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_unpack := $(TOP)/tools/cellctl/unpack.c $(TOP)/tools/cellctl/file.c
CFLAGS_test_unpack := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
LIBS_test_unpack := -lfdt -lz
