# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_owner := $(TOP)/tools/cellctl/owner.c
CFLAGS_test_owner := -D_GNU_SOURCE -I$(TOP)/tools/cellctl -DBUS_DIRECTORY='"$(OUT)/owner-bus"'
