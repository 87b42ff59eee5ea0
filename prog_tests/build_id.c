// SPDX-License-Identifier: GPL-2.0-only
/*
 * Build ids in a user stack: bpf_get_stack() with BPF_F_USER_BUILD_ID reads them from the ELF notes
 * of the file that has the code, through the page cache.
 *
 * If the notes are not in the page cache, a program that may not sleep gets an address instead of a
 * build id, and a sleepable program reads the page in. So the test evicts the page with the ELF
 * header and the notes, in a file that only its helper process maps, and checks the page cache
 * before and after each run. It is serial because uprobe_multi_test runs the same file, and locks
 * the file against a second copy of the suite.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "helper_program.h"
#include "progs/build_id.h"
#include "build_id.skel.h"

/* The counter of hits begins here, so that a program cannot set it to 1. */
#define EARLIER_HITS   40
/* The buffer is filled with this before the program runs. */
#define UNTOUCHED_BYTE 0xa5

struct scene {
	struct build_id *skel;
	struct helper_program helper;
	struct helper_symbols symbols;
	struct helper_build_id build_id;
	const struct helper_symbol *spot, *caller;
};

/* The caller closes the scene, also if this returns false. */
static bool open_scene(struct scene *scene)
{
	off_t page_bytes = sysconf(_SC_PAGESIZE);
	int err;

	*scene = (struct scene){};
	err = helper_program__start(&scene->helper, true, test__wait_timeout_ms());
	if (!ASSERT_OK(err, "lock and start helper") ||
	    !ASSERT_OK(helper_symbols__load(&scene->symbols, scene->helper.fd), "its symbols") ||
	    !ASSERT_OK(helper_build_id__read(&scene->build_id, scene->helper.fd),
		       "its build id as user space reads it"))
		return false;
	scene->spot = helper_symbols__find(&scene->symbols, "build_id_spot");
	scene->caller = helper_symbols__find(&scene->symbols, "build_id_caller");
	if (!ASSERT_OK_PTR(scene->spot, "probed place") ||
	    !ASSERT_OK_PTR(scene->caller, "its caller") ||
	    /* make_cold() relies on these. */
	    !ASSERT_EQ(scene->build_id.len_bytes, 20, "size of build id") ||
	    !ASSERT_LT(scene->build_id.offset, page_bytes, "build id is in the first page") ||
	    !ASSERT_GE(scene->spot->offset, HELPER_CODE_OFFSET, "code is in no folio of it"))
		return false;

	scene->skel = build_id__open_and_load();
	if (!ASSERT_OK_PTR(scene->skel, "open and load"))
		return false;
	scene->skel->bss->tgid = scene->helper.pid;
	return true;
}

static void close_scene(struct scene *scene)
{
	build_id__destroy(scene->skel);
	helper_symbols__free(&scene->symbols);
	ASSERT_EQ(helper_program__stop(&scene->helper), 0, "end of helper");
}

static bool can_go_cold(const struct scene *scene)
{
	const char *reason = no_eviction_reason(scene->helper.fd);

	if (reason)
		test__skip_reason("%s cannot be evicted from the page cache: %s",
				  scene->helper.path, reason);
	return !reason;
}

static long header_pages(const struct scene *scene)
{
	return resident_pages(scene->helper.fd, 0, sysconf(_SC_PAGESIZE));
}

static bool make_cold(struct scene *scene)
{
	size_t page_bytes = sysconf(_SC_PAGESIZE);
	int err;

	if (!ASSERT_OK(helper_program__order(&scene->helper, HELPER_UNMAP_HEADER),
		       "helper unmaps the page"))
		return false;
	err = evict_range(scene->helper.fd, 0, page_bytes, HELPER_CODE_OFFSET - page_bytes,
			  test__wait_timeout_ms());
	return ASSERT_OK(err, "evict the page") &&
	       ASSERT_EQ(header_pages(scene), 0, "resident pages before the run");
}

static bool make_warm(struct scene *scene)
{
	char header[64];

	return ASSERT_OK(warm_range(scene->helper.fd, header, sizeof(header), 0),
			 "read by user space") &&
	       ASSERT_EQ(header_pages(scene), 1, "resident pages before the run");
}

/*
 * Attaches the program, and makes the helper execute the probed place once. Returns whether the
 * program recorded as many hits as it must.
 */
static bool execute_probed(struct scene *scene, struct bpf_program *program, __u32 hits)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts);
	struct build_id__bss *bss = scene->skel->bss;
	struct bpf_link *link;
	bool ok;

	bss->hits = EARLIER_HITS;
	bss->stack_bytes = 0;
	memset(bss->frames, UNTOUCHED_BYTE, sizeof(bss->frames));
	link = bpf_program__attach_uprobe_opts(program, scene->helper.pid, scene->helper.path,
					       scene->spot->offset, &opts);
	if (!ASSERT_OK_PTR(link, "attach"))
		return false;
	ok = ASSERT_OK(helper_program__order(&scene->helper, HELPER_CALL_BUILD_ID),
		       "helper runs over the probed place") &&
	     ASSERT_EQ(bss->hits, EARLIER_HITS + hits, "runs of the program");
	bpf_link__destroy(link);
	return ok;
}

static bool run_probed(struct scene *scene, struct bpf_program *program)
{
	struct build_id__bss *bss = scene->skel->bss;

	return execute_probed(scene, program, 1) &&
	       ASSERT_GE(bss->stack_bytes, (long)sizeof(bss->frames[0]), "bpf_get_stack") &&
	       ASSERT_EQ(bss->stack_bytes % sizeof(bss->frames[0]), 0, "size of the stack");
}

/* The number of frames that the test checks: it knows their places in the helper's code. */
static unsigned int known_frames(const struct scene *scene)
{
#if defined(__x86_64__) || defined(__aarch64__)
	unsigned int frames = scene->skel->bss->stack_bytes / sizeof(struct bpf_stack_build_id);

	return ASSERT_GE(frames, 2, "frames, the caller's being the second") ? 2 : 1;
#else
	return 1;
#endif
}

/* @base: the offset in a frame is the offset in the file plus this */
static void check_places(const struct scene *scene, unsigned long base)
{
	const struct bpf_stack_build_id *frames = scene->skel->bss->frames;

	ASSERT_EQ(frames[0].offset, base + scene->spot->offset, "probed place");
	if (known_frames(scene) < 2)
		return;
	ASSERT_GT(frames[1].offset, base + scene->caller->offset, "return into the caller");
	ASSERT_LT(frames[1].offset, base + scene->caller->offset + scene->caller->size_bytes,
		  "return into the caller, not behind it");
}

static void check_addresses(const struct scene *scene)
{
	static const unsigned char none[sizeof(scene->build_id.bytes)];
	const struct bpf_stack_build_id *frames = scene->skel->bss->frames;

	for (unsigned int i = 0; i < known_frames(scene); i++) {
		ASSERT_EQ(frames[i].status, BPF_STACK_BUILD_ID_IP, "status of a frame, cold");
		ASSERT_MEMEQ(frames[i].build_id, none, sizeof(none), "no build id");
	}
	check_places(scene, scene->spot->address - scene->spot->offset);
}

static void check_build_ids(const struct scene *scene)
{
	const struct bpf_stack_build_id *frames = scene->skel->bss->frames;

	for (unsigned int i = 0; i < known_frames(scene); i++) {
		ASSERT_EQ(frames[i].status, BPF_STACK_BUILD_ID_VALID, "status of a frame, warm");
		ASSERT_MEMEQ(frames[i].build_id, scene->build_id.bytes,
			     sizeof(scene->build_id.bytes), "build id");
	}
	check_places(scene, 0);
}

static void nofault_paged_out(struct scene *scene)
{
	if (!can_go_cold(scene) || !make_cold(scene) ||
	    !run_probed(scene, scene->skel->progs.record_stack))
		return;
	/* The result is valid only if nobody has brought the page back into the page cache. */
	if (ASSERT_EQ(header_pages(scene), 0, "resident pages after the run"))
		check_addresses(scene);
}

static void nofault_paged_in(struct scene *scene)
{
	if (!make_warm(scene) || !run_probed(scene, scene->skel->progs.record_stack))
		return;
	if (ASSERT_EQ(header_pages(scene), 1, "resident pages after the run"))
		check_build_ids(scene);
}

/* The program records nothing of a process that it was not told. */
static void other_process(struct scene *scene)
{
	struct build_id__bss *bss = scene->skel->bss;

	bss->tgid = getpid();
	if (execute_probed(scene, scene->skel->progs.record_stack, 0) &&
	    execute_probed(scene, scene->skel->progs.record_stack_sleepable, 0))
		ASSERT_EQ(bss->stack_bytes, 0, "size of the stack");
	bss->tgid = scene->helper.pid;
}

static void sleepable(struct scene *scene)
{
	if (!can_go_cold(scene) || !make_cold(scene) ||
	    !run_probed(scene, scene->skel->progs.record_stack_sleepable))
		return;
	ASSERT_EQ(header_pages(scene), 1, "resident pages after the run");
	check_build_ids(scene);
}

TEST_NEEDS(build_id, NEED_PROG_TYPE(KPROBE, "4.1", IF_CONFIG("BPF_EVENTS,UPROBES")),
	   NEED_CONFIG("UPROBE_EVENTS", EFFECT("/sys/bus/event_source/devices/uprobe")));
/* Before 6.12, bpf_get_stack() read in no page for sleepable programs either. */
SUBTEST_NEEDS(build_id, "sleepable", NEED_KERNEL_FUNC("bpf_get_stack_sleepable", "6.12", STABLE));

TEST_LOCKS(build_id, EXCLUSIVE("page_cache"));

void serial_test_build_id(void)
{
	static const struct {
		const char *name;
		void (*run)(struct scene *scene);
	} subtests[] = {
		{ "nofault-paged-out", nofault_paged_out },
		{ "nofault-paged-in", nofault_paged_in },
		{ "sleepable", sleepable },
		{ "other_process", other_process },
	};
	struct scene scene;

	if (open_scene(&scene)) {
		RUN_SUBTESTS(subtests, &scene);
		test__end_subtest();
	}
	close_scene(&scene);
}
