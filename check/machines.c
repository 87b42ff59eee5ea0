// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a program as several machines: one head and its peers, each a process in a folder of its
 * own, connected as vmtest connects the VMs of a run. Does harm to them when it is told to.
 *
 * usage: machines [OPTION]... PROGRAM [ARGUMENT]...
 *
 *   -p N              number of peers, 1 by default
 *   -d DIR            machine K runs in DIR/K, and a peer's output goes to DIR/K/output
 *   -x K=ARGUMENT     one more argument for machine K
 *   -w TEXT=ACTION    do this once, as soon as a line with TEXT comes from a peer or from the head
 *   -t MS=ACTION      do this after so many milliseconds
 *
 * Actions are kill:K, stop:K, cont:K, int:K, term:K (signals); gone:K[:REASON] (kill a peer, and
 * tell the head that it is gone, with a reason that its kernel gave); start:K (start a peer again);
 * send:K:TEXT (send the head a line, as from peer K); order:K:TEXT (send a peer a line, as from the
 * head). The head is machine 0. The exit status is that of the head.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MACHINES_MAX 16
#define RULES_MAX    16
#define PIECE_BYTES  65536

struct machine {
	pid_t pid;        /* 0: it does not run */
	int fd;           /* end of the socket to this process; -1: closed */
	int head_fd;      /* of a peer: end of the socket to the head */
	int head_ends_fd; /* of a peer: the end that the head inherits */
	bool is_stopped;  /* by a rule */
	bool is_replaced; /* the head was told that it is gone, so its socket stays open */
	const char *argument;
	char *line; /* what has come of the current line */
	size_t line_bytes;
};

struct rule {
	const char *text; /* NULL: a time */
	long ms;
	const char *action;
	bool is_done;
};

static struct machine machines[MACHINES_MAX];
static int machines_cnt = 2;
static struct rule rules[RULES_MAX];
static int rules_cnt;
static const char *folder = ".";
static char **command;

static void die(const char *what)
{
	fprintf(stderr, "machines: %s: %s\n", what, strerror(errno));
	exit(99);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void enter_folder(int k)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%d", folder, k);
	if ((mkdir(path, 0755) && errno != EEXIST) || chdir(path))
		die(path);
	if (!k)
		return;
	fd = open("output", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		die("output");
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
}

static void run_command(int k)
{
	char *arguments[256];
	int i = 0;

	enter_folder(k);
	for (; command[i] && i < 254; i++)
		arguments[i] = command[i];
	if (machines[k].argument)
		arguments[i++] = (char *)machines[k].argument;
	arguments[i] = NULL;
	execv(arguments[0], arguments);
	die(arguments[0]);
}

static void inherit(int fd)
{
	fcntl(fd, F_SETFD, 0);
}

static pid_t fork_machine(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(99);
	return 0;
}

static void start_peer(int k)
{
	int ends[2];
	char number[32];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		die("socketpair");
	machines[k].is_replaced = false;
	machines[k].pid = fork_machine();
	if (!machines[k].pid) {
		inherit(ends[1]);
		snprintf(number, sizeof(number), "%d", ends[1]);
		setenv("TEST_HEAD", number, 1);
		unsetenv("TEST_JOURNAL");
		run_command(k);
	}
	close(ends[1]);
	machines[k].fd = ends[0];
}

static void start_head(void)
{
	char list[256] = "";
	int pipes[2], k;

	if (pipe2(pipes, O_CLOEXEC))
		die("pipe");
	for (k = 1; k < machines_cnt; k++)
		sprintf(list + strlen(list), "%s%d", k > 1 ? "," : "", machines[k].head_ends_fd);
	machines[0].pid = fork_machine();
	if (!machines[0].pid) {
		for (k = 1; k < machines_cnt; k++)
			inherit(machines[k].head_ends_fd);
		setenv("TEST_PEERS", list, 1);
		dup2(pipes[1], STDOUT_FILENO);
		dup2(pipes[1], STDERR_FILENO);
		run_command(0);
	}
	close(pipes[1]);
	machines[0].fd = pipes[0];
	for (k = 1; k < machines_cnt; k++)
		close(machines[k].head_ends_fd);
}

static void send_line(int fd, const char *text)
{
	if (fd >= 0)
		dprintf(fd, "%s\n", text);
}

static void pass_on(int to_fd, const char *bytes, size_t len)
{
	while (to_fd >= 0 && len) {
		ssize_t n = write(to_fd, bytes, len);

		if (n < 0)
			return;
		bytes += n;
		len -= n;
	}
}

static void end_peer(int k)
{
	kill(machines[k].pid, SIGKILL);
	waitpid(machines[k].pid, NULL, 0);
	machines[k].pid = 0;
	close(machines[k].fd);
	machines[k].fd = -1;
}

/* Whether a line is the reason of an action. */
static bool is_at_line;

/* As vmtest, which begins with a newline: the peer may have left half a line. */
static void tell_gone(int k, const char *reason)
{
	struct json_object *object = json_object_new_object();
	char piece[PIECE_BYTES];
	ssize_t n;

	machines[k].is_replaced = true;
	kill(machines[k].pid, SIGKILL);
	/*
	 * Bytes that it has sent before its end still arrive. But if one of its lines is the reason, that
	 * line is the last one, however much it could send until it was killed.
	 */
	while ((n = read(machines[k].fd, piece, sizeof(piece))) > 0)
		if (!is_at_line)
			pass_on(machines[k].head_fd, piece, n);
	end_peer(k);
	json_object_object_add(object, "event", json_object_new_string("gone"));
	json_object_object_add(object, "reason", reason ? json_object_new_string(reason) : NULL);
	send_line(machines[k].head_fd, "");
	send_line(machines[k].head_fd, json_object_to_json_string(object));
	json_object_put(object);
}

static void send_signal(int k, int number)
{
	kill(machines[k].pid, number);
	if (number == SIGSTOP || number == SIGCONT)
		machines[k].is_stopped = number == SIGSTOP;
}

static void act(const char *action)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "kill", SIGKILL },
			{ "stop", SIGSTOP },
			{ "cont", SIGCONT },
			{ "int", SIGINT },
			{ "term", SIGTERM } };
	const char *colon = strchr(action, ':'), *rest;
	char *end;
	size_t i;
	int k;

	end = (char *)colon;
	k = colon ? strtol(colon + 1, &end, 10) : -1;
	if (k < 0 || k >= machines_cnt) {
		errno = EINVAL;
		die(action);
	}
	rest = *end == ':' ? end + 1 : NULL;
	fprintf(stderr, "machines: %s\n", action);
	if (!strncmp(action, "gone:", 5))
		tell_gone(k, rest);
	else if (!strncmp(action, "start:", 6))
		start_peer(k);
	else if (!strncmp(action, "send:", 5))
		send_line(machines[k].head_fd, rest);
	else if (!strncmp(action, "order:", 6))
		send_line(machines[k].fd, rest);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (!strncmp(action, signals[i].name, colon - action) && machines[k].pid)
			send_signal(k, signals[i].number);
	}
}

static void on_line(const char *line)
{
	int i;

	for (i = 0; i < rules_cnt; i++) {
		if (!rules[i].is_done && rules[i].text && strstr(line, rules[i].text)) {
			rules[i].is_done = true;
			is_at_line = true;
			act(rules[i].action);
			is_at_line = false;
		}
	}
}

/* Return: the time in milliseconds until the next rule is due, or -1. */
static int do_what_is_due(long start_ms)
{
	int i, next = -1;

	for (i = 0; i < rules_cnt; i++) {
		long left = start_ms + rules[i].ms - now_ms();

		if (rules[i].text || rules[i].is_done)
			continue;
		if (left <= 0) {
			rules[i].is_done = true;
			act(rules[i].action);
		} else if (next < 0 || left < next) {
			next = left;
		}
	}
	return next;
}

static void take_lines(struct machine *machine, const char *bytes, size_t len)
{
	char *grown = realloc(machine->line, machine->line_bytes + len + 1);
	size_t i;

	if (!grown)
		die("realloc");
	machine->line = grown;
	for (i = 0; i < len; i++) {
		machine->line[machine->line_bytes++] = bytes[i];
		if (bytes[i] != '\n')
			continue;
		machine->line[machine->line_bytes - 1] = '\0';
		machine->line_bytes = 0;
		on_line(machine->line);
	}
}

/* Pass on line by line, until a line is the reason for the machine's end. */
static void pass_lines(int k, const char *bytes, size_t len)
{
	struct machine *machine = &machines[k];
	pid_t pid = machine->pid;

	while (len && machine->pid == pid) {
		const char *newline = memchr(bytes, '\n', len);
		size_t part = newline ? (size_t)(newline - bytes) + 1 : len;

		pass_on(k ? machine->head_fd : STDOUT_FILENO, bytes, part);
		take_lines(machine, bytes, part);
		bytes += part;
		len -= part;
	}
}

static void from_machine(int k)
{
	struct machine *machine = &machines[k];
	char piece[PIECE_BYTES];
	ssize_t n = read(machine->fd, piece, sizeof(piece));

	if (n > 0) {
		pass_lines(k, piece, n);
		return;
	}
	close(machine->fd);
	machine->fd = -1;
	if (k && !machine->is_replaced) {
		close(machine->head_fd);
		machine->head_fd = -1;
	}
}

static void from_head(int k)
{
	char piece[PIECE_BYTES];
	ssize_t n = read(machines[k].head_fd, piece, sizeof(piece));

	if (n > 0) {
		pass_on(machines[k].fd, piece, n);
		return;
	}
	close(machines[k].head_fd);
	machines[k].head_fd = -1;
	if (machines[k].fd >= 0)
		shutdown(machines[k].fd, SHUT_WR);
}

static void relay(int timeout_ms)
{
	struct pollfd fds[2 * MACHINES_MAX];
	int k;

	for (k = 0; k < machines_cnt; k++) {
		fds[2 * k] = (struct pollfd){ .fd = machines[k].fd, .events = POLLIN };
		fds[2 * k + 1] = (struct pollfd){ .fd = machines[k].head_fd, .events = POLLIN };
	}
	if (poll(fds, 2 * machines_cnt, timeout_ms) <= 0)
		return;
	for (k = 0; k < machines_cnt; k++) {
		/* A rule may have closed the descriptor in the meantime. */
		if (fds[2 * k].revents && machines[k].fd == fds[2 * k].fd)
			from_machine(k);
		if (fds[2 * k + 1].revents && machines[k].head_fd == fds[2 * k + 1].fd)
			from_head(k);
	}
}

static int wait_for_all(void)
{
	int k, status, head_status = 99;

	for (k = 0; k < machines_cnt; k++) {
		if (!machines[k].pid)
			continue;
		/*
		 * A stopped peer does not notice that the head is gone. No other gets a SIGCONT: it
		 * would undo the SIGSTOP of LeakSanitizer, which then waits for ever.
		 */
		if (machines[k].is_stopped)
			kill(machines[k].pid, SIGCONT);
		if (waitpid(machines[k].pid, &status, 0) < 0)
			die("wait");
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (!k)
			head_status = status;
		fprintf(stderr, "machines: %d ended with status %d\n", k, status);
	}
	return head_status;
}

static void read_arguments(int argc, char **argv)
{
	char *value;
	int option;

	while ((option = getopt(argc, argv, "+p:d:x:w:t:")) != -1) {
		value = optarg ? strchr(optarg, '=') : NULL;
		if (option == 'p') {
			machines_cnt = 1 + atoi(optarg);
		} else if (option == 'd') {
			folder = optarg;
		} else if (option == 'x' && value) {
			machines[atoi(optarg)].argument = value + 1;
		} else if ((option == 'w' || option == 't') && value && rules_cnt < RULES_MAX) {
			*value = '\0';
			rules[rules_cnt++] = (struct rule){
				.text = option == 'w' ? optarg : NULL,
				.ms = atol(optarg),
				.action = value + 1,
			};
		} else {
			errno = EINVAL;
			die("arguments");
		}
	}
	command = argv + optind;
	if (!*command || machines_cnt > MACHINES_MAX) {
		errno = EINVAL;
		die("arguments");
	}
}

int main(int argc, char **argv)
{
	long start_ms = now_ms();
	int k, ends[2];

	read_arguments(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	for (k = 0; k < machines_cnt; k++)
		machines[k].fd = machines[k].head_fd = -1;
	for (k = 1; k < machines_cnt; k++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
			die("socketpair");
		machines[k].head_fd = ends[0];
		machines[k].head_ends_fd = ends[1];
	}
	start_head();
	for (k = 1; k < machines_cnt; k++)
		start_peer(k);
	while (machines[0].fd >= 0)
		relay(do_what_is_due(start_ms));
	for (k = 1; k < machines_cnt; k++) {
		if (machines[k].head_fd >= 0)
			from_head(k);
	}
	return wait_for_all();
}
