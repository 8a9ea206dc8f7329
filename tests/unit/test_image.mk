# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_image := $(TOP)/tools/cellctl/image.c
CFLAGS_test_image := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
