# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_insn := $(HERE)/insn_model.c $(TOP)/hypervisor/arch/arm64/insn.c $(STUB_SRCS)
CFLAGS_test_insn := $(STUB_CFLAGS)
