# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_linuxcpu := $(addprefix $(TOP)/tools/cellctl/,linuxcpu.c file.c)
CFLAGS_test_linuxcpu := -D_GNU_SOURCE -I$(TOP)/tools/cellctl -DCPU_DIRECTORY='"$(OUT)/linuxcpu"'
