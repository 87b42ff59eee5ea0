// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends records. Output goes to a pipe, records go to a socket. The records that divide the log
 * wait for an answer, and the runner empties the pipe before it answers. It can therefore tell
 * which output belongs to which subtest.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/inside/channel.h"
#include "runner/records/message.h"

/* The only context of the test side, because its API has no argument for one. */
static struct {
	const struct test_process_setup *setup;
	pid_t pid;
	struct stat record_identity, verifier_identity;
	bool has_failed;
} self;

void channel__open(const struct test_process_setup *setup)
{
	self.setup = setup;
	self.pid = getpid();
	fstat(setup->record_fd, &self.record_identity);
	if (setup->verifier_fd >= 0)
		fstat(setup->verifier_fd, &self.verifier_identity);
}

const struct test_process_setup *channel__setup(void)
{
	return self.setup;
}

bool channel__is_test(void)
{
	return getpid() == self.pid;
}

bool channel__has_failed(void)
{
	return self.has_failed;
}

bool channel__is_main_thread(void)
{
	return channel__is_test() && (pid_t)syscall(SYS_gettid) == self.pid;
}

/*
 * A test may close any descriptor, and its number may then be used for another file. The file is
 * therefore compared with the one that the runner opened.
 */
static bool fd_is_ours(int fd, const struct stat *identity)
{
	struct stat now;

	return fd >= 0 && !fstat(fd, &now) && now.st_dev == identity->st_dev &&
	       now.st_ino == identity->st_ino;
}

bool channel__is_open(void)
{
	return fd_is_ours(self.setup->record_fd, &self.record_identity);
}

void channel__save_verifier_log(const char *heading, const char *text)
{
	const char *newline = *text && text[strlen(text) - 1] == '\n' ? "" : "\n";
	char name[256];
	int fd;

	if (!fd_is_ours(self.setup->verifier_fd, &self.verifier_identity))
		return;
	snprintf(name, sizeof(name), "%.200s.log", self.setup->test->name);
	fd = openat(self.setup->verifier_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	dprintf(fd, "%s%s%s", heading, text, newline);
	close(fd);
}

/* Wait up to @timeout_ms for a byte; -1 waits for ever. */
static void wait_for_byte(int fd, int timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char byte;
	ssize_t n;

	if (timeout_ms >= 0 && poll(&wait, 1, timeout_ms) <= 0)
		return;
	do {
		n = read(fd, &byte, 1);
	} while (n < 0 && errno == EINTR);
}

/*
 * The main thread waits for a byte on the record socket. Everybody else (other threads, children, a
 * crash, requests that the packet monitor answers) sends the end of a private pipe along, and waits
 * until it is closed.
 */
void channel__send(struct record *record)
{
	bool wants_answer = record->header.flags & RECORD_WANTS_ANSWER;
	bool is_crash = record->header.type == RECORD_CRASH;
	bool is_passed_on = is_crash || record->header.type == RECORD_CAPTURE;
	char buffer[RECORD_MAX_BYTES];
	int answer[2] = { -1, -1 };
	size_t len;

	if (!channel__is_open())
		return;
	self.has_failed |= record->header.type == RECORD_FAILED;
	record->header.pid = getpid();
	record->header.tid = syscall(SYS_gettid);
	if (wants_answer && (is_passed_on || !channel__is_main_thread())) {
		record->header.flags &= ~RECORD_WANTS_ANSWER;
		if (pipe2(answer, O_CLOEXEC))
			wants_answer = false;
	}
	len = record__encode(record, buffer);
	if (message__send(self.setup->record_fd, buffer, len, answer[1], 0))
		wants_answer = false;
	if (answer[1] >= 0)
		close(answer[1]);
	if (wants_answer)
		wait_for_byte(answer[0] >= 0 ? answer[0] : self.setup->record_fd,
			      is_crash ? self.setup->crash_wait_ms : -1);
	if (answer[0] >= 0)
		close(answer[0]);
}

void channel__send_type(enum record_type type, bool wants_answer)
{
	struct record record = {
		.header.type = type,
		.header.flags = wants_answer ? RECORD_WANTS_ANSWER : 0,
	};

	channel__send(&record);
}

void channel__send_failure(const char *text)
{
	struct record record = {
		.header.type = RECORD_FAILED,
		.header.flags = RECORD_WANTS_ANSWER,
		.texts = { "", "test", self.setup->test->name, text },
	};

	channel__send(&record);
}
