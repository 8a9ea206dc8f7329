# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_log := $(HARNESS)
CFLAGS_test_log := $(HOST_CFLAGS)
LIBS_test_log := $(LIBHV)
