# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_pool := $(TOP)/hypervisor/base/pool.c $(STUB_SRCS)
CFLAGS_test_pool := $(STUB_CFLAGS)
