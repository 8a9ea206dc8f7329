# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_traps := $(addprefix $(TOP)/hypervisor/arch/arm64/,traps.c idregs.c) $(STUB_SRCS)
CFLAGS_test_traps := $(STUB_CFLAGS)
