// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes user-space backtraces of another process with file and line, by libdwfl of elfutils. The
 * frames of the runner below the test function are left out. A function that the compiler inlined has
 * a frame of its own.
 */
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/process/backtrace.h"

#define FRAMES_MAX  32
#define THREADS_MAX 16

struct walk {
	Dwfl *dwfl;
	FILE *out;
	Dwarf_Addr from; /* address of the first frame to show; 0: show all */
	int frames;
	int threads;
};

struct source_place {
	const char *file; /* NULL: not known */
	int line_number;
};

/* Return: the compilation unit of an address, or NULL; @bias is added to the addresses in it. */
static Dwarf_Die *find_unit(Dwfl_Module *module, Dwarf_Addr address, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);

	/*
	 * dwfl_module_addrdie() needs .debug_aranges, which clang does not write. The compilation
	 * units have the same address ranges.
	 */
	while (!unit || dwarf_haspc(unit, address - *bias) != 1) {
		unit = dwfl_module_nextcu(module, unit, bias);
		if (!unit)
			return NULL;
	}
	return unit;
}

static struct source_place find_source(Dwarf_Die *unit, Dwarf_Addr address)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);
	struct source_place place = {};

	if (line && !dwarf_lineno(line, &place.line_number))
		place.file = dwarf_linesrc(line, NULL, NULL);
	return place;
}

/* Return: the place from which an inlined function is called. */
static struct source_place find_call(Dwarf_Die *unit, Dwarf_Die *inlined)
{
	Dwarf_Attribute attribute;
	struct source_place place = {};
	Dwarf_Word file, line_number;
	Dwarf_Files *files;
	size_t files_cnt;

	if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) ||
	    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line_number) ||
	    dwarf_getsrcfiles(unit, &files, &files_cnt) || file >= files_cnt)
		return place;
	place.file = dwarf_filesrc(files, file, NULL, NULL);
	place.line_number = line_number;
	return place;
}

static void write_frame(struct walk *walk, Dwfl_Module *module, const char *function,
			struct source_place place)
{
	if (walk->frames == FRAMES_MAX)
		return;
	fprintf(walk->out, "  #%d %s", walk->frames++, function ?: "?");
	if (place.file)
		fprintf(walk->out, " at %s:%d\n", place.file, place.line_number);
	else
		fprintf(walk->out, " in %s\n",
			module ?
				dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL) :
				"?");
}

/*
 * Write a frame for each function that is inlined at the address, the innermost first.
 *
 * Return: the place of the address in the function that has a frame of its own on the stack.
 */
static struct source_place write_inlined(struct walk *walk, Dwfl_Module *module, Dwarf_Die *unit,
					 Dwarf_Addr address)
{
	struct source_place place = find_source(unit, address);
	Dwarf_Die *scopes = NULL, *parents = NULL;
	int i, cnt = 0;

	/* Behind an inlined function, the scopes are those of its definition: ask for its parents. */
	if (dwarf_getscopes(unit, address, &scopes) > 0)
		cnt = dwarf_getscopes_die(&scopes[0], &parents);
	for (i = 0; i < cnt && dwarf_tag(&parents[i]) != DW_TAG_subprogram; i++) {
		if (dwarf_tag(&parents[i]) != DW_TAG_inlined_subroutine)
			continue;
		write_frame(walk, module, dwarf_diename(&parents[i]), place);
		place = find_call(unit, &parents[i]);
	}
	free(scopes);
	free(parents);
	return place;
}

static void write_place(struct walk *walk, Dwarf_Addr address)
{
	Dwfl_Module *module = dwfl_addrmodule(walk->dwfl, address);
	struct source_place place = {};
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = module ? find_unit(module, address, &bias) : NULL;

	if (unit)
		place = write_inlined(walk, module, unit, address - bias);
	write_frame(walk, module, module ? dwfl_module_addrname(module, address) : NULL, place);
}

static bool is_of_runner(Dwfl *dwfl, Dwarf_Addr address)
{
	Dwfl_Module *module = dwfl_addrmodule(dwfl, address);
	const char *function = module ? dwfl_module_addrname(module, address) : NULL;

	return function &&
	       (!strcmp(function, "run_test_function") || !strcmp(function, "test_process__run"));
}

static int on_frame(Dwfl_Frame *frame, void *data)
{
	struct walk *walk = data;
	bool is_activation;
	Dwarf_Addr pc;

	if (!dwfl_frame_pc(frame, &pc, &is_activation))
		return DWARF_CB_ABORT;
	/* Skip the frames of the crash handler. */
	if (walk->from && pc != walk->from)
		return DWARF_CB_OK;
	walk->from = 0;
	/* A return address belongs to the call before it. */
	if (!is_activation)
		pc--;
	if (is_of_runner(walk->dwfl, pc))
		return DWARF_CB_ABORT;
	if (walk->frames == FRAMES_MAX) {
		fprintf(walk->out, "  ... and more\n");
		return DWARF_CB_ABORT;
	}
	write_place(walk, pc);
	return DWARF_CB_OK;
}

static int on_thread(Dwfl_Thread *thread, void *data)
{
	struct walk *walk = data;

	if (walk->threads++ == THREADS_MAX) {
		fprintf(walk->out, "... and more threads\n");
		return DWARF_CB_ABORT;
	}
	fprintf(walk->out, "user backtrace of thread %d:\n", dwfl_thread_tid(thread));
	walk->frames = 0;
	dwfl_thread_getframes(thread, on_frame, walk);
	return DWARF_CB_OK;
}

static Dwfl *attach(pid_t pid)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	Dwfl *dwfl = dwfl_begin(&callbacks);

	if (dwfl && (dwfl_linux_proc_report(dwfl, pid) || dwfl_report_end(dwfl, NULL, NULL) ||
		     dwfl_linux_proc_attach(dwfl, pid, false))) {
		dwfl_end(dwfl);
		return NULL;
	}
	return dwfl;
}

void backtrace__write_crash(pid_t pid, pid_t tid, uint64_t pc, FILE *out)
{
	struct walk walk = { .dwfl = attach(pid), .out = out, .from = pc };

	if (!walk.dwfl) {
		fprintf(out, "no backtrace: %s\n", dwfl_errmsg(-1) ?: "the process cannot be read");
		return;
	}
	fprintf(out, "backtrace:\n");
	dwfl_getthread_frames(walk.dwfl, tid, on_frame, &walk);
	if (!walk.frames)
		write_place(&walk, pc);
	dwfl_end(walk.dwfl);
}

void backtrace__write_threads(pid_t pid, FILE *out)
{
	struct walk walk = { .dwfl = attach(pid), .out = out };

	if (!walk.dwfl) {
		fprintf(out, "no user backtrace: %s\n",
			dwfl_errmsg(-1) ?: "the process cannot be read");
		return;
	}
	dwfl_getthreads(walk.dwfl, on_thread, &walk);
	dwfl_end(walk.dwfl);
}
