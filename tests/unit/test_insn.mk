# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_insn := $(TOP)/hypervisor/core/insn.c $(STUB_SRCS)
CFLAGS_test_insn := $(STUB_CFLAGS)
