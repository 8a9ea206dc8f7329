# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_log := $(addprefix $(TOP)/hypervisor/,base/log.c base/uart.c) $(STUB_SRCS)
CFLAGS_test_log := $(STUB_CFLAGS)
