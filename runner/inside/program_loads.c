// SPDX-License-Identifier: GPL-2.0-only
/*
 * In a survey, each program gets marks that tell which instructions run, and its mutants are reported
 * with what the marks say. For a mutant, one instruction of one program is changed.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner/inside/channel.h"
#include "runner/inside/program_loads.h"
#include "runner/mutation/program_key.h"
#include "runner/mutation/survey.h"

/* Marks of all programs of a test; it may not be more than fits into the value of an array map. */
#define MARKS_MAX   (1 << 20)
/* Descriptors that a test does not expect have high numbers. */
#define KEPT_FD_MIN 500

int __real_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
			 const struct bpf_insn *insns, size_t cnt, struct bpf_prog_load_opts *opts);
int __wrap_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
			 const struct bpf_insn *insns, size_t cnt, struct bpf_prog_load_opts *opts);

/* A program of the survey. */
struct surveyed {
	uint64_t key;
	char *name;
	struct bpf_insn *insns;
	struct bpf_line_info *lines;
	int lines_cnt;
	struct btf *btf;
	struct survey survey;
	unsigned char *marks;
	int fd;            /* of a program without marks; -1: it has them */
	uint64_t run_cnt;  /* how often it has run up to the last report */
	bool was_reported; /* all its mutants were reported once, reached or not */
};

static struct {
	pthread_mutex_t lock;
	int map_fd, stats_fd;
	unsigned char *marks; /* the value of the map */
	int marks_cnt;
	struct surveyed **programs;
	int programs_cnt;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .map_fd = -1, .stats_fd = -1 };

static bool make_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	void *value;

	if (state.marks)
		return true;
	state.map_fd =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, "marks", sizeof(int), MARKS_MAX, 1, &opts);
	if (state.map_fd < 0)
		return false;
	value = mmap(NULL, MARKS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, state.map_fd, 0);
	if (value == MAP_FAILED) {
		close(state.map_fd);
		state.map_fd = -1;
		return false;
	}
	state.marks = value;
	return true;
}

/*
 * Without marks, only the number of its runs tells whether a program has run: keep it, and let the
 * kernel count.
 */
static void count_runs(struct surveyed *program, int fd)
{
	if (state.stats_fd < 0)
		state.stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (state.stats_fd >= 0)
		program->fd = fcntl(fd, F_DUPFD_CLOEXEC, KEPT_FD_MIN);
}

/* Return: whether the program has run since the last call; true if that is not known. */
static bool has_run_again(struct surveyed *program)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	uint64_t before = program->run_cnt;

	if (program->fd < 0 || bpf_prog_get_info_by_fd(program->fd, &info, &len))
		return !program->was_reported;
	program->run_cnt = info.run_cnt;
	return info.run_cnt > before;
}

static void free_program(struct surveyed *program)
{
	if (!program)
		return;
	if (program->fd >= 0)
		close(program->fd);
	free(program->name);
	free(program->insns);
	free(program->lines);
	btf__free(program->btf);
	survey__end(&program->survey);
	free(program);
}

static struct btf *open_btf(int btf_fd)
{
	struct bpf_btf_info info = {};
	__u32 len = sizeof(info);

	if (bpf_btf_get_info_by_fd(btf_fd, &info, &len))
		return NULL;
	return btf__load_from_kernel_by_id(info.id);
}

static struct bpf_line_info *copy_lines(const struct bpf_prog_load_opts *opts)
{
	struct bpf_line_info *lines = calloc(opts->line_info_cnt, sizeof(*lines));
	__u32 i;

	for (i = 0; lines && i < opts->line_info_cnt; i++)
		memcpy(&lines[i],
		       (const char *)opts->line_info + (size_t)i * opts->line_info_rec_size,
		       sizeof(lines[i]));
	return lines;
}

/* Return: the program with its survey, or NULL if it cannot have one. */
static struct surveyed *begin_survey(enum bpf_prog_type type, const char *name,
				     const struct bpf_insn *insns, size_t cnt,
				     const struct bpf_prog_load_opts *given)
{
	const struct bpf_prog_load_opts opts = image__options(given);
	struct surveyed *program = calloc(1, sizeof(*program));
	struct code code;

	if (!program)
		return NULL;
	program->fd = -1;
	program->key = program_key__make(type, name, insns, cnt, given);
	program->name = strdup(name ?: "");
	program->insns = malloc(cnt * sizeof(*insns));
	program->lines = copy_lines(&opts);
	program->lines_cnt = opts.line_info_cnt;
	program->btf = open_btf(opts.prog_btf_fd);
	if (!program->name || !program->insns || !program->lines || !program->btf)
		goto fail;
	memcpy(program->insns, insns, cnt * sizeof(*insns));
	if (code__analyze(&code, type, opts.expected_attach_type, program->insns, cnt) ||
	    survey__begin(&program->survey, &code))
		goto fail;
	return program;
fail:
	free_program(program);
	return NULL;
}

/* Return: the descriptor of the program with marks, or a negative errno. */
static int load_with_marks(struct surveyed *program, enum bpf_prog_type type, const char *license,
			   const struct bpf_prog_load_opts *opts)
{
	struct survey *survey = &program->survey;
	struct image image;
	int fd;

	if (survey->is_blind || channel__setup()->mutation->is_blind || !make_map() ||
	    state.marks_cnt + survey->marks_cnt > MARKS_MAX)
		return -ENOSPC;
	fd = survey__image(survey, &image, opts, state.map_fd, state.marks_cnt);
	if (fd)
		return fd;
	/* The caller has the log of the program without marks. */
	image.opts.log_buf = NULL;
	image.opts.log_size = 0;
	image.opts.log_level = 0;
	fd = __real_bpf_prog_load(type, *program->name ? program->name : NULL, license, image.insns,
				  image.cnt, &image.opts);
	if (fd >= 0) {
		program->marks = state.marks + state.marks_cnt;
		state.marks_cnt += survey->marks_cnt;
	}
	image__free(&image);
	return fd;
}

static void add_program(struct surveyed *program)
{
	struct surveyed **grown =
		reallocarray(state.programs, state.programs_cnt + 1, sizeof(*grown));

	if (!grown) {
		free_program(program);
		return;
	}
	state.programs = grown;
	grown[state.programs_cnt++] = program;
}

static int load_in_survey(enum bpf_prog_type type, const char *name, const char *license,
			  const struct bpf_insn *insns, size_t cnt, struct bpf_prog_load_opts *opts)
{
	const struct mutation_order *order = channel__setup()->mutation;
	int marked_fd, fd = __real_bpf_prog_load(type, name, license, insns, cnt, opts);
	struct surveyed *program;
	int saved_errno = errno;

	/* A test of the verifier expects some programs to be rejected. */
	if (fd < 0 || !channel__is_test() || !program_key__has_lines(opts))
		goto out;
	if (order->is_for_own_only && program_key__acts_on_others(type, insns, cnt, opts)) {
		channel__send(&(struct record){ .header.type = RECORD_MUTANTS_LEFT_OUT,
						.texts = { name } });
		goto out;
	}
	program = begin_survey(type, name, insns, cnt, opts);
	if (!program)
		goto out;
	pthread_mutex_lock(&state.lock);
	marked_fd = load_with_marks(program, type, license, opts);
	if (marked_fd < 0) {
		program->survey.skips_values = true;
		marked_fd = load_with_marks(program, type, license, opts);
	}
	if (marked_fd >= 0) {
		/* Keep the number that the caller would have got. */
		if (dup3(marked_fd, fd, O_CLOEXEC) < 0)
			program->survey.is_blind = true;
		close(marked_fd);
	} else {
		program->survey.is_blind = true;
		count_runs(program, fd);
	}
	add_program(program);
	pthread_mutex_unlock(&state.lock);
out:
	errno = saved_errno;
	return fd;
}

/* Return: the row of the source line of an instruction, or NULL. */
static const struct bpf_line_info *find_line(const struct surveyed *program, int insn)
{
	const struct bpf_line_info *found = NULL;
	int i;

	for (i = 0; i < program->lines_cnt && (int)program->lines[i].insn_off <= insn; i++)
		found = &program->lines[i];
	return found;
}

static void report_mutant(const struct surveyed *program, int insn, int op, enum mutant_reach reach,
			  const struct change *change)
{
	const struct bpf_line_info *line = find_line(program, insn);
	struct record record = {
		.header.type = RECORD_MUTANT,
		.header.number = insn,
		.header.code = op,
		.header.address = program->key,
		.header.pc = reach,
		.texts = { program->name, "", "", change->detail },
	};

	if (line) {
		record.header.line = BPF_LINE_INFO_LINE_NUM(line->line_col);
		record.texts[1] = btf__name_by_offset(program->btf, line->file_name_off) ?: "";
		record.texts[2] = btf__name_by_offset(program->btf, line->line_off) ?: "";
	}
	channel__send(&record);
}

static void report_insn(const struct surveyed *program, const unsigned char *marks,
			const uint16_t *read_later, int insn, bool has_run)
{
	const struct survey *survey = &program->survey;
	bool is_reached = has_run && survey__reached(survey, marks, insn);
	struct observed observed = survey__observed(survey, marks, insn);
	struct change change;
	int i;

	if (!is_reached && program->was_reported)
		return;
	for (i = 0; i < operator_table_cnt; i++) {
		const struct op *op = &operator_table[i];
		enum mutant_reach reach = is_reached ? MUTANT_REACHED : MUTANT_NOT_REACHED;

		if (!operators__change(&survey->code, insn, i, &change))
			continue;
		if (is_reached && observed.is_known && op->is_idle &&
		    op->is_idle(&survey->code, insn, &observed))
			reach = MUTANT_IDLE;
		if (is_reached && read_later &&
		    !operators__is_read(&survey->code.insns[insn], &change, read_later[insn]))
			reach = MUTANT_IDLE;
		report_mutant(program, insn, i, reach, &change);
	}
}

static void report_program(struct surveyed *program)
{
	const struct survey *survey = &program->survey;
	unsigned char *seen = calloc(survey->marks_cnt + 1, 1);
	uint16_t *read_later;
	bool has_run = survey->is_blind && has_run_again(program);
	int i;

	if (!seen)
		return;
	/* A copy: the program may run on. */
	for (i = 0; !survey->is_blind && i < survey->marks_cnt; i++) {
		seen[i] = __atomic_exchange_n(&program->marks[i], 0, __ATOMIC_RELAXED);
		has_run |= seen[i];
	}
	read_later = survey__read_later(survey, seen);
	for (i = 0; (has_run || !program->was_reported) && i < survey->code.cnt; i++) {
		if (!survey->code.facts[i].is_second_slot)
			report_insn(program, seen, read_later, i, has_run);
	}
	program->was_reported = true;
	free(read_later);
	free(seen);
}

void program_loads__report(void)
{
	int i;

	if (!state.programs_cnt || !channel__is_test())
		return;
	pthread_mutex_lock(&state.lock);
	for (i = 0; i < state.programs_cnt; i++)
		report_program(state.programs[i]);
	pthread_mutex_unlock(&state.lock);
}

/* Say what has become of the mutant. The result of the test means nothing if it was rejected. */
static void report_load(int err)
{
	struct record record = {
		.header.type = RECORD_MUTANT_LOADED,
		.header.code = err,
		.header.flags = RECORD_WANTS_ANSWER,
	};

	channel__send(&record);
	if (err && channel__is_test())
		_exit(0); /* whatever the status: this test has no result */
}

static int load_mutant(enum bpf_prog_type type, const char *name, const char *license,
		       const struct bpf_insn *insns, size_t cnt, struct bpf_prog_load_opts *opts)
{
	const struct mutation_order *order = channel__setup()->mutation;
	struct change change;
	struct image image;
	struct code code;
	int fd;

	if (!program_key__has_lines(opts) ||
	    program_key__make(type, name, insns, cnt, opts) != order->program ||
	    order->insn >= (int)cnt ||
	    code__analyze(&code, type, image__options(opts).expected_attach_type, insns, cnt))
		return __real_bpf_prog_load(type, name, license, insns, cnt, opts);
	fd = operators__change(&code, order->insn, order->op, &change) ?
		     operators__image(&image, insns, cnt, opts, order->insn, &change) :
		     -EINVAL;
	code__free(&code);
	if (!fd) {
		fd = __real_bpf_prog_load(type, name, license, image.insns, image.cnt, &image.opts);
		/* libbpf reads from here how long the log is. */
		if (opts->sz > offsetof(struct bpf_prog_load_opts, log_true_size))
			opts->log_true_size = image.opts.log_true_size;
		image__free(&image);
	}
	report_load(fd < 0 ? fd : 0);
	return fd;
}

int __wrap_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
			 const struct bpf_insn *insns, size_t cnt, struct bpf_prog_load_opts *opts)
{
	const struct test_process_setup *setup = channel__setup();

	if (!setup || !setup->mutation || setup->mutation->kind > MUTATION_MUTANT)
		return __real_bpf_prog_load(type, name, license, insns, cnt, opts);
	if (setup->mutation->kind == MUTATION_SURVEY)
		return load_in_survey(type, name, license, insns, cnt, opts);
	return load_mutant(type, name, license, insns, cnt, opts);
}
