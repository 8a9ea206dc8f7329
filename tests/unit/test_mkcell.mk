# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_mkcell := $(TOP)/hypervisor/core/config.c
CFLAGS_test_mkcell := -D_GNU_SOURCE -I$(TOP)/tools
