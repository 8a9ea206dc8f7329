# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_traps := $(HARNESS)
CFLAGS_test_traps := $(HOST_CFLAGS)
LIBS_test_traps := $(LIBHV)
