# SPDX-License-Identifier: GPL-2.0-only
SRCS_test_config := $(CONFIG_SRCS)
