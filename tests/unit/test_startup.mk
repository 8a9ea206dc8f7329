# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_startup := $(HARNESS)
CFLAGS_test_startup := $(HOST_CFLAGS)
LIBS_test_startup := $(LIBHV)
