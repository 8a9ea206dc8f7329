# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_inject := $(HARNESS)
CFLAGS_test_inject := $(HOST_CFLAGS)
LIBS_test_inject := $(LIBHV)
