/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before each file (Kbuild): each line in the log says whose it is. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
