# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_ownership := $(HERE)/board.c $(HARNESS)
CFLAGS_test_ownership := $(HOST_CFLAGS) -Wno-override-init -O2
# A stash that runs dry fails the test.
LIBS_test_ownership := -Wl,--wrap=stash_take $(HOST_GIC) $(LIBHV)
