# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_ownership := $(addprefix $(TOP)/hypervisor/,core/ownership.c core/create.c core/cell.c \
	core/config.c core/pool.c arch/arm64/stage2.c) $(HERE)/board.c $(STUB_SRCS)
CFLAGS_test_ownership := $(STUB_CFLAGS) -Wno-override-init -O2
# A stash that runs dry fails the test.
LIBS_test_ownership := -Wl,--wrap=stash_take
