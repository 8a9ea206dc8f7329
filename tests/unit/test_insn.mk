# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_insn := $(HERE)/insn_model.c $(HARNESS)
CFLAGS_test_insn := $(HOST_CFLAGS)
LIBS_test_insn := $(LIBHV)
