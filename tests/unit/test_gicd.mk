# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_gicd := $(HERE)/gic_model.c $(filter-out %/request.c,$(wildcard $(TOP)/hypervisor/gic/*.c)) $(TOP)/hypervisor/vdev/window.c $(TOP)/lib/config/refuse.c $(STUB_SRCS)
CFLAGS_test_gicd := $(STUB_CFLAGS)
