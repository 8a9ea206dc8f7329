# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_ownership := $(wildcard $(TOP)/hypervisor/cell/*.c) $(addprefix $(TOP)/hypervisor/,base/pool.c gic/frames.c mm/stage2.c) \
	$(CONFIG_SRCS) $(HERE)/board.c $(STUB_SRCS)
CFLAGS_test_ownership := $(STUB_CFLAGS) -Wno-override-init -O2
# A stash that runs dry fails the test.
LIBS_test_ownership := -Wl,--wrap=stash_take
