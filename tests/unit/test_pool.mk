# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_pool := $(HARNESS)
CFLAGS_test_pool := $(HOST_CFLAGS)
LIBS_test_pool := $(LIBHV)
