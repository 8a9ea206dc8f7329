/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be made to fail in the test builds of hypervisor and driver. A fault has a count:
 * 0 is none, and otherwise the table says what it means.
 */
#ifndef FAULTS_H
#define FAULTS_H

/* In the hypervisor. */
enum hv_fault {
	HV_FAULT_POOL,	   /* all pages of the pool are taken but count - 1 */
	HV_FAULT_WAKE,	   /* CPU count - 1 does not get its management SGI before count is 0 */
	HV_FAULT_LATE,	   /* CPU count - 1 comes too late to the next meeting of all CPUs */
	HV_FAULT_CPU_ON,   /* the count-th CPU_ON from now fails */
	HV_FAULT_FIRMWARE, /* the count-th CPU_OFF of the firmware from now fails */
	HV_FAULT_OFF,	   /* CPU count - 1 takes longer to turn itself off than Linux waits */
	HV_FAULT_SERROR,   /* CPU count - 1 has an SError pending when it parks */
	HV_FAULT_LOCK, /* a cell's CPU takes an exception in EL2 while it holds lock count - 1 */
	HV_FAULT_ROOT_LOCK, /* the same of the root cell's */
	HV_FAULT_STARTUP,   /* CPU count - 1 of Linux does not understand its start-up */
	HV_FAULT_CLEAR,	    /* CPU count - 1 clears no more than a first piece before count is 0 */
	HV_FAULT_NO_MEMORY, /* the count-th piece of memory from now that is to be cleared is not
			       there */
	HV_FAULT_PROMISE,   /* a cell's CPU finds the promise count - 1 broken (arch/broken.h) */
	HV_FAULT_ROOT_PROMISE, /* the same of the root cell's */
	HV_FAULTS,
};

/* Counts of a running hypervisor are set by a hypercall, x1: fault, x2: count. */
#define CB_HVC_FAULT		 CB_HVC(96)

/* Before it runs, they are in its image, behind this. */
#define HV_FAULTS_SIGNATURE	 "CBFAULTS"
#define HV_FAULTS_SIGNATURE_SIZE 8

/* In the driver: the count-th call from now fails. */
enum driver_fault {
	DRIVER_FAULT_MEMORY, /* of any that needs memory */
	DRIVER_FAULT_CPU_DOWN,
	DRIVER_FAULT_CPU_UP,
	DRIVER_FAULTS,
};

#endif
