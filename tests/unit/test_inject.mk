# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_inject := $(TOP)/hypervisor/arch/arm64/inject.c $(STUB_SRCS)
CFLAGS_test_inject := $(STUB_CFLAGS)
