// SPDX-License-Identifier: GPL-2.0-only
/*
 * Links that probe many user-space functions at once. The helper program (helpers/uprobe_multi.c)
 * has a thousand functions; the hits of each one must equal the number of its calls.
 *
 * Two processes of the helper program run. A link is for all processes of the machine unless it
 * names one, and the BPF programs count only the hits of these two.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "helper_program.h"
#include "prog_tests/uprobe_multi_fails.h"
#include "progs/uprobe_multi.h"
#include "uprobe_multi.skel.h"

#define PATTERN   "uprobe_multi_function_*"
#define COOKIE(i) (0x1000000000ULL + (i))
/* Buffers are filled with this before each query. */
#define UNTOUCHED 0x7ead7ead7ead7eadULL

struct scene {
	struct uprobe_multi *skel;
	struct helper_program helpers[UPROBE_MULTI_PROCESSES];
	struct helper_symbols symbols;
	const char *names[UPROBE_MULTI_FUNCTIONS];
	unsigned long addresses[UPROBE_MULTI_FUNCTIONS];
	unsigned long offsets[UPROBE_MULTI_FUNCTIONS];
	__u64 cookies[UPROBE_MULTI_FUNCTIONS];
};

/* The expected hits of one kind of probe in one process. */
struct expected_hits {
	enum probe_kind kind;
	const struct helper_program *helper;
	/* Whether each call of a function is a hit. */
	bool (*is_hit)(unsigned int function);
	bool cookies, results;
};

static bool always(unsigned int function)
{
	return true;
}

static bool load(struct scene *scene, bool has_session)
{
	scene->skel = uprobe_multi__open();
	if (!ASSERT_OK_PTR(scene->skel, "open"))
		return false;
	bpf_program__set_autoload(scene->skel->progs.count_session, has_session);
	if (!ASSERT_OK(uprobe_multi__load(scene->skel), "load"))
		return false;
	for (unsigned int i = 0; i < UPROBE_MULTI_PROCESSES; i++)
		scene->skel->bss->tgids[i] = scene->helpers[i].pid;
	return true;
}

static bool find_functions(struct scene *scene)
{
	const struct helper_symbol *symbol;
	char name[32];

	if (!ASSERT_OK(helper_symbols__load(&scene->symbols, scene->helpers[0].fd), "symbols"))
		return false;
	for (unsigned int i = 0; i < UPROBE_MULTI_FUNCTIONS; i++) {
		snprintf(name, sizeof(name), "uprobe_multi_function_%03u", i);
		symbol = helper_symbols__find(&scene->symbols, name);
		/* Assert only a failure: otherwise the log would have a thousand lines. */
		if (!symbol)
			return ASSERT_OK_PTR(symbol, name);
		scene->names[i] = symbol->name;
		scene->addresses[i] = symbol->address;
		scene->offsets[i] = symbol->offset;
		scene->cookies[i] = COOKIE(i);
	}
	return true;
}

static void close_scene(struct scene *scene)
{
	uprobe_multi__destroy(scene->skel);
	helper_symbols__free(&scene->symbols);
	for (unsigned int i = 0; i < UPROBE_MULTI_PROCESSES; i++)
		ASSERT_EQ(helper_program__stop(&scene->helpers[i]), 0, "end of helper");
}

/* The caller closes the scene, also if this returns false. */
static bool open_scene(struct scene *scene, bool has_session)
{
	int err;

	*scene = (struct scene){};
	for (unsigned int i = 0; i < UPROBE_MULTI_PROCESSES; i++) {
		scene->helpers[i].fd = -1;
		scene->helpers[i].orders = -1;
		scene->helpers[i].answers = -1;
	}
	for (unsigned int i = 0; i < UPROBE_MULTI_PROCESSES; i++) {
		err = helper_program__start(&scene->helpers[i], i == 0, test__wait_timeout_ms());
		if (!ASSERT_OK(err, "start helper"))
			return false;
	}
	return find_functions(scene) && load(scene, has_session);
}

/* Each process calls each function i UPROBE_MULTI_CALLS(i) times. */
static bool call_functions(struct scene *scene)
{
	for (unsigned int i = 0; i < UPROBE_MULTI_PROCESSES; i++)
		if (!ASSERT_OK(helper_program__order(&scene->helpers[i], HELPER_CALL_FUNCTIONS),
			       "helper calls its functions"))
			return false;
	return true;
}

static unsigned int count_entries(struct scene *scene)
{
	int map = bpf_map__fd(scene->skel->maps.hits);
	struct hit_key key, *previous = NULL;
	unsigned int count = 0;

	while (!bpf_map_get_next_key(map, previous, &key)) {
		previous = &key;
		count++;
	}
	return count;
}

static void forget_hits(struct scene *scene)
{
	int map = bpf_map__fd(scene->skel->maps.hits);
	struct hit_key key;

	while (!bpf_map_get_next_key(map, NULL, &key))
		if (!ASSERT_OK(bpf_map_delete_elem(map, &key), "forget hits"))
			return;
}

/* Compares the sums of one function. If they differ, prints them and returns false. */
static bool is_as_expected(struct scene *scene, const struct expected_hits *expected,
			   unsigned int i)
{
	struct hit_key key = {
		.address = scene->addresses[i],
		.tgid = expected->helper->pid,
		.kind = expected->kind,
	};
	__u64 hits = expected->is_hit(i) ? UPROBE_MULTI_CALLS(i) : 0;
	__u64 cookies = expected->cookies ? hits * COOKIE(i) : 0;
	__u64 results = expected->results ? hits * UPROBE_MULTI_RESULT(i) : 0;
	__u64 sessions = expected->kind == PROBE_SESSION_RETURN ? hits * SESSION_COOKIE(COOKIE(i)) :
								  0;
	struct hit_sum sum = {};
	bool found;

	found = !bpf_map_lookup_elem(bpf_map__fd(scene->skel->maps.hits), &key, &sum);
	if (found == !!hits && sum.hits == hits && sum.cookies == cookies &&
	    sum.results == results && sum.session_cookies == sessions)
		return true;
	printf("function %u: hits %llu, expected %llu; sum of cookies %llx, expected %llx; "
	       "sum of results %llu, expected %llu; of session cookies %llx, expected %llx\n",
	       i, sum.hits, hits, sum.cookies, cookies, sum.results, results, sum.session_cookies,
	       sessions);
	return false;
}

/* Asserts that these hits and no others were counted, and clears the counts. */
static void check_hits(struct scene *scene, const struct expected_hits *expected, size_t count)
{
	unsigned int wrong = 0, entries = 0;

	for (size_t i = 0; i < count; i++) {
		for (unsigned int j = 0; j < UPROBE_MULTI_FUNCTIONS; j++) {
			wrong += !is_as_expected(scene, &expected[i], j);
			entries += expected[i].is_hit(j);
		}
	}
	ASSERT_EQ(wrong, 0, "functions whose hits are not as expected");
	ASSERT_EQ(count_entries(scene), entries, "functions with hits");
	forget_hits(scene);
}

/* Asserts these hits for the functions of both processes. */
static void check_both(struct scene *scene, struct expected_hits expected)
{
	struct expected_hits both[UPROBE_MULTI_PROCESSES];

	for (unsigned int i = 0; i < UPROBE_MULTI_PROCESSES; i++) {
		both[i] = expected;
		both[i].helper = &scene->helpers[i];
	}
	check_hits(scene, both, ARRAY_SIZE(both));
}

/* Calls all functions once with the link and once without it; only the first calls may count. */
static void check_link(struct scene *scene, struct bpf_link *link, struct expected_hits expected)
{
	bool called;

	if (!ASSERT_OK_PTR(link, "attach"))
		return;
	called = call_functions(scene);
	bpf_link__destroy(link);
	if (called && call_functions(scene))
		check_both(scene, expected);
}

static bool is_in_fifth_ten(unsigned int function)
{
	return function / 10 == 4;
}

static void attach_api_pattern(struct scene *scene)
{
	LIBBPF_OPTS(bpf_uprobe_multi_opts, retprobe, .retprobe = true);
	struct uprobe_multi *skel = scene->skel;
	const char *path = scene->helpers[0].path;

	check_link(scene,
		   bpf_program__attach_uprobe_multi(skel->progs.count_entry, -1, path, PATTERN,
						    NULL),
		   (struct expected_hits){ PROBE_ENTRY, .is_hit = always });
	check_link(scene,
		   bpf_program__attach_uprobe_multi(skel->progs.count_entry_sleepable, -1, path,
						    PATTERN, NULL),
		   (struct expected_hits){ PROBE_SLEEPABLE, .is_hit = always });
	check_link(scene,
		   bpf_program__attach_uprobe_multi(skel->progs.count_entry, -1, path,
						    "uprobe_multi_function_04?", NULL),
		   (struct expected_hits){ PROBE_ENTRY, .is_hit = is_in_fifth_ten });
	check_link(scene,
		   bpf_program__attach_uprobe_multi(skel->progs.count_return, -1, path, PATTERN,
						    &retprobe),
		   (struct expected_hits){ PROBE_RETURN, .is_hit = always, .results = true });
}

static bool is_among_first(unsigned int function)
{
	return function < 3;
}

static void attach_api_syms(struct scene *scene)
{
	LIBBPF_OPTS(bpf_uprobe_multi_opts, opts, .syms = scene->names, .cnt = 3);
	struct uprobe_multi *skel = scene->skel;
	const char *path = scene->helpers[0].path;

	check_link(scene,
		   bpf_program__attach_uprobe_multi(skel->progs.count_entry, -1, path, NULL, &opts),
		   (struct expected_hits){ PROBE_ENTRY, .is_hit = is_among_first });
	opts.cnt = UPROBE_MULTI_FUNCTIONS;
	opts.cookies = scene->cookies;
	check_link(scene,
		   bpf_program__attach_uprobe_multi(skel->progs.count_entry, -1, path, NULL, &opts),
		   (struct expected_hits){ PROBE_ENTRY, .is_hit = always, .cookies = true });
	opts.retprobe = true;
	check_link(scene,
		   bpf_program__attach_uprobe_multi(skel->progs.count_return, -1, path, NULL,
						    &opts),
		   (struct expected_hits){ PROBE_RETURN, .is_hit = always, .cookies = true,
					   .results = true });
}

/* Links all functions by their offsets. Returns the link's descriptor, or a negative errno. */
static int create_link(struct scene *scene, struct bpf_program *program, pid_t pid, __u32 flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	opts.uprobe_multi.path = scene->helpers[0].path;
	opts.uprobe_multi.offsets = scene->offsets;
	opts.uprobe_multi.cookies = scene->cookies;
	opts.uprobe_multi.cnt = UPROBE_MULTI_FUNCTIONS;
	opts.uprobe_multi.pid = pid;
	opts.uprobe_multi.flags = flags;
	return bpf_link_create(bpf_program__fd(program), 0,
			       bpf_program__expected_attach_type(program), &opts);
}

/* Entry and return links at the same time, created by the system call, without libbpf's help. */
static void link_api(struct scene *scene)
{
	struct uprobe_multi *skel = scene->skel;
	struct expected_hits expected[] = {
		{ PROBE_ENTRY, &scene->helpers[0], always, .cookies = true },
		{ PROBE_ENTRY, &scene->helpers[1], always, .cookies = true },
		{ PROBE_RETURN, &scene->helpers[0], always, .cookies = true, .results = true },
		{ PROBE_RETURN, &scene->helpers[1], always, .cookies = true, .results = true },
	};
	auto_fd int entry_fd = create_link(scene, skel->progs.count_entry, 0, 0);
	auto_fd int return_fd =
		create_link(scene, skel->progs.count_return, 0, BPF_F_UPROBE_MULTI_RETURN);

	if (ASSERT_OK_FD(entry_fd, "link of entries") &&
	    ASSERT_OK_FD(return_fd, "link of returns") && call_functions(scene))
		check_hits(scene, expected, ARRAY_SIZE(expected));
}

/* The links are for all processes, but the programs count only those that they know. */
static void unknown_process(struct scene *scene)
{
	struct uprobe_multi *skel = scene->skel;
	const struct helper_program *known = &scene->helpers[1];
	struct expected_hits expected[] = {
		{ PROBE_ENTRY, known, always, .cookies = true },
		{ PROBE_SLEEPABLE, known, always, .cookies = true },
		{ PROBE_RETURN, known, always, .cookies = true, .results = true },
	};
	auto_fd int entry_fd = create_link(scene, skel->progs.count_entry, 0, 0);
	auto_fd int sleepable_fd = create_link(scene, skel->progs.count_entry_sleepable, 0, 0);
	auto_fd int return_fd =
		create_link(scene, skel->progs.count_return, 0, BPF_F_UPROBE_MULTI_RETURN);

	if (!ASSERT_OK_FD(entry_fd, "link of entries") ||
	    !ASSERT_OK_FD(sleepable_fd, "link of the sleepable program") ||
	    !ASSERT_OK_FD(return_fd, "link of returns"))
		return;
	skel->bss->tgids[0] = getpid();
	if (call_functions(scene))
		check_hits(scene, expected, ARRAY_SIZE(expected));
	skel->bss->tgids[0] = scene->helpers[0].pid;
}

/* A link for one process does not see the other process. */
static void filter_pid(struct scene *scene)
{
	struct uprobe_multi *skel = scene->skel;
	struct expected_hits expected = { PROBE_ENTRY, .is_hit = always, .cookies = true };

	for (unsigned int i = 0; i < UPROBE_MULTI_PROCESSES; i++) {
		auto_fd int fd =
			create_link(scene, skel->progs.count_entry, scene->helpers[i].pid, 0);

		if (!ASSERT_OK_FD(fd, "link of one process"))
			return;
		expected.helper = &scene->helpers[i];
		if (call_functions(scene))
			check_hits(scene, &expected, 1);
	}
}

struct link_query {
	__u32 count, path_bytes;
	bool wants_path, wants_lists;
	int result;
	struct bpf_link_info info;
	char path[PATH_MAX];
	__u64 offsets[UPROBE_MULTI_FUNCTIONS];
	__u64 cookies[UPROBE_MULTI_FUNCTIONS];
};

static void query_link(int fd, struct link_query *query)
{
	__u32 size = sizeof(query->info);

	query->info = (struct bpf_link_info){};
	query->info.uprobe_multi.count = query->count;
	query->info.uprobe_multi.path_size = query->path_bytes;
	if (query->wants_path)
		query->info.uprobe_multi.path = (uintptr_t)query->path;
	if (query->wants_lists) {
		query->info.uprobe_multi.offsets = (uintptr_t)query->offsets;
		query->info.uprobe_multi.cookies = (uintptr_t)query->cookies;
	}
	for (unsigned int i = 0; i < UPROBE_MULTI_FUNCTIONS; i++)
		query->offsets[i] = query->cookies[i] = UNTOUCHED;
	query->path[0] = '\0';
	query->result = bpf_link_get_info_by_fd(fd, &query->info, &size);
}

/* Checks the lists of a link: the kernel must have filled in only the first @count items. */
static void check_lists(struct scene *scene, const struct link_query *query, unsigned int count)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < UPROBE_MULTI_FUNCTIONS; i++) {
		wrong += query->offsets[i] != (i < count ? scene->offsets[i] : UNTOUCHED);
		wrong += query->cookies[i] != (i < count ? scene->cookies[i] : UNTOUCHED);
	}
	ASSERT_EQ(wrong, 0, "offsets and cookies that differ");
}

static void check_link_info(struct scene *scene, int fd, __u32 pid, __u32 flags)
{
	static struct link_query query;
	const char *path = scene->helpers[0].path;

	query = (struct link_query){};
	query_link(fd, &query);
	ASSERT_OK(query.result, "query of sizes");
	ASSERT_EQ(query.info.type, BPF_LINK_TYPE_UPROBE_MULTI, "type");
	ASSERT_EQ(query.info.uprobe_multi.count, UPROBE_MULTI_FUNCTIONS, "count");
	ASSERT_EQ(query.info.uprobe_multi.pid, pid, "process");
	ASSERT_EQ(query.info.uprobe_multi.flags, flags, "flags");
	check_lists(scene, &query, 0);

	query = (struct link_query){
		.count = UPROBE_MULTI_FUNCTIONS,
		.wants_lists = true,
		.path_bytes = PATH_MAX,
		.wants_path = true,
	};
	query_link(fd, &query);
	ASSERT_OK(query.result, "query of all");
	ASSERT_STREQ(query.path, path, "path");
	ASSERT_EQ(query.info.uprobe_multi.path_size, strlen(path) + 1, "size of path");
	check_lists(scene, &query, UPROBE_MULTI_FUNCTIONS);

	query = (struct link_query){ .count = 10, .wants_lists = true };
	query_link(fd, &query);
	ASSERT_EQ(query.result, -ENOSPC, "room for 10 of them");
	check_lists(scene, &query, 10);
	query = (struct link_query){ .wants_lists = true };
	query_link(fd, &query);
	ASSERT_EQ(query.result, -EINVAL, "lists without their size");
	query = (struct link_query){ .wants_path = true };
	query_link(fd, &query);
	ASSERT_EQ(query.result, -EINVAL, "path without its size");
	query = (struct link_query){ .wants_path = true, .path_bytes = strlen(path) };
	query_link(fd, &query);
	ASSERT_EQ(query.result, -ENAMETOOLONG, "no room for the end of the path");
}

static void link_info(struct scene *scene)
{
	struct uprobe_multi *skel = scene->skel;
	pid_t pid = scene->helpers[1].pid;
	int fd;

	fd = create_link(scene, skel->progs.count_entry, pid, 0);
	if (ASSERT_OK_FD(fd, "link of one process"))
		check_link_info(scene, fd, pid, 0);
	close(fd);
	fd = create_link(scene, skel->progs.count_return, 0, BPF_F_UPROBE_MULTI_RETURN);
	if (ASSERT_OK_FD(fd, "link of returns"))
		check_link_info(scene, fd, 0, BPF_F_UPROBE_MULTI_RETURN);
	close(fd);
}

static void attach_api_fails(struct scene *scene)
{
	uprobe_multi_fails(scene->skel, scene->helpers[0].path, scene->offsets[0]);
}

static bool has_return(unsigned int function)
{
	return !(COOKIE(function) & SESSION_WITHOUT_RETURN);
}

static void session(struct scene *scene)
{
	struct expected_hits expected[] = {
		{ PROBE_SESSION_ENTRY, &scene->helpers[0], always, .cookies = true },
		{ PROBE_SESSION_ENTRY, &scene->helpers[1], always, .cookies = true },
		{ PROBE_SESSION_RETURN, &scene->helpers[0], has_return, .cookies = true,
		  .results = true },
		{ PROBE_SESSION_RETURN, &scene->helpers[1], has_return, .cookies = true,
		  .results = true },
	};
	const struct expected_hits unknown_first[] = { expected[1], expected[3] };
	auto_fd int fd = create_link(scene, scene->skel->progs.count_session, 0, 0);

	if (!ASSERT_OK_FD(fd, "link of sessions") || !call_functions(scene))
		return;
	check_hits(scene, expected, ARRAY_SIZE(expected));

	/* The first process becomes unknown to the program. */
	scene->skel->bss->tgids[0] = getpid();
	if (call_functions(scene))
		check_hits(scene, unknown_first, ARRAY_SIZE(unknown_first));
	scene->skel->bss->tgids[0] = scene->helpers[0].pid;
}

static const struct test_need jit = NEED_JIT;
static const struct test_need session_type =
	NEED_ATTACH_TYPE(TRACE_UPROBE_SESSION, "6.13", IF_CONFIG("UPROBES"));

TEST_NEEDS(uprobe_multi_test, NEED_BTF,
	   NEED_ATTACH_TYPE(TRACE_UPROBE_MULTI, "6.6", IF_CONFIG("UPROBES")),
	   NEED_PROG_TYPE(KPROBE, "4.1", IF_CONFIG("BPF_EVENTS,UPROBES")));
SUBTEST_NEEDS(uprobe_multi_test, "link_info",
	      NEED_KERNEL_FUNC("bpf_uprobe_multi_link_fill_link_info", "6.8", STABLE));
SUBTEST_NEEDS(uprobe_multi_test, "session", NEED_JIT,
	      NEED_ATTACH_TYPE(TRACE_UPROBE_SESSION, "6.13", IF_CONFIG("UPROBES")));

void test_uprobe_multi_test(void)
{
	static const struct {
		const char *name;
		void (*run)(struct scene *scene);
	} subtests[] = {
		{ "attach_api_pattern", attach_api_pattern },
		{ "attach_api_syms", attach_api_syms },
		{ "link_api", link_api },
		{ "filter_pid", filter_pid },
		{ "unknown_process", unknown_process },
		{ "link_info", link_info },
		{ "attach_api_fails", attach_api_fails },
		{ "session", session },
	};
	/* The session program calls kfuncs, which need the JIT. */
	bool has_session = test__has(&session_type) && test__has(&jit);
	struct scene scene;

	if (open_scene(&scene, has_session)) {
		RUN_SUBTESTS(subtests, &scene);
		test__end_subtest();
	}
	close_scene(&scene);
}
