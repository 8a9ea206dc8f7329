# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_skip := $(TOP)/hypervisor/arch/arm64/skip.c $(STUB_SRCS)
CFLAGS_test_skip := $(STUB_CFLAGS)
