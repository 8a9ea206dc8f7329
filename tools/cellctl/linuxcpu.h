/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What number Linux has for a CPU, which may be another than that of the configuration.
 */
#ifndef CELLCTL_LINUXCPU_H
#define CELLCTL_LINUXCPU_H

#include <stdint.h>

/* By the MPIDR affinity, as the device tree has it; negative where that is not known. */
int linuxcpu_find(uint64_t mpidr);

#endif
