# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_stage2 := $(HERE)/stage2_model.c $(HARNESS)
CFLAGS_test_stage2 := $(HOST_CFLAGS) -O2
# A stash that runs dry fails the test, and so does a page that goes while it is in use.
LIBS_test_stage2 := -Wl,--wrap=stash_take,--wrap=stash_put $(LIBHV)
