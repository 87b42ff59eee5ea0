// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports the signal that is about to end a test process, then lets it end the process, so that the
 * wait status is right. A test that installs handlers of its own replaces this one. The runner then
 * knows the signal only from the wait status.
 *
 * Everything here runs in signal context: no stdio, no allocation, no lock.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "runner/inside/channel.h"
#include "runner/inside/crash_handler.h"

/* The handler has its own stack, because a stack overflow leaves no room on the normal stack. */
#define CRASH_STACK_BYTES (64 << 10)
static char crash_stack[CRASH_STACK_BYTES] __attribute__((aligned(16)));

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };

static uint64_t program_counter(const ucontext_t *context)
{
#if defined(__x86_64__)
	return context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return context->uc_mcontext.pc;
#elif defined(__s390x__)
	return context->uc_mcontext.psw.addr;
#elif defined(__riscv)
	return context->uc_mcontext.__gregs[REG_PC];
#else
	return 0;
#endif
}

static void report_crash(int signal_number, siginfo_t *info, void *context)
{
	struct record record = {
		.header.type = RECORD_CRASH,
		.header.flags = RECORD_WANTS_ANSWER,
		.header.number = signal_number,
		.header.code = info->si_code,
		.header.address = (uintptr_t)info->si_addr,
		.header.pc = program_counter(context),
	};
	struct sigaction as_usual = { .sa_handler = SIG_DFL };

	/* Let the unwinder attach: it is a sibling, and Yama allows only ancestors by default. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	channel__send(&record);
	/*
	 * Restore the default action and send the signal again. A fault would come again by itself
	 * when the instruction is repeated, other signals would not.
	 */
	sigaction(signal_number, &as_usual, NULL);
	syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal_number);
}

void crash_handler__install(void)
{
	struct sigaction action = {
		.sa_sigaction = report_crash,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};
	stack_t stack = { .ss_sp = crash_stack, .ss_size = sizeof(crash_stack) };
	size_t i;

	sigaltstack(&stack, NULL);
	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(crash_signals) / sizeof(crash_signals[0]); i++)
		sigaction(crash_signals[i], &action, NULL);
}
