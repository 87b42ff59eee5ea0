# SPDX-License-Identifier: GPL-2.0-only
#
# The whole build. `make help` lists the targets and the variables.
#
# There is one rule for each kind of file, and every step prints one line. Lists and generated files
# are replaced only if they differ, so a second make builds nothing, and a change in one file
# rebuilds only what depends on it.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

O ?= build
V ?= 0
override O := $(patsubst %/,%,$(O))

ifeq ($(V),1)
  Q :=
  say = @:
else
  Q := @
  say = @printf '  %-8s %s\n'
endif

#: Targets
#:   run       install what is missing, build, boot the pinned kernel, run ./test_progs -j in it
#:   check     the same set-up, then all tests of the project; the last line counts them
#:   check-fast  the part of it that takes a few minutes: lint, the tests of the runner, the suite
#:   test      build, boot the pinned kernel, run the tests that T names: T=ringbuf, or
#:             T=ringbuf,xdp or 'T=sockmap_basic/*udp*'
#:   watch     the same, and again at each change of a source file, until ^C
#:   coverage  run all tests, and write which features of BPF they use to docs/coverage.md
#:   mutate    change the BPF programs of all tests one instruction at a time, and name what no
#:             test notices (docs/mutation.md); ARGS=-a... for some tests, MUTATE=2m for a sample
#:   all       build test_progs and vmtest (the default)
#:   flavours  build test_progs-no_alu32 and test_progs-cpuv4 as well; `make flavours run` and
#:             `make flavours check` run all three
#:   tree      build the BPF selftests of a kernel tree, unchanged, with this runner: TREE=DIR,
#:             TREE=6.12 to fetch those sources, or the sources of the pinned kernel (docs/tree.md)
#:   tree-needs list tests of TREE=DIR that tree/tests.txt and the pinned kernel's tree do not
#:             have, and what they seem to need
#:   run-tree  the same, boot the kernel of the tree if it is built, or of TREE=6.12, and run them
#:             with -j; `make flavours run-tree` builds and runs all three, FLAVOURS=cpuv4 one
#:   export    write one of our tests into the BPF selftests of a kernel tree, for the tree's own
#:             makefile and runner: TEST=ringbuf TREE=DIR [NAME=ringbuf_ours] [OVERWRITE=1]
#:   lint      look through the sources: clang-format, clang-tidy, shellcheck, .editorconfig; a
#:             part of check
#:   format    have clang-format write all C sources as lint wants them
#:   compile_commands  write compile_commands.json for clangd, after a build of what it names
#:   man       make the man pages of test_progs and vmtest, in $(O)/man/
#:   completion  make completion for bash, zsh and fish, in $(O)/completion/; to use it in this
#:             bash: . build/completion/bash/test_progs
#:   docs      make docs/requirements.md from what the tests declare
#:   deps      install what is missing (Debian, Ubuntu), or print the list
#:   kconfig-check  print what the kernel configuration CONFIG=FILE lacks for the tests
#:   bench     what a test costs besides itself, and how close the last `make run` came to the
#:             shortest that there could be, how long vmtest takes around a command, and how
#:             long an edit of a test takes to its verdict;
#:             KERNEL_TEST_PROGS=PATH and OTHER_VMTEST=PATH to compare with
#:   install   copy what a run needs into DESTDIR, for another machine or VM (after all, flavours)
#:   deb       make a Debian package of what is built, $(O)/bpf-selftests.deb
#:   dist      make a tarball of the committed sources in $(O)/
#:   clean     remove what was built
#:   asan-gcc, asan-clang, fuzz
#:             build the programs of the checks under sanitizers, with gcc and clang, and the fuzz
#:             targets, in $(O)/asan-gcc/, $(O)/asan-clang/ and $(O)/fuzz/; `make check` does
#: Variables
#:   O=DIR            build into DIR instead of build/
#:   V=1              show the commands
#:   KERNEL=K         the kernel that run, test, watch and check boot (./vmtest --help, -k); all but check take several
#:   ARGS=WORDS       the arguments of test_progs in run, test and watch (default: -j)
#:   MUTATE=BUDGET    how many mutants of mutate: a number, or a time such as 2m (default: all)
#:   T=NAMES          the tests of test and watch, as for test_progs -a
#:   CLANG=, BPFTOOL= the compiler for BPF (19 or newer) and the bpftool (7.5 or newer) to use
#:   LIBBPF_SRC=DIR   build libbpf from DIR: its src/ folder, or tools/lib/bpf of a kernel tree
#:   VMLINUX_BTF=FILE make vmlinux.h from FILE instead of the pinned kernel
#:   TREE=DIR         the folder of a kernel's sources, or for tree and run-tree a version; also for export
#:   FLAVOURS=WORDS   the flavours that `flavours` builds; for tree and run-tree also base and bpf_gcc
#:   SANITIZE=FLAGS   compile and link with FLAGS, for example -fsanitize=address

# --- tools and flags --------------------------------------------------------------------------

ifeq ($(origin CC),default)
  CC := gcc
endif
OBJCOPY ?= objcopy
TREE ?=
CLANG ?= $(shell scripts/find-tool.sh clang)
ARCH ?= $(shell uname -m)
BPF_ARCH_x86_64 := x86
BPF_ARCH_aarch64 := arm64
BPF_ARCH_s390x := s390
BPF_ARCH_riscv64 := riscv
BPF_ARCH_ppc64le := powerpc
BPF_ARCH := $(or $(BPF_ARCH_$(ARCH)),$(error no BPF target architecture is known for $(ARCH)))

WARNINGS := -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-type-limits
OPTIMIZE ?= -O2 -g
SANITIZE ?=
HOST_CFLAGS = -std=gnu11 -D_GNU_SOURCE $(OPTIMIZE) $(WARNINGS) $(SANITIZE)
SUITE_CFLAGS = $(HOST_CFLAGS) -I. -I$(O) -isystem $(O)/libbpf/include $(XML_CFLAGS)
# Tests of crashes crash on purpose, which the compiler would warn about.
TEST_CFLAGS = $(SUITE_CFLAGS) -Wno-array-bounds -Wno-infinite-recursion
BPF_CFLAGS = -g -O2 -std=gnu11 --target=bpf -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Werror \
	-fms-extensions -Wno-microsoft-anon-tag -Wno-missing-declarations \
	-I$(O) -Iprogs -isystem $(O)/libbpf/include
XML_CFLAGS = -isystem /usr/include/libxml2
comma := ,
# Calls that libbpf makes too go through runner/inside/: program_loads.c, shared_btf.c, bpf_calls.c.
WRAPPED := $(addprefix -Wl$(comma)--wrap=,bpf_prog_load btf__load_vmlinux_btf btf__free \
	btf__find_by_name_kind btf__find_by_name_kind_own syscall setsockopt ioctl send)
SUITE_LIBS = $(WRAPPED) $(O)/libbpf/libbpf.a -ldw -lelf -lz -ljson-c -lmnl -lxml2 -lpthread
VMTEST_LIBS = -ljson-c -lext2fs -lcom_err -lxxhash

# --- sources and programs ---------------------------------------------------------------------

TEST_SRCS := $(sort $(wildcard prog_tests/*.c))
PROG_SRCS := $(sort $(wildcard progs/*.c))
RUNNER_SRCS := $(sort $(wildcard runner/*.c runner/*/*.c))
# The lowest layer, which vmtest links as well. It must not need libbpf: the build of libbpf uses
# vmtest to fetch the sources.
GROUND_SRCS := $(sort $(wildcard runner/text/*.c)) \
	$(addprefix runner/system/,clock.c loopback.c program_path.c)
HELPER_SRCS := testing_helpers.c network_helpers.c network_namespaces.c helper_program.c program_place.c verifier_log.c test_loader.c
VMTEST_SRCS := $(sort $(wildcard vm/*.c vm/*/*.c))
FIXTURE_SRCS := $(sort $(wildcard check/fixtures/*.c))
MUTATED_SRCS := check/mutated/tests.c
UNIT_SRCS := $(sort $(wildcard check/unit/*.c))
FUZZ_SRCS := $(sort $(wildcard check/fuzz/*.c))

objects = $(patsubst %,$(O)/%.o,$(basename $(1)))
# A flavour is built from the same sources with another -mcpu, in a folder of its own. The flavour
# "base" is built directly in $(O).
FLAVOURS := no_alu32 cpuv4
# Those of a kernel tree's makefile are base, the same ones, and bpf_gcc.
tree_flavours := $(if $(filter flavours,$(MAKECMDGOALS)),base $(FLAVOURS),$(if \
	$(filter command,$(origin FLAVOURS)),$(FLAVOURS),base))
override FLAVOURS := $(filter-out base bpf_gcc,$(FLAVOURS))
MCPU_base := v3
MCPU_no_alu32 := v2
MCPU_cpuv4 := v4
flavour_dir = $(O)$(addprefix /,$(filter-out base,$(1)))
flavour_program = $(O)/test_progs$(addprefix -,$(filter-out base,$(1)))
flavour_skels = $(PROG_SRCS:progs/%.c=$(call flavour_dir,$(1))/%.skel.h)
flavour_tests = $(patsubst %,$(call flavour_dir,$(1))/%.o,$(basename $(TEST_SRCS)))
FLAVOUR_PROGRAMS := $(foreach flavour,$(FLAVOURS),$(call flavour_program,$(flavour)))
RUNNER_OBJS := $(call objects,$(RUNNER_SRCS) test_progs.c) $(O)/build_info.o $(O)/page_html.o \
	$(O)/features_tsv.o $(O)/exercised_tsv.o
SHARED_OBJS := $(call objects,$(HELPER_SRCS)) $(O)/tests.o $(RUNNER_OBJS)
FIXTURE_OBJS := $(call objects,$(FIXTURE_SRCS) network_namespaces.c) $(O)/check/fixtures.o $(RUNNER_OBJS)
MUTATED_OBJS := $(call objects,$(MUTATED_SRCS)) $(O)/check/mutated/list.o $(RUNNER_OBJS)
UNIT_BINS := $(UNIT_SRCS:%.c=$(O)/%)
FUZZ_BINS := $(FUZZ_SRCS:%.c=$(O)/%)

# Files that tests open at run time, beside the program.
SUITE_FILES := $(O)/file_reader.data $(O)/uprobe_multi

# Links at the top lead to the programs, unless O names another build folder.
ifeq ($(O),build)
  TOP_LINKS := test_progs vmtest
  FLAVOUR_LINKS := $(addprefix test_progs-,$(FLAVOURS))
endif

.PHONY: tree run-tree tree-needs export print-runner-objects force
.PHONY: mutate coverage
.PHONY: all flavours check-programs generated docs help deps run test watch check check-fast lint format kconfig-check bench \
	compile_commands man completion install deb dist clean
.PHONY: sanitized-programs asan-programs asan-gcc asan-clang fuzz-programs fuzz
all: $(O)/test_progs $(O)/vmtest $(SUITE_FILES) $(TOP_LINKS)
flavours: all $(FLAVOUR_PROGRAMS) $(FLAVOUR_LINKS)
check-programs: sanitized-programs $(O)/mutated
asan-programs: sanitized-programs $(O)/vmtest
# Without BPF programs, whose tools would be built once more.
sanitized-programs: $(O)/fixtures $(O)/machines $(UNIT_BINS)
fuzz-programs: $(FUZZ_BINS)
# The generated headers, which lint needs to read the sources.
generated: $(O)/libbpf/libbpf.a $(call flavour_skels,base)

$(TOP_LINKS) $(FLAVOUR_LINKS): %: | $(O)/%
	$(Q)ln -sfn $(O)/$@ $@

# --- set-up and runs --------------------------------------------------------------------------

ARGS ?= -j
# The folder that the guest sees: the checkout, or the build folder if that is outside of it.
guest_tree = $(if $(filter /% ..%,$(O)),$(O),.)
wanted_flavours := $(filter flavours,$(MAKECMDGOALS))
jobs = $(if $(findstring j,$(firstword -$(MAKEFLAGS))),,-j$$(nproc))
again = +@start=$$(date +%s); echo "build: in $(O)/"; \
	$(MAKE) --no-print-directory $(jobs) $(1) && \
	echo "build: [$$(($$(date +%s) - start))s] done"

help:
	@sed -n 's/^#: //p' Makefile

deps:
	@scripts/deps.sh check lint

run:
	@scripts/deps.sh
	$(call again,all $(wanted_flavours))
	@$(O)/vmtest $(foreach kernel,$(KERNEL),-k $(kernel)) --tree $(guest_tree) --results $(O)/results -- \
		$(if $(wanted_flavours),scripts/run-each.sh "--results $(ARGS)" $(O)/test_progs \
		$(FLAVOUR_PROGRAMS),$(O)/test_progs --results $(ARGS))

# A name that no test has is found before the boot.
test:
	$(if $(T),,$(error make test needs T=NAMES, such as T=ringbuf or T=ringbuf,xdp; ./test_progs -l lists the tests))
	@scripts/deps.sh
	$(call again,all)
	@$(O)/test_progs -l -a '$(T)' > /dev/null
	@$(O)/vmtest $(foreach kernel,$(KERNEL),-k $(kernel)) --tree $(guest_tree) --results $(O)/results -- \
		$(O)/test_progs --results -a '$(T)' $(ARGS)

watch:
	$(if $(T),,$(error make watch needs T=NAMES, such as T=ringbuf or T=ringbuf,xdp; ./test_progs -l lists the tests))
	+@$(if $(findstring n,$(firstword -$(MAKEFLAGS))),: )O=$(O) scripts/watch.sh $(MAKE) --no-print-directory test

# The scores are those of the pinned kernel, in a guest, where all programs may be changed.
mutate:
	@scripts/deps.sh
	$(call again,all)
	@$(O)/vmtest --vms=1 $(foreach kernel,$(KERNEL),-k $(kernel)) --tree $(guest_tree) --results $(O)/results -- \
		$(O)/test_progs --results $(ARGS) --mutate$(addprefix =,$(MUTATE)) \
		--known-mutants check/known_mutants --mutation-scores check/mutation_scores

# Which features of BPF the tests use, on the pinned kernel.
coverage:
	@scripts/deps.sh
	$(call again,all)
	@$(O)/vmtest --tree $(guest_tree) --results $(O)/coverage -- \
		$(O)/test_progs --results $(ARGS) --coverage coverage.md
	@for list in docs/coverage.md runner/coverage/exercised.tsv; do \
		$(O)/test_progs coverage --coverage=$$list $(O)/coverage/test_progs || exit; \
	done

# The kernel of the tree, if it is built, or of the version.
tree_kernel = $(if $(wildcard $(TREE)/.),$(if $(wildcard $(TREE)/vmlinux),$(TREE)),$(TREE))
tree_programs = $(foreach flavour,$(tree_flavours),$(abspath $(O)/tree/$(notdir $(call flavour_program,$(flavour)))))
tree:
	@scripts/deps.sh tree
	$(call again,$(O)/tree/test_progs FLAVOURS="$(tree_flavours)")
run-tree:
	@scripts/deps.sh tree run-tree
	$(call again,$(O)/tree/test_progs FLAVOURS="$(tree_flavours)")
	@status=0; for program in $(tree_programs); do \
		$(O)/vmtest $(foreach kernel,$(or $(KERNEL),$(tree_kernel)),-k $(kernel)) \
			--append=sysctl.kernel.unprivileged_bpf_disabled=0 --tree $(O)/tree --results $(O)/results -- $$program --results $(ARGS) || \
			status=$$?; \
	done; exit $$status
export:
	@tree/export/export.sh "$(TEST)" $(or $(TREE),"") $(NAME)

tree-needs: tree
	@tree/needs.sh $(O)

check check-fast:
	@scripts/deps.sh check lint
	$(call again,all check-programs $(wanted_flavours))
	@O=$(O) KERNEL=$(KERNEL) FLAVOURS="$(if $(wanted_flavours),$(FLAVOURS))" check/run.sh \
		$(patsubst check-%,--%,$(filter check-%,$@))

lint:
	@scripts/deps.sh lint
	$(call again,generated)
	@O=$(O) scripts/lint.sh

format:
	@scripts/deps.sh lint
	$(Q)O=$(O) scripts/list-sources.sh '*.c' '*.h' | \
		xargs -d '\n' "$$(scripts/find-tool.sh clang-format)" -i

# Each of these is a separate build in a folder of its own. vmtest is linked dynamically here,
# because AddressSanitizer does not work in a static program.
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZER := -fsanitize=fuzzer-no-link
asan-gcc asan-clang fuzz:
	+$(Q)$(MAKE) --no-print-directory O=$(O)/$@ VMTEST_LDFLAGS= \
		CC=$(if $(filter asan-gcc,$@),gcc,$(CLANG)) \
		SANITIZE="$(SANITIZERS) $(if $(filter fuzz,$@),$(FUZZER))" $(@:asan-%=asan)-programs

docs: $(O)/test_progs
	$(say) DOCS docs/requirements.md
	$(Q)scripts/requirements-table.sh $(O)/test_progs > $(O)/requirements.md
	$(Q)cp $(O)/requirements.md docs/requirements.md

compile_commands: generated
	$(say) GEN compile_commands.json
	$(Q)scripts/compile-commands.sh $(O) > $(O)/compile_commands.json
	$(Q)cp $(O)/compile_commands.json compile_commands.json

# Made from the help pages, so that they have all options.
SHELLS := bash zsh fish
what_is_test_progs := run the BPF selftests
what_is_vmtest := boot a kernel in a virtual machine and run a command in it
PAGES := test_progs vmtest
man: $(PAGES:%=$(O)/man/%.1)
completion: $(foreach shell,$(SHELLS),$(PAGES:%=$(O)/completion/$(shell)/%))
$(O)/man/%.1: $(O)/% scripts/man.sh scripts/options-of.sh $(O)/flags/version
	$(say) MAN $@
	$(Q)mkdir -p $(@D)
	$(Q)scripts/man.sh $< "$$(cat $(O)/flags/version)" "$(what_is_$*)" > $@
$(foreach shell,$(SHELLS),$(PAGES:%=$(O)/completion/$(shell)/%)): $(O)/completion/%: \
		scripts/completion.sh scripts/options-of.sh $(PAGES:%=$(O)/%)
	$(say) COMPLETE $@
	$(Q)mkdir -p $(@D)
	$(Q)scripts/completion.sh $(patsubst %/,%,$(dir $*)) $(O)/$(notdir $*) > $@

bench:
	@scripts/deps.sh check
	$(call again,$(O)/bench/empty)
	@check/bench/overhead.sh $(O)/bench/empty $(wildcard $(O)/results/test_progs/report.json)
	@check/bench/launcher.sh $(guest_tree) $(O)/vmtest $(OTHER_VMTEST)
	@check/bench/loop.sh $(O)

kconfig-check:
	@scripts/kconfig-check.sh $(CONFIG)

# This also installs the flavours that were built before.
install: all
	$(if $(DESTDIR),,$(error install needs DESTDIR=FOLDER))
	$(say) INSTALL $(DESTDIR)
	$(Q)mkdir -p $(DESTDIR)
	$(Q)cp $(O)/test_progs $(wildcard $(FLAVOUR_PROGRAMS)) $(O)/vmtest $(SUITE_FILES) \
		DENYLIST config config.* LICENSE $(DESTDIR)/

deb: all man completion
	$(say) DEB $(O)/bpf-selftests.deb
	$(Q)scripts/deb.sh $(O) "$$(cat $(O)/flags/version)" $(O)/bpf-selftests.deb

dist:
	$(Q)mkdir -p $(O)
	$(say) DIST $(O)/bpf-selftests.tar.gz
	$(Q)git archive --prefix=bpf-selftests/ -o $(O)/bpf-selftests.tar.gz HEAD

clean:
	$(say) CLEAN $(O)
	$(Q)rm -rf $(O) $(TOP_LINKS) $(FLAVOUR_LINKS)

# --- lists and flags, kept in files so that a change of them rebuilds what depends on them ------

remember = $(shell mkdir -p $(dir $(O)/$(1)))$(if $(filter-out 0,$(words $(2))),\
	$(if $(subst x$(strip $(2)),,x$(strip $(file <$(O)/$(1)))),$(file >$(O)/$(1),$(strip $(2)))))
# These goals start a second make, which builds after the tools are installed.
OUTER_GOALS := $(filter help deps run test watch mutate coverage tree run-tree tree-needs export check lint format kconfig-check bench asan-gcc asan-clang fuzz clean,\
	$(MAKECMDGOALS))
ifeq ($(OUTER_GOALS),)
  $(call remember,names/prog_tests,$(TEST_SRCS))
  $(call remember,names/fixtures,$(FIXTURE_SRCS))
  $(call remember,flags/host,$(CC) $(HOST_CFLAGS))
  $(call remember,flags/bpf,$(CLANG) $(BPF_CFLAGS))
  $(call remember,flags/sources,$(LIBBPF_SRC) $(VMLINUX_BTF) $(BPFTOOL) default)
  $(call remember,flags/version,$(shell scripts/suite-version.sh))
endif
$(O)/names/% $(O)/flags/%: ;

# The test list is replaced only if it differs, so an edit inside a test does not recompile the
# list.
$(O)/tests.c: $(O)/tests.stamp ;
$(O)/tests.stamp: $(TEST_SRCS) $(O)/names/prog_tests scripts/list-tests.sh
	$(say) LIST prog_tests
	$(Q)scripts/list-tests.sh $(TEST_SRCS) > $(O)/tests.new
	$(Q)cmp -s $(O)/tests.new $(O)/tests.c || cp $(O)/tests.new $(O)/tests.c
	$(Q)touch $@
$(O)/check/fixtures.c: $(O)/check/fixtures.stamp ;
$(O)/check/fixtures.stamp: $(FIXTURE_SRCS) $(O)/names/fixtures scripts/list-tests.sh
	$(say) LIST check/fixtures
	$(Q)mkdir -p $(@D)
	$(Q)scripts/list-tests.sh $(FIXTURE_SRCS) > $(O)/check/fixtures.new
	$(Q)cmp -s $(O)/check/fixtures.new $(O)/check/fixtures.c || \
		cp $(O)/check/fixtures.new $(O)/check/fixtures.c
	$(Q)touch $@

# The versions that the header of a run prints.
$(O)/build_info.c: scripts/build-info.sh $(O)/flags/version $(O)/flags/bpf $(O)/bpftool
	$(say) GEN $@
	$(Q)scripts/build-info.sh "$$(cat $(O)/flags/version)" "$(CLANG)" $(O)/bpftool > $@

# The page of --html, as bytes. The names of its symbols come from the path.
$(O)/page_html.o: runner/event_reports/page.html
	$(say) EMBED $@
	$(Q)$(LD) -r -b binary -z noexecstack -o $@ $<

# The tables of features, likewise.
$(O)/%_tsv.o: runner/coverage/%.tsv
	$(say) EMBED $@
	$(Q)$(LD) -r -b binary -z noexecstack -o $@ $<

# --- vmtest: the launcher and PID 1 of the guest; static, so that PID 1 needs no library --------

$(O)/vmtest_version.c: $(O)/flags/version
	$(say) GEN $@
	$(Q)printf '#include "vm/version.h"\n\nconst char *version__text(void)\n{\n\treturn "%s";\n}\n' \
		"$$(cat $<)" > $@

VMTEST_LDFLAGS ?= -static
$(O)/vmtest: $(call objects,$(VMTEST_SRCS) $(GROUND_SRCS)) $(O)/vmtest_version.o
	$(say) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(SANITIZE) $(VMTEST_LDFLAGS) -o $@ $^ $(VMTEST_LIBS) \
		$$(pkg-config --static --libs libelf || echo -lelf -lz)

# --- libbpf, bpftool and vmlinux.h ------------------------------------------------------------

$(O)/libbpf/libbpf.a: scripts/libbpf.sh $(O)/flags/sources | $(O)/vmtest
	$(say) LIBBPF $@
	$(Q)scripts/libbpf.sh $(O)/vmtest $(O)/libbpf "$(CC)" $(LIBBPF_SRC)

$(O)/bpftool: scripts/bpftool.sh $(O)/flags/sources | $(O)/vmtest
	$(say) BPFTOOL $@
	$(Q)scripts/bpftool.sh $(O)/vmtest $@ $(BPFTOOL)

$(O)/vmlinux.h: scripts/vmlinux-h.sh $(wildcard vm/kernel/kernel.pin) $(O)/flags/sources $(O)/bpftool \
		| $(O)/vmtest
	$(say) GEN $@
	$(Q)scripts/vmlinux-h.sh $(O)/vmtest $(O)/bpftool $@ $(VMLINUX_BTF)

# --- BPF objects, skeletons, the suite --------------------------------------------------------

define flavour_rules
$(call flavour_dir,$(1))/%.bpf.o: progs/%.c $(O)/vmlinux.h $(O)/libbpf/libbpf.a $(O)/flags/bpf
	$$(say) BPF $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(BPF_CFLAGS) -mcpu=$(MCPU_$(1)) -MMD -MP -MT $$@ -MF $$(@:.o=.d) -c $$< -o $$@

# Linking leaves out DWARF, which nothing reads. With vmlinux.h it can be 0.9 MB for an object.
$(call flavour_dir,$(1))/%.skel.h: $(call flavour_dir,$(1))/%.bpf.o $(O)/bpftool
	$$(say) SKEL $$@
	$$(Q)$(O)/bpftool gen object $$(@:.skel.h=.linked.o) $$<
	$$(Q)$(O)/bpftool gen skeleton $$(@:.skel.h=.linked.o) name $$* > $$@

$(call flavour_dir,$(1))/prog_tests/%.o: prog_tests/%.c $(O)/flags/host
	$$(say) CC $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) -I$(call flavour_dir,$(1)) $$(TEST_CFLAGS) -MMD -MP -c $$< -o $$@

# The first build does not know yet which skeletons a test includes, so all skeletons are made
# before the tests. Later builds know it from the dependency files.
$(call flavour_tests,$(1)): $(O)/libbpf/libbpf.a | $(call flavour_skels,$(1))

$(call flavour_program,$(1)): $(call flavour_tests,$(1)) $(SHARED_OBJS) $(O)/libbpf/libbpf.a
	$$(say) LINK $$@
	$$(Q)scripts/check-test-list.sh $(O)/tests.c $(call flavour_tests,$(1))
	$$(Q)$$(CC) $$(OPTIMIZE) $$(SANITIZE) -o $$@ $(call flavour_tests,$(1)) $(SHARED_OBJS) \
		$$(SUITE_LIBS)

-include $(patsubst %.o,%.d,$(call flavour_tests,$(1))) \
	$(PROG_SRCS:progs/%.c=$(call flavour_dir,$(1))/%.bpf.d)
endef
$(foreach flavour,base $(FLAVOURS),$(eval $(call flavour_rules,$(flavour))))

# The headers of libbpf are installed together with it. Dependency files do not list them, because
# they count as system headers, so these objects depend on the library.
$(call objects,$(HELPER_SRCS) $(filter-out $(GROUND_SRCS),$(RUNNER_SRCS)) $(FIXTURE_SRCS) $(MUTATED_SRCS) $(UNIT_SRCS) $(FUZZ_SRCS)) \
		$(O)/test_progs.o: \
	$(O)/libbpf/libbpf.a

$(O)/vm/%.o: vm/%.c $(O)/flags/host
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -I. -MMD -MP -c $< -o $@

$(O)/%.o: %.c $(O)/flags/host
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SUITE_CFLAGS) -MMD -MP -c $< -o $@

$(O)/check/fixtures/%.o: check/fixtures/%.c $(O)/flags/host
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(O)/%.o: $(O)/%.c $(O)/flags/host
	$(say) CC $@
	$(Q)$(CC) $(SUITE_CFLAGS) -MMD -MP -c $< -o $@

# A file that no process maps, with the same bytes that file_reader also has in the executable.
$(O)/file_reader.data: $(O)/prog_tests/file_reader_pages.o
	$(say) DATA $@
	$(Q)$(OBJCOPY) -O binary --only-section=.rodata.file_reader $< $@

# A program that tests run and probe. It is static and not relocated, so a running copy touches only
# its code, and its addresses are those in the file. Its segments lie 2 MiB apart; uprobe_multi.h
# says why. The kernel unwinds it by frame pointers.
HELPER_LDFLAGS := -static -Wl,--build-id=sha1 -Wl,-z,separate-code,-z,max-page-size=0x200000
$(O)/uprobe_multi: prog_tests/helpers/uprobe_multi.c prog_tests/helpers/uprobe_multi.h \
		$(O)/flags/host
	$(say) HELPER $@
	$(Q)$(CC) $(HOST_CFLAGS) -fno-pie -fno-omit-frame-pointer -fno-sanitize=all \
		$(HELPER_LDFLAGS) -o $@ $<

# --- the tests of a kernel tree ---------------------------------------------------------------

# The tree's own makefile knows what to build. It links only if a program is missing or older than
# the tree's objects, so programs that are older than the runner are removed.
TREE_SRCS := $(addprefix tree/,adapter.c adapter.h link.sh list-tests.sh module-tests.sh own_runner.c tests.txt)
$(O)/tree/adapter/runner-objects: $(RUNNER_OBJS) $(TREE_SRCS)
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $(O)/tree/test_progs*
	$(Q)printf '%s\n' $(abspath $(RUNNER_OBJS)) > $@
$(O)/tree/test_progs: $(O)/tree/adapter/runner-objects force | $(O)/vmtest
	$(say) TREE $(tree_flavours)
	+$(Q)CC="$(CC)" CLANG="$(CLANG)" VMLINUX_BTF="$(VMLINUX_BTF)" KERNEL="$(firstword $(KERNEL))" \
		FLAVOURS="$(tree_flavours)" V="$(V)" \
		tree/build.sh $(O) $(TREE)
print-runner-objects:
	@echo $(RUNNER_OBJS)

# --- programs of check/ -----------------------------------------------------------------------

$(O)/fixtures: $(FIXTURE_OBJS) $(O)/libbpf/libbpf.a
	$(say) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(SANITIZE) -o $@ $(FIXTURE_OBJS) $(SUITE_LIBS)

# The tests of --mutate, with a program of their own.
$(O)/check/mutated/program.bpf.o: check/mutated/progs/program.c $(O)/vmlinux.h $(O)/libbpf/libbpf.a \
		$(O)/flags/bpf
	$(say) BPF $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -mcpu=$(MCPU_base) -c $< -o $@
$(O)/check/mutated/program.skel.h: $(O)/check/mutated/program.bpf.o $(O)/bpftool
	$(say) SKEL $@
	$(Q)$(O)/bpftool gen skeleton $< name program > $@
$(O)/check/mutated/tests.o: $(O)/check/mutated/program.skel.h
$(O)/check/mutated/list.c: $(MUTATED_SRCS) scripts/list-tests.sh
	$(say) LIST check/mutated
	$(Q)mkdir -p $(@D)
	$(Q)scripts/list-tests.sh $(MUTATED_SRCS) > $@
$(O)/mutated: $(MUTATED_OBJS) $(O)/libbpf/libbpf.a
	$(say) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(SANITIZE) -o $@ $(MUTATED_OBJS) $(SUITE_LIBS)

# Runs the fixtures as several machines.
$(O)/machines: check/machines.c $(O)/flags/host
	$(say) LINK $@
	$(Q)$(CC) $(HOST_CFLAGS) $(SANITIZE) -o $@ $< -ljson-c

# A kernel module that is built without the kernel's headers and embedded in the fixtures. It has no
# ORC data, so the kernel unwinds it by frame pointers.
HURT_MODULE_CFLAGS := -std=gnu11 -O2 -g0 $(WARNINGS) -ffreestanding -mcmodel=kernel -fno-pic -fno-pie \
	-mno-red-zone -mgeneral-regs-only -fcf-protection=branch -fno-stack-protector \
	-fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-common
ifeq ($(ARCH),x86_64)
$(O)/check/fixtures/hurt.o: $(O)/check/hurt_module.ko
endif
$(O)/check/hurt_module.ko: check/hurt_module.c $(O)/flags/host
	$(say) MODULE $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HURT_MODULE_CFLAGS) -c $< -o $@

# Empty tests with full isolation, for `make bench`.
$(O)/bench/empty_tests.c: check/bench/empty-tests.sh
	$(say) GEN $@
	$(Q)mkdir -p $(@D)
	$(Q)check/bench/empty-tests.sh 500 > $@
$(O)/bench/tests.c: $(O)/bench/empty_tests.c scripts/list-tests.sh
	$(say) LIST $@
	$(Q)scripts/list-tests.sh $< > $@
$(O)/bench/empty: $(call objects,$(HELPER_SRCS)) $(O)/bench/empty_tests.o $(O)/bench/tests.o \
		$(RUNNER_OBJS) $(O)/libbpf/libbpf.a
	$(say) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(SANITIZE) -o $@ $(filter %.o,$^) $(SUITE_LIBS)

# An archive, so that a unit test links only the objects of the runner that it uses.
$(O)/runner.a: $(RUNNER_OBJS)
	$(say) AR $@
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# libbpf calls the runner, because of $(WRAPPED), so the linker looks into both archives in turns.
with_runner = -Wl,--start-group $(1) $(O)/libbpf/libbpf.a -Wl,--end-group

UNIT_HELPERS := $(call objects,program_place.c verifier_log.c)
$(UNIT_BINS): $(O)/%: $(O)/%.o $(UNIT_HELPERS) $(O)/runner.a $(O)/vmtest.a $(O)/libbpf/libbpf.a
	$(say) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(SANITIZE) -o $@ $< $(UNIT_HELPERS) $(O)/vmtest.a \
		$(call with_runner,$(O)/runner.a) $(SUITE_LIBS) $(VMTEST_LIBS) -lcmocka

# The same for vmtest. A fuzz target that tests static functions includes their source file. The
# linker then does not take the object of that file from the archive, because the target already
# defines all its symbols.
$(O)/vmtest.a: $(filter-out $(O)/vm/main.o,$(call objects,$(VMTEST_SRCS))) $(O)/vmtest_version.o
	$(say) AR $@
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(O)/check/fuzz/%.o: check/fuzz/%.c $(O)/flags/host
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SUITE_CFLAGS) -MMD -MP -c $< -o $@

# The objects of the suite that a fuzz target may need, without those that have a main() or a list
# of tests.
FUZZ_ARCHIVES = $(O)/vmtest.a $(O)/fuzz-suite.a
$(O)/fuzz-suite.a: $(filter-out $(O)/test_progs.o,$(RUNNER_OBJS)) $(call objects,$(HELPER_SRCS))
	$(say) AR $@
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(FUZZ_BINS): $(O)/%: $(O)/%.o $(FUZZ_ARCHIVES) $(O)/libbpf/libbpf.a
	$(say) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(SANITIZE) -fsanitize=fuzzer -o $@ $< \
		$(call with_runner,$(FUZZ_ARCHIVES)) $(SUITE_LIBS) $(VMTEST_LIBS)

-include $(patsubst %.o,%.d,$(SHARED_OBJS) $(FIXTURE_OBJS) \
	$(call objects,$(MUTATED_SRCS) $(VMTEST_SRCS) $(UNIT_SRCS) $(FUZZ_SRCS)))
