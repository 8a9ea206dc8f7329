# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_uart := $(HARNESS)
CFLAGS_test_uart := $(HOST_CFLAGS)
LIBS_test_uart := $(LIBHV)
