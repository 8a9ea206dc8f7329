/* SPDX-License-Identifier: GPL-2.0-only */
/* There is no firmware to ask. */
#ifndef STUB_ARCH_SMC_H
#define STUB_ARCH_SMC_H

void psci_init(void);

#endif
