// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command and kills it (SIGKILL) at its Nth system call, or its Nth request to
 * /dev/cellblock that changes something: before the call, after it, or while it runs or
 * shortly after.
 *
 * usage: killat call|change before|during|after N COMMAND [ARGUMENT...]
 *
 * Exit status: 0 killed there, 1 the command has fewer such calls, 2 something went wrong.
 */
#include <err.h>
#include <elf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <cellblock/ioctl.h>

/* struct user_pt_regs of arm64: x0 to x30, sp, pc, pstate. */
struct registers {
	uint64_t x[31], sp, pc, pstate;
};

static pid_t child;

/* The child is at the beginning of a call: is it one that changes something? */
static bool is_change(void)
{
	struct registers registers;
	struct iovec vector = { &registers, sizeof(registers) };

	if (ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &vector))
		err(2, "registers");
	return registers.x[8] == SYS_ioctl && _IOC_TYPE(registers.x[1]) == CB_IOC_MAGIC &&
	       _IOC_NR(registers.x[1]) <= _IOC_NR(CB_IOC_DESTROY);
}

/* To the next beginning or end of a system call; false if the command has ended. */
static bool go_on(void)
{
	int status, signal = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, child, 0, signal))
			err(2, "ptrace");
		if (waitpid(child, &status, 0) < 0)
			err(2, "waitpid");
		if (!WIFSTOPPED(status))
			return false;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			return true;
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	}
}

static void start(char **command)
{
	int status;

	child = fork();
	if (child < 0)
		err(2, "fork");
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
		errx(2, "%s did not start", command[0]);
	if (ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		err(2, "ptrace");
}

static void end_child(void)
{
	int status;

	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) < 0)
		err(2, "waitpid");
}

int main(int argc, char **argv)
{
	bool changes, during, after;
	unsigned long n;

	if (argc < 5)
		errx(2, "usage: killat call|change before|during|after N COMMAND [ARGUMENT...]");
	changes = !strcmp(argv[1], "change");
	during = !strcmp(argv[2], "during");
	after = !strcmp(argv[2], "after");
	n = strtoul(argv[3], NULL, 0);
	start(argv + 4);
	while (go_on()) {
		if ((!changes || is_change()) && !--n) {
			if (during && ptrace(PTRACE_CONT, child, 0, 0))
				err(2, "ptrace");
			if (!after || go_on())
				end_child();
			return 0;
		}
		if (!go_on())
			break;
	}
	return 1;
}
