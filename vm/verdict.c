// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides the exit status of a session. Each kind of end has one message and one exit status
 * (exit_status.h).
 *
 * A panic on the console counts more than the way in which the connection to the guest broke.
 */
#include "runner/text/cleanup.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/machine/console.h"
#include "vm/machine/session.h"
#include "vm/verdict.h"

static int console_verdict(const struct session *s)
{
	const char *panic = s->console.marks[MARK_PANIC];
	const char *init = s->console.marks[MARK_INIT];

	if (s->was_poked)
		return message__fail(
			EXIT_NO_REPORT,
			"the guest hangs: nothing was heard from it for %u s (--hang-timeout)",
			s->hang_timeout_s);
	if (s->console.marks[MARK_EMULATOR])
		return message__fail(EXIT_EMULATOR,
				     "the guest died of \"%s\": a fault of the emulator, which "
				     "ran stale code after the kernel patched its text, not of "
				     "the kernel; run it again",
				     s->console.marks[MARK_EMULATOR]);
	if (panic)
		return message__fail(EXIT_PANIC, "the guest's kernel panicked: %s", panic);
	/* PID 1 sends the reason over the channel, or if it has none yet, writes it to the console. */
	if (!s->up && (s->reason || init))
		return message__fail(EXIT_NO_REPORT, "the guest could not start the command: %s",
				     s->reason ? s->reason : init);
	return 0;
}

static int qemu_ended(const struct session *s)
{
	autofree char *errors = text__copy(s->qemu_errors);

	text__trim(errors);
	if (s->qemu_status)
		return message__fail(s->up || s->console.lines ? EXIT_NO_REPORT : EXIT_HOST_SETUP,
				     "QEMU ended with status %d: %s", s->qemu_status,
				     *errors ? errors : "it gave no reason");
	return message__fail(EXIT_NO_REPORT,
			     "the guest ended without reporting an exit status: it was %s",
			     s->up ? "powered off or reset while the command ran" :
				     "powered off or reset before the command started");
}

static int stuck(const struct session *s)
{
	if (s->reason)
		return message__fail(EXIT_NO_REPORT, "the guest could not go on: %s", s->reason);
	if (s->exited) {
		message__warn(
			"the command ended, but the guest did not finish: results may be incomplete");
		return s->exit_status;
	}
	return message__fail(EXIT_NO_REPORT, "the guest no longer answers");
}

static int status_of(const struct session *s)
{
	const struct options *opt = &s->vm->opt;
	int status;

	if (s->end == SESSION_SIGNAL)
		return EXIT_SIGNAL_BASE + (s->vm->asked_signal ?: s->vm->ending_signal);
	if (s->end == SESSION_ESCAPE)
		return message__fail(EXIT_NO_REPORT, "ended by Ctrl-]");
	if (s->end == SESSION_DONE)
		return s->exit_status;
	status = console_verdict(s);
	if (status)
		return status;
	switch (s->end) {
	case SESSION_BOOT_TIMEOUT:
		return message__fail(EXIT_BOOT_TIMEOUT,
				     "the guest did not come up within %u s; raise "
				     "--boot-timeout, or look at its console",
				     opt->boot_timeout_s);
	case SESSION_TIMEOUT:
		return message__fail(EXIT_TIMEOUT,
				     "the command ran longer than %u s (--timeout) and was "
				     "ended",
				     opt->timeout_s);
	case SESSION_CHANNEL_BROKE:
		return message__fail(EXIT_NO_REPORT,
				     "the guest sent something that is not a frame");
	case SESSION_QEMU_ENDED:
		return qemu_ended(s);
	default:
		return stuck(s);
	}
}

struct verdict verdict__of(const struct session *s)
{
	struct verdict verdict = { .status = status_of(s) };

	verdict.is_failure = s->end != SESSION_DONE && s->end != SESSION_SIGNAL &&
			     s->end != SESSION_ESCAPE && !(s->end == SESSION_STUCK && s->exited);
	return verdict;
}

/* Return: what a status of test_progs from 1 to 127 says. */
static int bisect_test_progs(int status)
{
	switch (status) {
	case 2:                /* a pattern matched nothing */
	case EXIT_USAGE_ERROR: /* a wrong option */
		return EXIT_BISECT_STOP;
	case 3: /* the run could not go on */
		return EXIT_BISECT_UNKNOWN;
	default:
		return EXIT_BISECT_BAD;
	}
}

/* Return: what a status says if no guest came up. */
static int bisect_without_guest(int status)
{
	switch (status) {
	case EXIT_NO_KERNEL:
	case EXIT_PANIC:
	case EXIT_BOOT_TIMEOUT:
	case EXIT_NO_REPORT:
	case EXIT_EMULATOR:
		return EXIT_BISECT_UNKNOWN;
	default:
		return status < EXIT_SIGNAL_BASE ? EXIT_BISECT_STOP : status;
	}
}

int verdict__for_bisect(const struct vmtest *vm, bool runs_test_progs, int status)
{
	if (!status || vm->asked_signal || vm->ending_signal)
		return status;
	if (!vm->was_up)
		return bisect_without_guest(status);
	switch (status) {
	case EXIT_PANIC:
	case EXIT_TIMEOUT:
	case EXIT_NO_REPORT:
		return EXIT_BISECT_BAD;
	case EXIT_BISECT_UNKNOWN:
	case EXIT_EMULATOR:
		return EXIT_BISECT_UNKNOWN;
	case EXIT_CANNOT_EXECUTE:
	case EXIT_NOT_FOUND:
		return EXIT_BISECT_STOP;
	default:
		break;
	}
	if (status > EXIT_PANIC)
		return status;
	return runs_test_progs ? bisect_test_progs(status) : EXIT_BISECT_BAD;
}
