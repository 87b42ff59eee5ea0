// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes user-space backtraces of another process with file and line, by libdwfl of elfutils. The
 * frames of the runner below the test function are left out.
 */
#include <elfutils/libdwfl.h>
#include <stdbool.h>
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

/* Return: the source file of an address, or NULL. */
static const char *find_source(Dwfl_Module *module, Dwarf_Addr address, int *line_number)
{
	Dwfl_Line *line = dwfl_module_getsrc(module, address);
	Dwarf_Line *unit_line;
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	if (line)
		return dwfl_lineinfo(line, NULL, line_number, NULL, NULL, NULL);
	/*
	 * dwfl_module_getsrc() needs .debug_aranges, which clang does not write. The compilation
	 * units have the same address ranges.
	 */
	while ((unit = dwfl_module_nextcu(module, unit, &bias))) {
		if (dwarf_haspc(unit, address - bias) != 1)
			continue;
		unit_line = dwarf_getsrc_die(unit, address - bias);
		if (unit_line && !dwarf_lineno(unit_line, line_number))
			return dwarf_linesrc(unit_line, NULL, NULL);
	}
	return NULL;
}

static void write_place(Dwfl *dwfl, Dwarf_Addr address, int number, FILE *out)
{
	Dwfl_Module *module = dwfl_addrmodule(dwfl, address);
	const char *function = module ? dwfl_module_addrname(module, address) : NULL;
	int line_number = 0;
	const char *file = module ? find_source(module, address, &line_number) : NULL;

	fprintf(out, "  #%d %s", number, function ?: "?");
	if (file)
		fprintf(out, " at %s:%d\n", file, line_number);
	else
		fprintf(out, " in %s\n",
			module ?
				dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL) :
				"?");
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
	write_place(walk->dwfl, pc, walk->frames++, walk->out);
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
		write_place(walk.dwfl, pc, 0, out);
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
