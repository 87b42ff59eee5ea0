// SPDX-License-Identifier: GPL-2.0-only
/*
 * File dynptrs: a BPF program reads a file.
 *
 * A program that may not sleep can only read the page cache, and gets -EFAULT for other pages. To
 * test that, the pages must be cold (not in the page cache). But any process that runs the same
 * executable may fault them in again. So the test is serial, reads a window of the executable that
 * nothing else touches (file_reader_pages.c), takes a lock against a second copy of the suite on
 * this machine, and checks every page before and after. If a page is warm afterwards, some other
 * process read it, and the result is not valid.
 */
#include <limits.h>
#include <link.h>
#include <sys/stat.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/file_reader.h"
#include "file_reader.skel.h"
#include "file_reader_fail.skel.h"
#include "file_reader_lifetime_fail.skel.h"

/* The test must not dereference these: that would fault the pages in. */
extern const char file_reader_padding[], file_reader_padding_end[];
extern const char file_reader_window[], file_reader_window_end[];

#define WORD_FACTOR    0x9e3779b97f4a7c15ULL
/* Buffers are filled with this before each read. */
#define UNTOUCHED_BYTE 0xa5

/* A file and the part of it that is made cold. */
struct subject {
	const char *path; /* the test opens this path to make the program run */
	int fd;
	off_t size_bytes;
	ino_t inode;
	off_t start;
	size_t len_bytes;
	size_t padding_bytes; /* on both sides of the part; nothing else touches it */
	char *expected;       /* content of the part as user space reads it */
};

/* A range inside the cold part of a subject. */
struct spot {
	size_t at;
	size_t len_bytes;
};

static bool open_subject(struct subject *subject, const char *path)
{
	struct stat status;

	*subject = (struct subject){ .path = path };
	subject->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!ASSERT_OK_FD(subject->fd, path) || !ASSERT_OK(fstat(subject->fd, &status), "fstat"))
		return false;
	subject->size_bytes = status.st_size;
	subject->inode = status.st_ino;
	return true;
}

static void close_subject(struct subject *subject)
{
	if (subject->fd >= 0)
		close(subject->fd);
	free(subject->expected);
}

struct lookup {
	const char *address;
	off_t offset;
};

/* The first object that the loader knows is the executable itself. */
static int find_in_executable(struct dl_phdr_info *object, size_t size, void *arg)
{
	struct lookup *lookup = arg;

	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		ElfW(Addr) at = (ElfW(Addr))lookup->address - object->dlpi_addr - segment->p_vaddr;

		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W) &&
		    at < segment->p_filesz)
			lookup->offset = segment->p_offset + at;
	}
	return 1;
}

/* Returns the file offset of an address of the executable, or -1 if it is not read-only. */
static off_t offset_in_executable(const char *address)
{
	struct lookup lookup = { .address = address, .offset = -1 };

	dl_iterate_phdr(find_in_executable, &lookup);
	return lookup.offset;
}

/* The caller closes the subject, also if this returns false. */
static bool open_executable(struct subject *subject)
{
	if (!open_subject(subject, "/proc/self/exe"))
		return false;

	subject->start = offset_in_executable(file_reader_window);
	subject->len_bytes = file_reader_window_end - file_reader_window;
	subject->padding_bytes = file_reader_window - file_reader_padding;
	return ASSERT_GE(subject->start, 0, "window is in a read-only segment") &&
	       ASSERT_EQ(offset_in_executable(file_reader_padding_end - 1),
			 subject->start + subject->len_bytes + subject->padding_bytes - 1,
			 "end of padding") &&
	       ASSERT_EQ(subject->start % sysconf(_SC_PAGESIZE), 0, "window is page aligned");
}

/* Opens the file that the build puts beside the executable, and that nobody maps. */
static bool open_private_file(struct subject *subject)
{
	static char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));
	char *folder_end = len > 0 ? memrchr(path, '/', len) : NULL;

	*subject = (struct subject){ .fd = -1 };
	if (!ASSERT_OK_PTR(folder_end, "folder of the executable"))
		return false;
	snprintf(folder_end + 1, path + sizeof(path) - folder_end - 1, "file_reader.data");
	if (!open_subject(subject, path))
		return false;

	subject->len_bytes = subject->size_bytes;
	/* The last page of the file must be a partial page. */
	return ASSERT_NEQ(subject->size_bytes % sysconf(_SC_PAGESIZE), 0, "size is no whole pages");
}

/* Returns whether the subject can be made cold on this machine; if not, marks a skip. */
static bool can_go_cold(const struct subject *subject)
{
	const char *reason = no_eviction_reason(subject->fd);
	long readahead = readahead_bytes(subject->fd);

	if (reason) {
		test__skip_reason("%s cannot be evicted from the page cache: %s", subject->path,
				  reason);
		return false;
	}
	/*
	 * A page fault beyond the padding reads half of the readahead size around it, and the next
	 * fault may start another readahead after that.
	 */
	if (subject->padding_bytes && readahead > (long)subject->padding_bytes / 2) {
		test__skip_reason("readahead of %ld KiB reaches over the padding of %zu KiB: lower "
				  "read_ahead_kb of the device that holds %s",
				  readahead / 1024, subject->padding_bytes / 1024, subject->path);
		return false;
	}
	printf("%s: cold part %zu bytes at %lld, padding %zu bytes, readahead %ld bytes\n",
	       subject->path, subject->len_bytes, (long long)subject->start, subject->padding_bytes,
	       readahead);
	return true;
}

static bool make_cold(const struct subject *subject)
{
	int err = evict_range(subject->fd, subject->start, subject->len_bytes,
			      subject->padding_bytes, test__wait_timeout_ms());

	return ASSERT(!err, "evict", "%s: %s, %ld of %ld pages stay in the page cache",
		      subject->path, strerrorname_np(-err),
		      resident_pages(subject->fd, subject->start, subject->len_bytes),
		      pages_in_range(subject->start, subject->len_bytes));
}

static bool check_cold(const struct subject *subject, const char *when)
{
	long pages = resident_pages(subject->fd, subject->start, subject->len_bytes);

	if (!ASSERT_GE(pages, 0, "resident pages"))
		return false;
	return ASSERT(!pages, when,
		      "warmed by someone else: %ld of %ld pages are in the page cache", pages,
		      pages_in_range(subject->start, subject->len_bytes));
}

static bool make_warm(struct subject *subject)
{
	if (!subject->expected)
		subject->expected = calloc(1, subject->len_bytes);
	return ASSERT_OK_PTR(subject->expected, "buffer for expected content") &&
	       ASSERT_OK(warm_range(subject->fd, subject->expected, subject->len_bytes,
				    subject->start),
			 "read by user space") &&
	       ASSERT_EQ(resident_pages(subject->fd, subject->start, subject->len_bytes),
			 pages_in_range(subject->start, subject->len_bytes), "every page warm");
}

static bool is_done(void *arg)
{
	struct file_read_outcome *outcome = arg;

	return __atomic_load_n(&outcome->done, __ATOMIC_ACQUIRE);
}

/*
 * Opens the subject once, which makes the attached program carry out @request, and waits until it
 * is done. The caller has set the offset and the other fields of the request.
 */
static bool read_on_open(struct file_reader *skel, const struct subject *subject,
			 struct file_read_request request)
{
	struct file_read_outcome *outcome = &skel->bss->outcome;
	const int opened_before = outcome->opened;
	int fd;

	request.tgid = getpid();
	request.inode = subject->inode;
	skel->bss->request = request;
	*outcome = (struct file_read_outcome){
		.opened = opened_before,
		.scheduled = FILE_READ_NOT_RUN,
		.from_file = FILE_READ_NOT_RUN,
		.adjusted = FILE_READ_NOT_RUN,
		.read = FILE_READ_NOT_RUN,
		.sliced = FILE_READ_NOT_RUN,
		.written = FILE_READ_NOT_RUN,
	};
	memset(skel->bss->content, UNTOUCHED_BYTE, sizeof(skel->bss->content));
	memset(skel->bss->slice_content, UNTOUCHED_BYTE, sizeof(skel->bss->slice_content));

	fd = open(subject->path, O_RDONLY | O_CLOEXEC);
	if (!ASSERT_OK_FD(fd, "open"))
		return false;
	close(fd);

	if (!ASSERT_EQ(outcome->opened, opened_before + 1, "program has run for this opening"))
		return false;
	return ASSERT(wait_until(is_done, outcome, test__wait_timeout_ms()), "read is done",
		      "not in time; scheduling it returned %d", outcome->scheduled) &&
	       ASSERT_EQ(outcome->done, 1, "reads for this opening") &&
	       ASSERT_OK(outcome->from_file, "bpf_dynptr_from_file");
}

static struct file_read_request at_spot(const struct subject *subject, const struct spot *spot)
{
	return (struct file_read_request){
		.offset = subject->start + spot->at,
		.len_bytes = spot->len_bytes,
	};
}

/*
 * Reads at each spot while all pages are cold. The results are only checked if the pages are still
 * cold after the last read.
 */
static void expect_fault(struct file_reader *skel, const struct subject *subject,
			 const struct spot *spots, size_t spots_cnt)
{
	int read[spots_cnt], sliced[spots_cnt];

	if (!make_cold(subject) || !check_cold(subject, "cold before the reads"))
		return;
	for (size_t i = 0; i < spots_cnt; i++) {
		if (!read_on_open(skel, subject, at_spot(subject, &spots[i])))
			return;
		read[i] = skel->bss->outcome.read;
		sliced[i] = skel->bss->outcome.sliced;
	}
	if (!check_cold(subject, "cold after the reads"))
		return;
	for (size_t i = 0; i < spots_cnt; i++) {
		ASSERT_EQ(read[i], -EFAULT, "read of cold pages");
		ASSERT_EQ(sliced[i], -ENODATA, "slice of cold pages");
	}
}

/* The same program must get the content when the pages are in the page cache. */
static void expect_content(struct file_reader *skel, const struct subject *subject,
			   const struct spot *spots, size_t spots_cnt)
{
	for (size_t i = 0; i < spots_cnt; i++) {
		const char *expected = subject->expected + spots[i].at;

		if (!read_on_open(skel, subject, at_spot(subject, &spots[i])))
			return;
		ASSERT_OK(skel->bss->outcome.read, "read of warm pages");
		ASSERT_EQ(skel->bss->outcome.written, -EINVAL, "write to warm pages");
		ASSERT_EQ(skel->bss->outcome.size_bytes, FILE_NO_SIZE, "size of dynptr");
		ASSERT_MEMEQ(skel->bss->content, expected, spots[i].len_bytes, "content");
		if (ASSERT_OK(skel->bss->outcome.sliced, "slice of warm pages"))
			ASSERT_MEMEQ(skel->bss->slice_content, expected, FILE_SLICE_BYTES,
				     "content of slice");
	}
}

/* Reads from a dynptr that is cut to 500 bytes in the middle of the subject, whose pages are warm. */
static void expect_adjusted(struct file_reader *skel, const struct subject *subject)
{
	const size_t at = subject->len_bytes / 2;
	struct file_read_request request = {
		.offset = 11,
		.len_bytes = 300,
		.adjust = 1,
		.start = subject->start + at,
		.end = subject->start + at + 500,
	};
	struct file_read_outcome *outcome = &skel->bss->outcome;

	if (!read_on_open(skel, subject, request))
		return;
	ASSERT_OK(outcome->adjusted, "bpf_dynptr_adjust");
	ASSERT_EQ(outcome->size_bytes, 500, "size of adjusted dynptr");
	ASSERT_OK(outcome->read, "read of adjusted dynptr");
	ASSERT_MEMEQ(skel->bss->content, subject->expected + at + request.offset, request.len_bytes,
		     "content of adjusted dynptr");
}

/* Reads a range that begins in a warm page and ends in a cold one. */
static void expect_fault_behind_warm_page(struct file_reader *skel, const struct subject *subject)
{
	size_t page_bytes = sysconf(_SC_PAGESIZE);
	struct spot across = { .at = 2 * page_bytes - 100, .len_bytes = 200 };
	struct subject warm = *subject, cold = *subject;
	int read;

	warm.start += page_bytes;
	warm.len_bytes = page_bytes;
	warm.expected = NULL;
	cold.start += 2 * page_bytes;
	cold.len_bytes = page_bytes;
	if (!make_cold(subject) || !make_warm(&warm) ||
	    !check_cold(&cold, "cold before the read") ||
	    !read_on_open(skel, subject, at_spot(subject, &across)))
		goto out;
	read = skel->bss->outcome.read;
	if (check_cold(&cold, "cold after the read"))
		ASSERT_EQ(read, -EFAULT, "read from a warm page into a cold one");
out:
	free(warm.expected);
}

/*
 * A file dynptr has no size: a range beyond the end of the file gives the same error as a cold
 * page. Not asserted: a read beyond the end within the last page returns zeros (6.19 to 7.3).
 */
static void expect_fault_behind_last_page(struct file_reader *skel, const struct subject *subject)
{
	struct file_read_request request = {
		.offset = subject->size_bytes + sysconf(_SC_PAGESIZE),
		.len_bytes = 1,
	};

	if (read_on_open(skel, subject, request))
		ASSERT_EQ(skel->bss->outcome.read, -EFAULT, "read behind the last page");
}

static void cold_then_warm(struct file_reader *skel, struct subject *subject)
{
	size_t page_bytes = sysconf(_SC_PAGESIZE);
	struct spot spots[] = {
		{ 0, 1 },
		{ 12345, 2 * page_bytes + 1 },
		{ page_bytes - 1, 2 },
		/* The private file has zeros at the other spots. */
		{ subject->len_bytes / 2, 1021 },
		{ subject->len_bytes - 1021, 1021 },
	};

	expect_fault(skel, subject, spots, ARRAY_SIZE(spots));
	if (make_warm(subject)) {
		expect_content(skel, subject, spots, ARRAY_SIZE(spots));
		expect_adjusted(skel, subject);
	}
	expect_fault_behind_warm_page(skel, subject);
	expect_fault_behind_last_page(skel, subject);
}

/* Checks that the offset used by the test is that of the window. */
static void check_window_pattern(const struct subject *executable)
{
	const uint64_t *word = (const uint64_t *)executable->expected;
	uint64_t wrong_words = 0;

	for (uint64_t i = 0; i < executable->len_bytes / sizeof(*word); i++)
		wrong_words += word[i] != (i + 1) * WORD_FACTOR;
	ASSERT_EQ(wrong_words, 0, "words of the window that are not its pattern");
}

static void on_open_expect_fault(struct file_reader *skel, struct subject *executable)
{
	auto_link struct bpf_link *link = NULL;

	if (!can_go_cold(executable) || !attach(skel->progs.read_executable_in_hook, &link))
		return;
	cold_then_warm(skel, executable);
	check_window_pattern(executable);
}

static void on_open_private_file(struct file_reader *skel)
{
	auto_link struct bpf_link *link = NULL;
	struct subject file;

	if (open_private_file(&file) && can_go_cold(&file) &&
	    attach(skel->progs.read_opened_file, &link))
		cold_then_warm(skel, &file);
	close_subject(&file);
}

/* A read of [offset, offset + len_bytes) from a dynptr, which is cut to [start, end) if @adjust. */
struct range_case {
	const char *name;
	__u64 offset;
	__u32 len_bytes;
	bool adjust;
	__u64 start, end;
	int adjusted; /* expected result of bpf_dynptr_adjust() */
	int read;     /* expected result of bpf_dynptr_read() */
};

static bool slice_fits(const struct subject *executable, const struct range_case *range)
{
	bool adjusted = range->adjust && !range->adjusted;
	__u64 size_bytes = adjusted ? range->end - range->start : (__u64)executable->size_bytes;

	return range->offset < size_bytes && size_bytes - range->offset >= FILE_SLICE_BYTES;
}

static void check_range(struct file_reader *skel, const struct subject *executable,
			const struct range_case *range)
{
	struct file_read_request request = {
		.offset = range->offset,
		.len_bytes = range->len_bytes,
		.adjust = range->adjust,
		.start = range->start,
		.end = range->end,
	};
	struct file_read_outcome *outcome = &skel->bss->outcome;
	/* A failed bpf_dynptr_adjust() leaves the dynptr unchanged. */
	__u64 base = range->adjust && !range->adjusted ? range->start : 0;
	const unsigned char *content = (const unsigned char *)skel->bss->content;
	char *expected = calloc(1, range->len_bytes + 1);

	printf("%s: %u bytes at %llu\n", range->name, range->len_bytes, range->offset);
	if (!ASSERT_OK_PTR(expected, "buffer for expected content") ||
	    !read_on_open(skel, executable, request))
		goto out;
	ASSERT_OK(outcome->scheduled, "bpf_task_work_schedule_signal");
	if (range->adjust)
		ASSERT_EQ(outcome->adjusted, range->adjusted, "bpf_dynptr_adjust");
	if (range->adjust && !range->adjusted)
		ASSERT_EQ(outcome->size_bytes, range->end - range->start, "adjusted size");
	else
		ASSERT_EQ(outcome->size_bytes, FILE_NO_SIZE,
			  "size of a dynptr that was not adjusted");
	ASSERT_EQ(outcome->read, range->read, "bpf_dynptr_read");
	ASSERT_EQ(outcome->sliced, slice_fits(executable, range) ? 0 : -ENODATA,
		  "slice that fits, or does not");
	ASSERT_EQ(outcome->written, -EINVAL, "bpf_dynptr_write, files being read-only");
	if (range->len_bytes < FILE_READ_MAX_BYTES)
		ASSERT_EQ(content[range->len_bytes], UNTOUCHED_BYTE, "buffer behind the content");

	if (range->read || !ASSERT_OK(read_exact_at(executable->fd, expected, range->len_bytes,
						    base + range->offset),
				      "read by user space"))
		goto out;
	ASSERT_MEMEQ(content, expected, range->len_bytes, "content");
	if (range->len_bytes >= FILE_SLICE_BYTES && ASSERT_OK(outcome->sliced, "bpf_dynptr_slice"))
		ASSERT_MEMEQ(skel->bss->slice_content, expected, FILE_SLICE_BYTES,
			     "content of slice");
out:
	free(expected);
}

static void read_ranges(struct file_reader *skel, const struct subject *executable)
{
	__u64 page_bytes = sysconf(_SC_PAGESIZE);
	__u64 window = executable->start, size = executable->size_bytes;
	__u64 from = window + 101, to = from + 5003;
	const struct range_case ranges[] = {
		{ "first byte", 0, 1, .read = 0 },
		{ "ELF header", 0, 64, .read = 0 },
		{ "across two pages", page_bytes - 1, 2, .read = 0 },
		{ "odd offset and length", window + 12345, 2 * page_bytes + 1, .read = 0 },
		{ "as much as there is room for", window - 333, FILE_READ_MAX_BYTES, .read = 0 },
		{ "nothing", window, 0, .read = 0 },
		{ "last byte", size - 1, 1, .read = 0 },
		{ "up to the end", size - 1021, 1021, .read = 0 },
		{ "over the end by one", size - 1021, 1022, .read = -EIO },
		{ "behind the end", size, 1, .read = -EIO },
		{ "behind the last page", size + page_bytes, 1, .read = -EIO },
		{ "largest offset", -1ULL, 1, .read = -E2BIG },
		{ "over the largest offset", -10ULL, 20, .read = -E2BIG },
		{ "adjusted", 7, 4000, true, from, to, .read = 0 },
		{ "adjusted, all of it", 0, to - from, true, from, to, .read = 0 },
		{ "adjusted, last byte", to - from - 1, 1, true, from, to, .read = 0 },
		{ "adjusted, over the end by one", 1, to - from, true, from, to, .read = -E2BIG },
		{ "adjusted, behind the end", to - from, 1, true, from, to, .read = -E2BIG },
		{ "adjusted to nothing", 0, 1, true, from, from, .read = -E2BIG },
		{ "adjusted, end before start", 0, 1, true, to, from, .adjusted = -EINVAL,
		  .read = 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		check_range(skel, executable, &ranges[i]);
}

/* Reads every byte of the executable, in pieces of the size of the buffer. */
static void read_whole_file(struct file_reader *skel, const struct subject *executable)
{
	off_t left, at;

	for (at = 0; at < executable->size_bytes; at += FILE_READ_MAX_BYTES) {
		struct range_case piece = { .name = "whole content", .offset = at };

		left = executable->size_bytes - at;
		piece.len_bytes = left < FILE_READ_MAX_BYTES ? left : FILE_READ_MAX_BYTES;
		check_range(skel, executable, &piece);
	}
}

static void on_open_validate_file_read(struct file_reader *skel, struct subject *executable)
{
	struct spot all = { 0, executable->len_bytes };
	auto_link struct bpf_link *link = NULL;

	if (!can_go_cold(executable) || !attach(skel->progs.schedule_read_of_executable, &link))
		return;

	/* Here the program can read the same cold part that read_executable_in_hook cannot read. */
	if (make_cold(executable) && check_cold(executable, "cold before the read") &&
	    read_on_open(skel, executable, at_spot(executable, &all))) {
		ASSERT_OK(skel->bss->outcome.read, "read of cold pages from task work");
		if (make_warm(executable))
			ASSERT_MEMEQ(skel->bss->content, executable->expected, all.len_bytes,
				     "content of cold pages");
	}
	read_ranges(skel, executable);
	read_whole_file(skel, executable);
}

/* Locks out a second copy of the suite (in a container, for example), which uses the same pages. */
static bool lock_executable(const struct subject *executable)
{
	int err = lock_file(executable->fd, test__wait_timeout_ms());

	return assert__report(ASSERT_HERE, "lock executable", !err,
			      "%s: is another copy of the suite stuck in this test?",
			      strerrorname_np(-err));
}

/* Loads only one program of @object. Returns 0 or -errno. */
static int load_alone(struct bpf_object *object, const char *name)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	return bpf_object__load(object);
}

/*
 * In the kernel's suite, the subtest "negative" has all programs that must be refused. Here each of
 * these programs is a subtest of its own, which also checks the verifier's message. This subtest
 * only checks that they are refused, so that a test list for that suite still selects them.
 */
static void negative(void)
{
	auto_skel struct file_reader_fail *names = file_reader_fail__open();
	struct bpf_program *program;

	if (!ASSERT_OK_PTR(names, "open"))
		return;
	bpf_object__for_each_program (program, names->obj) {
		auto_skel struct file_reader_fail *skel = file_reader_fail__open();
		const char *name = bpf_program__name(program);
		int err;

		if (!ASSERT_OK_PTR(skel, "open"))
			return;
		err = load_alone(skel->obj, name);
		ASSERT(err == -EACCES || err == -EINVAL, name,
		       "load returned %d, not EACCES or EINVAL as for a program that is refused",
		       err);
	}
}

/* Returns 1 if the verifier refuses this program of file_reader_lifetime_fail, else 0 or -errno. */
static int is_refused(const char *name)
{
	auto_skel struct file_reader_lifetime_fail *skel = file_reader_lifetime_fail__open();

	return skel ? !!load_alone(skel->obj, name) : -errno;
}

static int dynptr_is_tied_to_file(void)
{
	return is_refused("use_file_dynptr_after_put_file");
}

static int slice_is_tied_to_dynptr(void)
{
	return is_refused("slice_used_after_discard");
}

TEST_NEEDS(file_reader, NEED_BTF, NEED_JIT, NEED_LSM("bpf", IF_CONFIG("BPF_LSM")),
	   NEED_PROG_TYPE(LSM, "5.7", IF_CONFIG("BPF_LSM,BPF_JIT")),
	   NEED_KFUNC("bpf_dynptr_from_file", "6.19"));
/*
 * Up to 7.1, the verifier accepts these programs: it does not tie a dynptr to its file, or a slice
 * to its dynptr (measured on 6.19.14 to 7.3.4).
 */
SUBTEST_NEEDS(file_reader, "use_file_dynptr_after_put_file",
	      NEED_PROBE("verifier that ties a dynptr to its file", "7.2", dynptr_is_tied_to_file));
SUBTEST_NEEDS(file_reader, "use_file_dynptr_slice_after_put_file",
	      NEED_PROBE("verifier that ties a dynptr to its file", "7.2", dynptr_is_tied_to_file));
SUBTEST_NEEDS(file_reader, "negative: slice used after its dynptr was discarded",
	      NEED_PROBE("verifier that ties a slice to its dynptr", "7.2",
			 slice_is_tied_to_dynptr));

TEST_LOCKS(file_reader, EXCLUSIVE("page_cache"), SHARED("trampoline:bpf_lsm_file_open"));

void serial_test_file_reader(void)
{
	auto_skel struct file_reader *skel = NULL;
	struct subject executable;

	if (!open_executable(&executable) || !lock_executable(&executable))
		goto out;
	skel = file_reader__open_and_load();
	if (!ASSERT_OK_PTR(skel, "open and load"))
		goto out;

	if (test__start_subtest("on_open_expect_fault"))
		on_open_expect_fault(skel, &executable);
	if (test__start_subtest("on_open_validate_file_read"))
		on_open_validate_file_read(skel, &executable);
	if (test__start_subtest("on_open_private_file"))
		on_open_private_file(skel);
	if (test__start_subtest("negative"))
		negative();
	RUN_TESTS(file_reader_fail);
	RUN_TESTS(file_reader_lifetime_fail);
out:
	close_subject(&executable);
}
