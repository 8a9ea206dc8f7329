# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_skip := $(HARNESS)
CFLAGS_test_skip := $(HOST_CFLAGS)
LIBS_test_skip := $(LIBHV)
