// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offsets in union bpf_attr are numbers, because the headers of the machine that builds this may be
 * older than what the tests use. They are those of Linux 7.3, and never change.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/coverage/features.h"
#include "runner/inside/bpf_calls.h"
#include "runner/inside/channel.h"
#include "runner/mutation/insn.h"

long __real_syscall(long number, ...);

#define FDS_MAX    2048
#define KFUNCS_MAX 512

#define AT_TYPE           0 /* of a map and of a program */
#define AT_FD             0 /* of most commands */
#define AT_KEY            8
#define AT_VALUE          16
#define AT_VALUE_SIZE     8
#define AT_MAP_FLAGS      16
#define AT_BATCH_MAP_FD   36
#define AT_INSN_CNT       4
#define AT_INSNS          8
#define AT_PROG_FLAGS     44
#define AT_EXPECTED_TYPE  68
#define AT_FD_ARRAY       120
#define AT_ATTACH_PROG_FD 4 /* BPF_PROG_ATTACH, BPF_LINK_UPDATE, BPF_PROG_BIND_MAP */
#define AT_OBJ_FD         8 /* BPF_OBJ_PIN, BPF_RAW_TRACEPOINT_OPEN */
#define AT_ATTACH_TYPE    8 /* BPF_PROG_ATTACH, BPF_PROG_DETACH, BPF_LINK_CREATE */
#define AT_QUERY_TYPE     4

/* Commands that headers of Linux 6.1 lack. */
#define CMD_TOKEN_CREATE     36
#define CMD_STREAM_READ      37
#define CMD_ASSOC_STRUCT_OPS 38

struct program {
	bool is_known, is_struct_ops;
	int expected_type;
	struct feature_set features;
};

struct map {
	bool is_known;
	int type, value_size;
	struct feature_set features;
};

static struct {
	struct feature_set *used; /* shared with the test's children */
	pthread_mutex_t lock;
	struct program programs[FDS_MAX];
	struct map maps[FDS_MAX];
	/* Which kfunc has which number, as libbpf has looked it up in the kernel's BTF. */
	struct {
		int btf_id, row;
	} kfuncs[KFUNCS_MAX];
	int kfuncs_cnt;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- the arguments of a command --------------------------------------------------------------- */

struct call {
	int cmd;
	const char *attr;
	size_t size_bytes;
	long result;
};

/* A member that the caller's union does not have is 0, as for the kernel. */
static uint64_t number_at(const struct call *call, size_t at, size_t size)
{
	uint64_t number = 0;

	if (at + size <= call->size_bytes)
		memcpy(&number, call->attr + at, size);
	return number;
}

static int fd_at(const struct call *call, size_t at)
{
	return number_at(call, at, 4);
}

/* The descriptors of a test that closes and opens many are reused: the last one counts. */
static struct program *program_of(int fd)
{
	return fd >= 0 && fd < FDS_MAX && state.programs[fd].is_known ? &state.programs[fd] : NULL;
}

static struct map *map_of(int fd)
{
	return fd >= 0 && fd < FDS_MAX && state.maps[fd].is_known ? &state.maps[fd] : NULL;
}

static void use_program(int fd)
{
	const struct program *program = program_of(fd);

	if (program)
		feature_set__add_all(state.used, &program->features);
}

static void use_map(int fd)
{
	const struct map *map = map_of(fd);

	if (map)
		feature_set__add_all(state.used, &map->features);
}

/* --- flags ------------------------------------------------------------------------------------ */

static const struct flag {
	int cmd;
	int at, size;
	uint64_t flag;
	const char *name;
	enum feature_kind kind;
	int attach_type; /* only of links of this attach type; 0: of any */
} flags[] = {
#define MAP(flag, name) { BPF_MAP_CREATE, AT_MAP_FLAGS, 4, flag, name, FEATURE_MAP_FLAG, 0 }
	MAP(1 << 0, "BPF_F_NO_PREALLOC"),
	MAP(1 << 1, "BPF_F_NO_COMMON_LRU"),
	MAP(1 << 2, "BPF_F_NUMA_NODE"),
	MAP(1 << 3, "BPF_F_RDONLY"),
	MAP(1 << 4, "BPF_F_WRONLY"),
	MAP(1 << 5, "BPF_F_STACK_BUILD_ID"),
	MAP(1 << 6, "BPF_F_ZERO_SEED"),
	MAP(1 << 7, "BPF_F_RDONLY_PROG"),
	MAP(1 << 8, "BPF_F_WRONLY_PROG"),
	MAP(1 << 9, "BPF_F_CLONE"),
	MAP(1 << 10, "BPF_F_MMAPABLE"),
	MAP(1 << 11, "BPF_F_PRESERVE_ELEMS"),
	MAP(1 << 12, "BPF_F_INNER_MAP"),
	MAP(1 << 13, "BPF_F_LINK"),
	MAP(1 << 15, "BPF_F_VTYPE_BTF_OBJ_FD"),
	MAP(1 << 16, "BPF_F_TOKEN_FD"),
	MAP(1 << 17, "BPF_F_SEGV_ON_FAULT"),
	MAP(1 << 18, "BPF_F_NO_USER_CONV"),
	MAP(1 << 19, "BPF_F_RB_OVERWRITE"),
#define ELEM(cmd, at)                                                      \
	{ cmd, at, 8, 1 << 0, "BPF_NOEXIST", FEATURE_MAP_FLAG, 0 },        \
		{ cmd, at, 8, 1 << 1, "BPF_EXIST", FEATURE_MAP_FLAG, 0 },  \
		{ cmd, at, 8, 1 << 2, "BPF_F_LOCK", FEATURE_MAP_FLAG, 0 }, \
		{ cmd, at, 8, 1 << 3, "BPF_F_CPU", FEATURE_MAP_FLAG, 0 },  \
		{ cmd, at, 8, 1 << 4, "BPF_F_ALL_CPUS", FEATURE_MAP_FLAG, 0 }
	ELEM(BPF_MAP_UPDATE_ELEM, 24),
	ELEM(BPF_MAP_LOOKUP_ELEM, 24),
	ELEM(BPF_MAP_UPDATE_BATCH, 40),
	ELEM(BPF_MAP_LOOKUP_BATCH, 40),
	{ BPF_OBJ_PIN, 12, 4, 1 << 14, "BPF_F_PATH_FD", FEATURE_MAP_FLAG, 0 },
	{ BPF_OBJ_GET, 12, 4, 1 << 14, "BPF_F_PATH_FD", FEATURE_MAP_FLAG, 0 },
	{ BPF_OBJ_GET, 12, 4, 1 << 3, "BPF_F_RDONLY", FEATURE_MAP_FLAG, 0 },
	{ BPF_OBJ_GET, 12, 4, 1 << 4, "BPF_F_WRONLY", FEATURE_MAP_FLAG, 0 },
#define LOAD(flag, name) { BPF_PROG_LOAD, AT_PROG_FLAGS, 4, flag, name, FEATURE_PROG_FLAG, 0 }
	LOAD(1 << 0, "BPF_F_STRICT_ALIGNMENT"),
	LOAD(1 << 1, "BPF_F_ANY_ALIGNMENT"),
	LOAD(1 << 2, "BPF_F_TEST_RND_HI32"),
	LOAD(1 << 3, "BPF_F_TEST_STATE_FREQ"),
	LOAD(1 << 4, "BPF_F_SLEEPABLE"),
	LOAD(1 << 5, "BPF_F_XDP_HAS_FRAGS"),
	LOAD(1 << 6, "BPF_F_XDP_DEV_BOUND_ONLY"),
	LOAD(1 << 7, "BPF_F_TEST_REG_INVARIANTS"),
#define ATTACH(flag, name)                                            \
	{ BPF_PROG_ATTACH, 12, 4, flag, name, FEATURE_PROG_FLAG, 0 }, \
		{ BPF_LINK_CREATE, 12, 4, flag, name, FEATURE_PROG_FLAG, 0 }
	ATTACH(1 << 0, "BPF_F_ALLOW_OVERRIDE"),
	ATTACH(1 << 1, "BPF_F_ALLOW_MULTI"),
	ATTACH(1 << 2, "BPF_F_REPLACE"),
	{ BPF_LINK_UPDATE, 8, 4, 1 << 2, "BPF_F_REPLACE", FEATURE_PROG_FLAG, 0 },
	ATTACH(1 << 3, "BPF_F_BEFORE"),
	ATTACH(1 << 4, "BPF_F_AFTER"),
	ATTACH(1 << 5, "BPF_F_ID"),
	ATTACH(1 << 6, "BPF_F_PREORDER"),
	{ BPF_LINK_CREATE, 16, 4, 1 << 0, "BPF_F_KPROBE_MULTI_RETURN", FEATURE_PROG_FLAG,
	  42 /* BPF_TRACE_KPROBE_MULTI */ },
	{ BPF_LINK_CREATE, 52, 4, 1 << 0, "BPF_F_UPROBE_MULTI_RETURN", FEATURE_PROG_FLAG,
	  48 /* BPF_TRACE_UPROBE_MULTI */ },
	{ BPF_LINK_CREATE, 52, 4, 1 << 1, "BPF_F_UPROBE_MULTI_PATH_FD", FEATURE_PROG_FLAG,
	  48 /* BPF_TRACE_UPROBE_MULTI */ },
	{ BPF_LINK_CREATE, 28, 4, 1 << 0, "BPF_F_NETFILTER_IP_DEFRAG", FEATURE_PROG_FLAG,
	  45 /* BPF_NETFILTER */ },
	{ BPF_PROG_QUERY, 8, 4, 1 << 0, "BPF_F_QUERY_EFFECTIVE", FEATURE_PROG_FLAG, 0 },
	{ BPF_PROG_TEST_RUN, 64, 4, 1 << 0, "BPF_F_TEST_RUN_ON_CPU", FEATURE_PROG_FLAG, 0 },
	{ BPF_PROG_TEST_RUN, 64, 4, 1 << 1, "BPF_F_TEST_XDP_LIVE_FRAMES", FEATURE_PROG_FLAG, 0 },
	{ BPF_PROG_TEST_RUN, 64, 4, 1 << 2, "BPF_F_TEST_SKB_CHECKSUM_COMPLETE", FEATURE_PROG_FLAG,
	  0 },
};

static void add_flags(struct feature_set *set, const struct call *call)
{
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		const struct flag *flag = &flags[i];

		if (flag->cmd == call->cmd && number_at(call, flag->at, flag->size) & flag->flag &&
		    (!flag->attach_type ||
		     (int)number_at(call, AT_ATTACH_TYPE, 4) == flag->attach_type))
			feature_set__add_name(set, flag->kind, flag->name);
	}
}

/* --- programs and maps ------------------------------------------------------------------------ */

static void add_kfunc(struct feature_set *set, int btf_id)
{
	int i;

	for (i = 0; i < state.kfuncs_cnt; i++) {
		if (state.kfuncs[i].btf_id == btf_id)
			feature_set__add(set, state.kfuncs[i].row);
	}
}

static void add_map_of(struct feature_set *set, const struct call *call,
		       const struct bpf_insn *insn)
{
	const int *fd_array = (const int *)(uintptr_t)number_at(call, AT_FD_ARRAY, 8);
	const struct map *map = NULL;

	if (insn->src_reg == BPF_PSEUDO_MAP_FD || insn->src_reg == BPF_PSEUDO_MAP_VALUE)
		map = map_of(insn->imm);
	else if ((insn->src_reg == BPF_PSEUDO_MAP_IDX ||
		  insn->src_reg == BPF_PSEUDO_MAP_IDX_VALUE) &&
		 fd_array)
		map = map_of(fd_array[insn->imm]);
	if (map)
		feature_set__add_all(set, &map->features);
}

static void note_program(const struct call *call)
{
	const struct bpf_insn *insns =
		(const struct bpf_insn *)(uintptr_t)number_at(call, AT_INSNS, 8);
	int i, cnt = number_at(call, AT_INSN_CNT, 4), type = number_at(call, AT_TYPE, 4);
	struct program *program;

	if (call->result >= FDS_MAX)
		return;
	program = &state.programs[call->result];
	*program = (struct program){
		.is_known = true,
		.is_struct_ops = type == BPF_PROG_TYPE_STRUCT_OPS,
		.expected_type = number_at(call, AT_EXPECTED_TYPE, 4),
	};
	feature_set__add_number(&program->features, FEATURE_PROG_TYPE, type);
	add_flags(&program->features, call);
	for (i = 0; i < cnt; i++) {
		const struct bpf_insn *insn = &insns[i];

		if (insn__is_call(insn) && !insn->src_reg)
			feature_set__add_number(&program->features, FEATURE_HELPER, insn->imm);
		else if (insn__is_call(insn) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL)
			add_kfunc(&program->features, insn->imm);
		else if (insn__is_wide(insn))
			add_map_of(&program->features, call, insn), i++;
	}
}

static void note_map(const struct call *call)
{
	struct map *map;

	if (call->result >= FDS_MAX)
		return;
	map = &state.maps[call->result];
	*map = (struct map){
		.is_known = true,
		.type = number_at(call, AT_TYPE, 4),
		.value_size = number_at(call, AT_VALUE_SIZE, 4),
	};
	feature_set__add_number(&map->features, FEATURE_MAP_TYPE, map->type);
	add_flags(&map->features, call);
}

/*
 * The programs that stand in the new value of an element: those of a program array or of a map of
 * devices or CPUs, and the functions of struct_ops.
 */
static void use_programs_of_value(const struct call *call)
{
	const struct map *map = map_of(fd_at(call, AT_FD));
	const char *value = (const char *)(uintptr_t)number_at(call, AT_VALUE, 8);
	int at, fd;

	if (!map || !value ||
	    (map->type != BPF_MAP_TYPE_PROG_ARRAY && map->type != BPF_MAP_TYPE_DEVMAP &&
	     map->type != BPF_MAP_TYPE_DEVMAP_HASH && map->type != BPF_MAP_TYPE_CPUMAP &&
	     map->type != BPF_MAP_TYPE_STRUCT_OPS))
		return;
	for (at = 0; at + (int)sizeof(fd) <= map->value_size; at += sizeof(fd)) {
		memcpy(&fd, value + at, sizeof(fd));
		if (fd > 2 && program_of(fd) &&
		    program_of(fd)->is_struct_ops == (map->type == BPF_MAP_TYPE_STRUCT_OPS))
			use_program(fd);
	}
}

/* Ask past the function below, which would note the question. */
static void note_link(const struct call *call)
{
	struct bpf_link_info info = {};
	union bpf_attr attr = { .info = { .bpf_fd = call->result,
					  .info_len = sizeof(info),
					  .info = (uintptr_t)&info } };
	int saved_errno = errno;

	if (!__real_syscall(__NR_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
		feature_set__add_number(state.used, FEATURE_LINK_TYPE, info.type);
	errno = saved_errno;
}

static void note_raw_tracepoint(const struct call *call)
{
	const struct program *program = program_of(fd_at(call, AT_OBJ_FD));

	use_program(fd_at(call, AT_OBJ_FD));
	note_link(call);
	if (program && program->expected_type)
		feature_set__add_number(state.used, FEATURE_ATTACH_TYPE, program->expected_type);
}

static bool takes_elements(int cmd)
{
	return cmd == BPF_MAP_LOOKUP_ELEM || cmd == BPF_MAP_UPDATE_ELEM ||
	       cmd == BPF_MAP_DELETE_ELEM || cmd == BPF_MAP_GET_NEXT_KEY ||
	       cmd == BPF_MAP_LOOKUP_AND_DELETE_ELEM;
}

static bool takes_batches(int cmd)
{
	return cmd == BPF_MAP_LOOKUP_BATCH || cmd == BPF_MAP_LOOKUP_AND_DELETE_BATCH ||
	       cmd == BPF_MAP_UPDATE_BATCH || cmd == BPF_MAP_DELETE_BATCH;
}

static void note_success(const struct call *call)
{
	feature_set__add_number(state.used, FEATURE_CMD, call->cmd & 0xffff);
	if (call->cmd != BPF_PROG_LOAD && call->cmd != BPF_MAP_CREATE)
		add_flags(state.used, call);
	if (takes_elements(call->cmd))
		use_map(fd_at(call, AT_FD));
	if (takes_batches(call->cmd))
		use_map(fd_at(call, AT_BATCH_MAP_FD));
	switch (call->cmd) {
	case BPF_PROG_LOAD:
		note_program(call);
		break;
	case BPF_MAP_CREATE:
		note_map(call);
		break;
	case BPF_MAP_UPDATE_ELEM:
		if (!number_at(call, 24, 8))
			feature_set__add_name(state.used, FEATURE_MAP_FLAG, "BPF_ANY");
		use_programs_of_value(call);
		break;
	case BPF_PROG_TEST_RUN:
	case CMD_STREAM_READ:
		use_program(fd_at(call, AT_FD));
		break;
	case BPF_OBJ_PIN:
		use_program(fd_at(call, AT_OBJ_FD));
		break;
	case BPF_PROG_ATTACH:
		use_program(fd_at(call, AT_ATTACH_PROG_FD));
		feature_set__add_number(state.used, FEATURE_ATTACH_TYPE,
					number_at(call, AT_ATTACH_TYPE, 4));
		break;
	case BPF_LINK_CREATE:
		use_program(fd_at(call, AT_FD));
		use_map(fd_at(call, AT_FD));
		feature_set__add_number(state.used, FEATURE_ATTACH_TYPE,
					number_at(call, AT_ATTACH_TYPE, 4));
		note_link(call);
		break;
	case BPF_LINK_UPDATE:
		use_program(fd_at(call, AT_ATTACH_PROG_FD));
		break;
	case BPF_RAW_TRACEPOINT_OPEN:
		note_raw_tracepoint(call);
		break;
	}
}

/* --- the functions of libc that the linker lets come here ------------------------------------- */

long __wrap_syscall(long number, ...);
int __real_setsockopt(int fd, int level, int option, const void *value, socklen_t len);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t len);
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
ssize_t __real_send(int fd, const void *message, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *message, size_t len, int flags);
int __real_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);
int __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);
int __real_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind);
int __wrap_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind);

/* libbpf gives a map the descriptor that it has reserved for it. */
static void move(int from, int to)
{
	pthread_mutex_lock(&state.lock);
	if (from >= 0 && from < FDS_MAX && to < FDS_MAX) {
		state.maps[to] = state.maps[from];
		state.programs[to] = state.programs[from];
	}
	pthread_mutex_unlock(&state.lock);
}

/* Like the C library's own syscall(), read six arguments, however many there are. */
long __wrap_syscall(long number, ...)
{
	long arguments[6], result;
	va_list list;
	int i;

	va_start(list, number);
	for (i = 0; i < 6; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	result = __real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
				arguments[4], arguments[5]);
	if (number == __NR_dup3 && result >= 0 && state.used)
		move(arguments[0], result);
	if (number == __NR_bpf && result >= 0 && state.used) {
		struct call call = { (int)arguments[0], (const char *)arguments[1],
				     (unsigned int)arguments[2], result };

		pthread_mutex_lock(&state.lock);
		note_success(&call);
		pthread_mutex_unlock(&state.lock);
	}
	return result;
}

static void use_program_locked(int fd)
{
	pthread_mutex_lock(&state.lock);
	use_program(fd);
	pthread_mutex_unlock(&state.lock);
}

int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	int result = __real_setsockopt(fd, level, option, value, len);

	if (!result && state.used && level == SOL_SOCKET && len == sizeof(int) &&
	    (option == SO_ATTACH_BPF || option == SO_ATTACH_REUSEPORT_EBPF))
		use_program_locked(*(const int *)value);
	return result;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	long argument;
	int result;

	va_start(list, request);
	argument = va_arg(list, long);
	va_end(list);
	result = __real_ioctl(fd, request, argument);
	if (!result && state.used && request == PERF_EVENT_IOC_SET_BPF)
		use_program_locked(argument);
	return result;
}

/* A netlink message of libbpf attaches a program by an attribute that has only its descriptor. */
ssize_t __wrap_send(int fd, const void *message, size_t len, int flags)
{
	ssize_t result = __real_send(fd, message, len, flags);
	const char *bytes = message;
	struct nlattr attribute;
	size_t at;
	int value;

	if (result <= 0 || !state.used || len < sizeof(struct nlmsghdr))
		return result;
	for (at = sizeof(struct nlmsghdr); at + sizeof(attribute) + sizeof(value) <= len; at += 4) {
		memcpy(&attribute, bytes + at, sizeof(attribute));
		memcpy(&value, bytes + at + sizeof(attribute), sizeof(value));
		if (attribute.nla_len == sizeof(attribute) + sizeof(value) && value > 2)
			use_program_locked(value);
	}
	return result;
}

static int note_kfunc(int btf_id, const char *name, __u32 kind)
{
	int row;

	if (btf_id <= 0 || !state.used || kind != BTF_KIND_FUNC)
		return btf_id;
	row = features__find(FEATURE_KFUNC, name);
	if (row < 0)
		return btf_id;
	pthread_mutex_lock(&state.lock);
	if (state.kfuncs_cnt < KFUNCS_MAX) {
		state.kfuncs[state.kfuncs_cnt].btf_id = btf_id;
		state.kfuncs[state.kfuncs_cnt++].row = row;
	}
	pthread_mutex_unlock(&state.lock);
	return btf_id;
}

int __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind)
{
	return note_kfunc(__real_btf__find_by_name_kind(btf, name, kind), name, kind);
}

int __wrap_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind)
{
	return note_kfunc(__real_btf__find_by_name_kind_own(btf, name, kind), name, kind);
}

/* --- the test --------------------------------------------------------------------------------- */

/* A child that another thread's fork makes must not find the lock held for ever. */
static void lock(void)
{
	pthread_mutex_lock(&state.lock);
}

static void unlock(void)
{
	pthread_mutex_unlock(&state.lock);
}

void bpf_calls__begin(void)
{
	void *shared;

	if (!channel__setup()->is_covered)
		return;
	shared = mmap(NULL, sizeof(struct feature_set), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || pthread_atfork(lock, unlock, unlock))
		return;
	state.used = shared;
}

void bpf_calls__report(void)
{
	struct record record = { .header.type = RECORD_FEATURES };
	char rows[FEATURES_MAX * 5];
	struct feature_set used;
	int row, len = 0;
	size_t i;

	if (!state.used || !channel__is_test())
		return;
	for (i = 0; i < sizeof(used.words) / sizeof(used.words[0]); i++)
		used.words[i] = __atomic_exchange_n(&state.used->words[i], 0, __ATOMIC_RELAXED);
	for (row = 0; row < FEATURES_MAX; row++) {
		if (feature_set__has(&used, row))
			len += snprintf(rows + len, sizeof(rows) - len, " %d", row);
	}
	record.texts[0] = rows;
	if (len)
		channel__send(&record);
}
