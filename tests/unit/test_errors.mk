# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_errors := $(addprefix $(TOP)/tools/cellctl/,errors.c sentences.c crash.c names.c text.c)
CFLAGS_test_errors := -D_GNU_SOURCE -I$(TOP)/tools/cellctl
