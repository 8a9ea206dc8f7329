/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types and small helpers that every file of the hypervisor uses. Addresses have a
 * type that says whose they are; sizes are in bytes.
 */
#ifndef BASE_TYPES_H
#define BASE_TYPES_H

#include <cellblock/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

typedef u64 paddr_t;  /* physical address */
typedef u64 ipa_t;    /* guest-physical address */
typedef u32 intid_t;  /* GIC interrupt number */
typedef u32 cpuid_t;  /* CPU number in the system configuration */
typedef u64 cpuset_t; /* bit n: CPU n */

#define PAGE_SHIFT	    12
#define PAGE_SIZE	    4096UL
#define SZ_2M		    0x200000UL

#define BIT(n)		    (1UL << (n))
#define ARRAY_SIZE(a)	    (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)	    (((x) + (a)-1) & ~((u64)(a)-1))
#define ALIGN_DOWN(x, a)    ((x) & ~((u64)(a)-1))

/* Bits high..low of x, shifted down. */
#define FIELD(x, high, low) (((x) >> (low)) & ((1UL << ((high) - (low) + 1)) - 1))

#define MIN(a, b)	    ((a) < (b) ? (a) : (b))
#define MAX(a, b)	    ((a) > (b) ? (a) : (b))

#define __noreturn	    __attribute__((noreturn))
#define __cold		    __attribute__((cold)) /* small, in a file that is compiled to be fast */
#define __noinline	    __attribute__((noinline)) /* off the common path */
#define __cold		    __attribute__((cold))     /* rare: small rather than fast */
#define __packed	    __attribute__((packed))
#define __aligned(n)	    __attribute__((aligned(n)))
#define __section(s)	    __attribute__((section(s)))

/* One store or load that the compiler neither splits, merges nor repeats. */
#define WRITE_ONCE(x, v)    (*(volatile __typeof__(x) *)&(x) = (v))
#define READ_ONCE(x)	    (*(const volatile __typeof__(x) *)&(x))

#define for_each_cpu(cpu, set)                                                              \
	for (cpuset_t rest_ = (set); rest_ && ((cpu) = (cpuid_t)__builtin_ctzll(rest_), 1); \
	     rest_ &= rest_ - 1)

static inline cpuid_t first_cpu(cpuset_t set)
{
	return (cpuid_t)__builtin_ctzll(set);
}

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
