// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does KVM work? Makes a virtual machine with one vCPU that adds two numbers,
 * stores the sum to a device and asks PSCI to power off; checks each exit.
 * Prints "kvmtest: PASS" and exits with 0, or says what went wrong.
 *
 * With the argument "hold" it makes the machine, says "kvmtest: holding" and waits to
 * be killed, or to go on with SIGUSR1.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/kvm.h>

#define RAM_BASE 0x40000000UL
#define RAM_SIZE 0x10000UL
#define DEVICE	 0x09000000UL
#define SUM	 42

static const uint32_t guest_code[] = {
	0xd2a12001, /* mov	x1, #0x09000000 */
	0xd2800142, /* mov	x2, #10 */
	0x91008042, /* add	x2, x2, #32 */
	0xb9000022, /* str	w2, [x1] */
	0xb9400423, /* ldr	w3, [x1, #4] */
	0xb9000823, /* str	w3, [x1, #8] */
	0x52800100, /* mov	w0, #8 */
	0x72b08000, /* movk	w0, #0x8400, lsl #16 (PSCI SYSTEM_OFF) */
	0xd4000002, /* hvc	#0 */
	0x14000000, /* b	. */
};

#define ANSWER 0x12345678

static void set_pc(int vcpu, uint64_t pc)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		      KVM_REG_ARM_CORE_REG(regs.pc),
		.addr = (uintptr_t)&pc,
	};

	if (ioctl(vcpu, KVM_SET_ONE_REG, &reg))
		err(1, "kvmtest: cannot set the PC");
}

static void add_ram(int vm)
{
	void *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = RAM_BASE,
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)ram,
	};

	if (ram == MAP_FAILED)
		err(1, "kvmtest: no memory");
	memcpy(ram, guest_code, sizeof(guest_code));
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		err(1, "kvmtest: cannot add memory");
}

static int add_vcpu(int vm)
{
	struct kvm_vcpu_init init;
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	if (vcpu < 0)
		err(1, "kvmtest: cannot create a vCPU");
	if (ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init))
		err(1, "kvmtest: no preferred target");
	init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (ioctl(vcpu, KVM_ARM_VCPU_INIT, &init))
		err(1, "kvmtest: cannot initialise the vCPU");
	set_pc(vcpu, RAM_BASE);
	return vcpu;
}

static void expect_mmio(int vcpu, struct kvm_run *run, uint64_t address, int is_write)
{
	if (ioctl(vcpu, KVM_RUN, 0))
		err(1, "kvmtest: KVM_RUN");
	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.phys_addr != address ||
	    run->mmio.is_write != is_write)
		errx(1, "kvmtest: exit %u, address %#llx, write %d instead of a %s at %#lx",
		     run->exit_reason, (unsigned long long)run->mmio.phys_addr, run->mmio.is_write,
		     is_write ? "write" : "read", (unsigned long)address);
}

static void expect_write(int vcpu, struct kvm_run *run, uint64_t address, uint32_t value)
{
	uint32_t data;

	expect_mmio(vcpu, run, address, 1);
	memcpy(&data, run->mmio.data, sizeof(data));
	if (data != value)
		errx(1, "kvmtest: the guest wrote %#x, not %#x", data, value);
}

static void answer_read(int vcpu, struct kvm_run *run, uint64_t address, uint32_t value)
{
	expect_mmio(vcpu, run, address, 0);
	memcpy(run->mmio.data, &value, sizeof(value));
}

static void go_on(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	struct kvm_run *run;
	int vm, vcpu;

	if (kvm < 0)
		err(1, "kvmtest: /dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		err(1, "kvmtest: cannot create a VM");
	add_ram(vm);
	vcpu = add_vcpu(vm);
	if (argc == 2 && !strcmp(argv[1], "hold")) {
		signal(SIGUSR1, go_on);
		puts("kvmtest: holding");
		fflush(stdout);
		pause();
	}
	run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED,
		   vcpu, 0);
	if (run == MAP_FAILED)
		err(1, "kvmtest: cannot map the vCPU");

	expect_write(vcpu, run, DEVICE, SUM);
	answer_read(vcpu, run, DEVICE + 4, ANSWER);
	expect_write(vcpu, run, DEVICE + 8, ANSWER);
	if (ioctl(vcpu, KVM_RUN, 0))
		err(1, "kvmtest: KVM_RUN");
	if (run->exit_reason != KVM_EXIT_SYSTEM_EVENT ||
	    run->system_event.type != KVM_SYSTEM_EVENT_SHUTDOWN)
		errx(1, "kvmtest: exit %u instead of a power-off", run->exit_reason);
	puts("kvmtest: PASS");
	return 0;
}
