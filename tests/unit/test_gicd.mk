# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_gicd := $(HERE)/gic_model.c $(HARNESS)
CFLAGS_test_gicd := $(HOST_CFLAGS)
LIBS_test_gicd := $(LIBHV)
