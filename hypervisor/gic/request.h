/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs at EL2: asking one for something, and waiting. */
#ifndef GIC_REQUEST_H
#define GIC_REQUEST_H

#include <base/cpu.h>

/* Ask a CPU for something and wake it if it waits; it must not be able to run its guest. */
void cpu_request(cpuid_t cpu, u32 requests);

/* Wait for an interrupt at EL2, whatever the guest did to its CPU interface. */
void cpu_wait(void);

#endif
