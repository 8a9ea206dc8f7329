# SPDX-License-Identifier: GPL-2.0-only
# All of cellctl but its main() and the real device.
SRCS_test_cellctl := $(filter-out %/main.c %/device.c,$(wildcard $(TOP)/tools/cellctl/*.c)) \
	$(CONFIG_SRCS)
CFLAGS_test_cellctl := -D_GNU_SOURCE -I$(TOP)/tools/cellctl \
	-DBOOTFILE_DIRECTORY='"$(OUT)/cellctl-run"'
LIBS_test_cellctl := -lfdt -ljansson -lz
