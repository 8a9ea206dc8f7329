/* SPDX-License-Identifier: GPL-2.0-only */
/* For programs without a C library: all that include/cellblock wants of it. */
#ifndef FREESTANDING_SYS_IOCTL_H
#define FREESTANDING_SYS_IOCTL_H

#define _IO(type, nr) ((type) << 8 | (nr))

#endif
