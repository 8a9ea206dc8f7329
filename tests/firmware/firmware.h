/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A firmware that forgives nothing, for QEMU's `virt` with secure=on and either GIC: EL3 of the
 * machine on which the tests find out what EL2 and its guests must not do. Whatever the
 * architecture can trap to EL3, and Linux' boot protocol (Documentation/arch/arm64/booting.rst)
 * does not say it must not, traps, and ends the machine with a line on both UARTs, as TF-A up
 * to 2.10 panics.
 *
 * A CPU that is powered down has lost its registers. SMCs, beside PSCI 1.1 and SMCCC 1.2 with its
 * three workarounds: SIP_HOLD and SIP_COUNT.
 */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#define MAX_CPUS    16
#define STACK_SHIFT 12
#define FRAME_SIZE  272 /* of struct frame */
#define RAM_BASE    0x40000000
#define RUBBISH	    0xbad0bad4

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define BIT(n)	     (1ULL << (n))

#define STRINGIFY(x) #x
#define NAME_OF(reg) STRINGIFY(reg)

#define read_sysreg(reg)                                              \
	({                                                            \
		u64 value_;                                           \
		asm volatile("mrs %0, " NAME_OF(reg) : "=r"(value_)); \
		value_;                                               \
	})
#define write_sysreg(reg, value) \
	asm volatile("msr " NAME_OF(reg) ", %x0" ::"rZ"((u64)(value)) : "memory")
#define isb() asm volatile("isb" ::: "memory")
#define dsb() asm volatile("dsb sy" ::: "memory")
#define wfi() asm volatile("wfi" ::: "memory")

static inline u32 read32(u64 address)
{
	return *(volatile u32 *)address;
}

static inline void write32(u64 address, u32 value)
{
	*(volatile u32 *)address = value;
}

/* What an exception from a lower level has interrupted, as entry.S saves it. */
struct frame {
	u64 x[31];
	u64 elr;
	u64 spsr;
	u64 reserved;
};
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "entry.S");

/* entry.S */
_Noreturn void enter_el2(u64 entry, u64 x0, u64 other_registers);

/* main.c */
_Noreturn void firmware_main(u32 cpu);
void set_up_el3(void);
void handle_sync(struct frame *frame);
void handle_fiq(struct frame *frame);
_Noreturn void stop_at_trap(const struct frame *frame);

static inline u32 this_cpu(void)
{
	return read_sysreg(mpidr_el1) & 0xff;
}

/* gic.c: SGIs 8 to 15 are EL3's. */
enum { SGI_WAKE = 8, SGI_HOLD = 9 };
#define NO_INTERRUPT 1020

u32 gic_count_cpus(void);
void gic_set_up_distributor(void);
void gic_set_up_cpu(void);
void gic_reset_cpu_interface(void);
void gic_send(u32 sgi, u32 cpu);
u32 gic_take_secure(void);

/* psci.c */
bool psci_call(u32 function, const u64 *args, s64 *result);
_Noreturn void psci_wait_for_cpu_on(u32 cpu);
void psci_boot_cpu_is_on(void);
bool psci_is_on(u32 cpu);
bool psci_all_started(u32 count);

/* calls.c */
void handle_smc(struct frame *frame);
void handle_secure_interrupts(void);
void hold_others_for_ever(void);

/* platform.c */
u64 load_linux(void);
_Noreturn void power_off(void);
_Noreturn void restart(void);
void say(const char *text);
void say_hex(u64 value);
void say_decimal(u32 value);

#endif
#endif
