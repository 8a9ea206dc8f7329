# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_log := $(addprefix $(TOP)/hypervisor/,core/log.c devices/pl011.c) $(STUB_SRCS)
CFLAGS_test_log := $(STUB_CFLAGS)
