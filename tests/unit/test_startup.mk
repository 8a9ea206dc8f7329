# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_startup := $(TOP)/hypervisor/arch/arm64/startup.c $(STUB_SRCS)
CFLAGS_test_startup := $(STUB_CFLAGS)
