#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the messages and exit statuses of vmtest before it starts a guest. They need no network
# and no root, and take a few seconds. The program under test is $VMTEST (default: ./vmtest). Tests
# with guests are in vmtest_boot.bats.

bats_require_minimum_version 1.5.0

setup() {
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	unset VMTEST_CONFIG VMTEST_OPTIONS
	export VMTEST_CACHE="$BATS_TEST_TMPDIR/cache" TMPDIR="$BATS_TEST_TMPDIR/tmp"
	mkdir -p "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR" || return 1
	# A file that vmtest takes for a kernel; no test here boots it. An ELF header for x86_64, a
	# program header for notes, a note with the PVH entry, and the banner.
	{
		printf '\177ELF\2\1\1'; zeros 9; printf '\2\0\76\0\1\0\0\0'; zeros 8; printf '\100'
		zeros 19; printf '\100\0\70\0\1\0'; zeros 6
		printf '\4\0\0\0'; zeros 4; printf '\170'; zeros 23; printf '\30'; zeros 23
		printf '\4\0\0\0\10\0\0\0\22\0\0\0Xen\0'; zeros 8
		printf 'Linux version 9.9.9 (x)\n'
	} > kernel
}

zeros() {
	head -c "$1" /dev/zero
}

# run_vmtest WORD...: run vmtest with a small tree, and without the trial of KVM
run_vmtest() {
	run "$VMTEST" --accel tcg --tree tree "$@"
	echo "$output"
}

@test "output that cannot be written is never a success" {
	for word in --help --usage --version --list-exit-statuses; do
		for end in '>/dev/full' '>&-'; do
			run bash -c "'$VMTEST' $word $end </dev/null"
			echo "$output"
			[ "$status" -eq 247 ]
			[[ $output == *"vmtest: cannot write to stdout: "* ]]
		done
	done
}

@test "help names the options and every exit status" {
	run_vmtest --help
	[ "$status" -eq 0 ]
	[[ "$output" == *--results-size* ]]
	for number in 64 126 127 240 241 242 243 244 245 246 247 248 249 255; do
		grep -qE "^ +$number " <<< "$output"
	done
}

@test "exit statuses can be listed alone" {
	run_vmtest --list-exit-statuses
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == *"0..125"* ]]
	[[ "$output" != *Usage* ]]
}

@test "an unknown option is a usage error" {
	run_vmtest --no-such-option
	[ "$status" -eq 64 ]
	[[ "$output" == *no-such-option* ]]
}

@test "--bisect: wrong usage and a faulty host end a bisection, a missing kernel does not" {
	for words in "--bisect --no-such-option" "--no-such-option --bisect" \
		     "--bisect -k 6.1 -k 6.12 -- true" "--bisect -k all -- true"; do
		# shellcheck disable=SC2086 # words
		run_vmtest $words
		[ "$status" -eq 255 ]
	done
	run_vmtest --bisect -k ./no-such-kernel -- true
	[ "$status" -eq 125 ]
	[[ "$output" == *"no-such-kernel"*"bisect: cannot tell"* ]]
	VMTEST_CACHE=/proc/nonsense run_vmtest --bisect -k ./kernel -- true
	[ "$status" -eq 247 ]
	[[ "$output" == *"bisect: stop, the fault is not the kernel's"* ]]
	# Behind "--" the word is one of the command's.
	run_vmtest --no-such-option -- true --bisect
	[ "$status" -eq 64 ]
}

# A made-up kernel tree: its "kernel" is a copy of the file "source", and vmtest's status is in it.
make_tree_to_bisect() {
	git -c init.defaultBranch=main init -q linux
	cd linux || return 1
	git config user.name name
	git config user.email name@localhost
	git config commit.gpgSign false
	printf 'all:\n\t! grep broken source\n\tcp source image\nolddefconfig:\n\ttouch .config\n' > Makefile
	printf '%s\n' .config image bisect.log > .gitignore
	touch .config
	git add Makefile .gitignore
	for source in "$@"; do
		echo "$source" > source
		git add source
		git commit -qm "$source"
	done
	cat > ../vmtest-stub <<-'END'
	echo "$@" >> ../words
	read -r status rest < image
	exit "$status"
	END
	export VMTEST="sh ../vmtest-stub"
	git bisect start HEAD HEAD~$(($# - 1))
}

@test "scripts/bisect.sh: git bisect finds the commit, beside some that do not build or boot" {
	make_tree_to_bisect '0 good' '0 a' '0 b' '125 no boot' 'broken' '0 c' '1 culprit' '1 d' '1 e' '1 f'
	run git bisect run "$BATS_TEST_DIRNAME/../scripts/bisect.sh" -t ringbuf < /dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(git log -1 --format=%s refs/bisect/bad)" = '1 culprit' ]
	[ "$(sort -u ../words)" = '--bisect -k . -- ./test_progs -j -t ringbuf' ]
	[ -e .config ]
}

@test "scripts/bisect.sh: a kernel that does not build cannot be judged, and an older one is not booted" {
	make_tree_to_bisect '0 good' 'broken'
	echo '0 left from another commit' > image
	run "$BATS_TEST_DIRNAME/../scripts/bisect.sh"
	echo "$output"
	[ "$status" -eq 125 ]
	[ ! -e ../words ]
	[[ "$output" == *"the kernel does not build: cannot tell"* ]]
}

@test "scripts/bisect.sh: a folder that is no configured tree ends the bisection" {
	run "$BATS_TEST_DIRNAME/../scripts/bisect.sh"
	[ "$status" -eq 255 ]
	[[ "$output" == *"no .config in $PWD"* ]]
}

@test "bad numbers and sizes are usage errors that name the option" {
	for words in "--cpus 0" "--cpus two" "--mem 12Q" "--mem 1M" "--mem nan" "--timeout -1" \
		     "--boot-timeout 0" "--hang-timeout x" "--hang-timeout 1" "--results-size 1M" "--results-size M" "--accel xen"; do
		# shellcheck disable=SC2086 # an option and its value
		run_vmtest $words -- true
		[ "$status" -eq 64 ]
		[[ "$output" == *"${words%% *}"* ]]
	done
}

@test "a kernel file that does not exist" {
	run_vmtest -k ./no-such-kernel -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *no-such-kernel*ENOENT* ]]
}

@test "a word that is no kernel" {
	run_vmtest -k nonsense -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *nonsense* ]]
}

@test "a file that is no kernel" {
	head -c 4096 /dev/zero > zeros
	run_vmtest -k zeros -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *zeros*bzImage* ]]
}

@test "a file that is empty, cut short, a text or not a file at all" {
	: > empty
	run_vmtest -k ./empty -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"/empty as a kernel: the file is empty" ]]
	# A bzImage for 64 bits whose payload of 4096 bytes is behind the end of the file.
	{ head -c 514 /dev/zero; printf HdrS; head -c 48 /dev/zero; printf '\001'; head -c 17 /dev/zero
	printf '\0\0\0\0\0\020\0\0'; head -c 1000 /dev/zero; } > short
	run_vmtest -k ./short -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"/short as a kernel: the file is cut short" ]]
	echo "not a kernel" > text
	run_vmtest -k ./text -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"/text as a kernel: neither"* ]]
	mkfifo pipe
	run timeout 5 "$VMTEST" --tree tree -k ./pipe -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"/pipe as a kernel: it is not a file" ]]
}

# bzimage FILE: print a bzImage with the file, of less than 64 KiB, as its payload
bzimage() {
	zeros 497; printf '\1'; zeros 16; printf HdrS; zeros 48; printf '\1'; zeros 17
	printf '\0\0\0\0'
	# shellcheck disable=SC2059 # the length as two escaped bytes
	printf "$(printf '\\%o\\%o\\0\\0' $(($(stat -c %s "$1") % 256)) $(($(stat -c %s "$1") / 256)))"
	zeros 432
	cat "$1"
}

@test "a bzImage is unpacked, and so is an image that is compressed as a whole" {
	gzip < kernel > payload.gz
	{ xz --check=crc32 < kernel; printf '\1\2\3\4'; } > payload.xz
	bzimage payload.gz > gz
	bzimage payload.xz > xz
	gzip < gz > whole.gz
	{ zeros 700; cat payload.gz; zeros 50; } > vmlinux.bin
	for file in gz xz whole.gz payload.gz vmlinux.bin; do
		run_vmtest --fetch-only -k ./$file
		[ "$status" -eq 64 ]
		[[ "$output" == *"it is a file, nothing is fetched for it" ]]
	done
}

@test "a vmlinux without a PVH entry, which QEMU does not boot, and one for another machine" {
	printf '\0' | dd of=kernel bs=1 seek=128 conv=notrunc 2> /dev/null # another kind of note
	run_vmtest -k ./kernel -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"/kernel: QEMU boots a vmlinux only by its PVH entry"*CONFIG_PVH=y ]]
	printf '\267' | dd of=kernel bs=1 seek=18 conv=notrunc 2> /dev/null
	run_vmtest -k ./kernel -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"it is no kernel for x86_64" ]]
}

@test "a version may begin with v or linux-" {
	mkdir -p "$VMTEST_CACHE/kernels/6.1.0-9-cloud-amd64"
	echo 6.1.0-9-cloud-amd64 > "$VMTEST_CACHE/kernels/6.1.0-9-cloud-amd64/release"
	for word in 6.1 v6.1 linux-6.1 linux-v6.1; do
		run_vmtest --offline --fetch-only -k $word
		[ "$status" -eq 0 ]
		[[ "$output" == */kernels/6.1.0-9-cloud-amd64 ]]
	done
	run_vmtest --offline --fetch-only -k vast
	[ "$status" -eq 244 ]
	[[ "$output" == *"cannot find kernel vast"* ]]
}

# make_deb: make kernel.deb with the kernel, its configuration and a module
make_deb() {
	mkdir -p deb/DEBIAN deb/boot deb/lib/modules/9.9.9/kernel
	printf 'Package: k\nVersion: 1\nArchitecture: amd64\nMaintainer: x <x@localhost>\nDescription: x\n' > deb/DEBIAN/control
	cp kernel deb/boot/vmlinuz-9.9.9
	echo CONFIG_FROM_DEB=y > deb/boot/config-9.9.9
	: > deb/lib/modules/9.9.9/kernel/a.ko
	dpkg-deb -Zgzip --root-owner-group -b deb kernel.deb > /dev/null
}

@test "a package is unpacked once, and again when it has changed" {
	make_deb
	run "$VMTEST" --fetch-only -k kernel.deb
	[ "$status" -eq 0 ]
	[[ "$output" == *"unpacking $PWD/kernel.deb"* ]]
	folder=${lines[-1]}
	[ "$(cat "$folder/release")" = 9.9.9 ]
	[ "$(cat "$folder/config")" = CONFIG_FROM_DEB=y ]
	cmp "$folder/vmlinux" kernel
	[ -e "$folder/modules/kernel/a.ko" ]
	[ -e "$folder/modules/modules.dep" ]
	run "$VMTEST" --fetch-only -k kernel.deb
	[ "$output" = "$folder" ]
	echo CONFIG_CHANGED=y > deb/boot/config-9.9.9
	dpkg-deb -Zgzip --root-owner-group -b deb kernel.deb > /dev/null
	run "$VMTEST" --fetch-only -k kernel.deb
	[ "$(cat "${lines[-1]}/config")" = CONFIG_CHANGED=y ]
	[ ! -e "$folder" ]
}

@test "a package without a kernel, and one that is damaged" {
	make_deb
	rm deb/boot/vmlinuz-9.9.9
	dpkg-deb -Zgzip --root-owner-group -b deb none.deb > /dev/null
	run_vmtest -k none.deb -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"cannot find a kernel in the package $PWD/none.deb"* ]]
	head -c 300 kernel.deb > half.deb
	run_vmtest -k half.deb -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"cannot unpack the package $PWD/half.deb"* ]]
	[ -z "$(ls -A "$VMTEST_CACHE/files" 2> /dev/null)" ]
}

@test "an RPM without bsdtar names the package to install" {
	printf '\355\253\356\333\003\000\000\000' > kernel.rpm
	mkdir bin
	PATH=$PWD/bin run -245 "$VMTEST" --fetch-only -k kernel.rpm
	[[ "$output" == *bsdtar*libarchive-tools* ]]
}

@test "a folder without a kernel in it" {
	mkdir build-tree
	run_vmtest -k build-tree -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *build-tree*vmlinux* ]]
}

@test "offline with an empty cache" {
	run_vmtest --offline -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *--offline* ]]
	run_vmtest --offline -k 6.1 -- true
	[ "$status" -eq 244 ]
}

@test "a version is not the beginning of another version" {
	mkdir -p "$VMTEST_CACHE/kernels/6.12.5-cloud-amd64" "$VMTEST_CACHE/kernels/6.1.0-9-cloud-amd64"
	echo 6.12.5-cloud-amd64 > "$VMTEST_CACHE/kernels/6.12.5-cloud-amd64/release"
	run_vmtest --offline --fetch-only -k 6.1
	[ "$status" -eq 244 ]
	echo 6.1.0-9-cloud-amd64 > "$VMTEST_CACHE/kernels/6.1.0-9-cloud-amd64/release"
	run "$VMTEST" --offline --fetch-only -k 6.1 2>/dev/null
	[ "$status" -eq 0 ]
	[[ "$output" == */kernels/6.1.0-9-cloud-amd64 ]]
}

@test "the highest cached kernel is taken, by number, and a release candidate comes before it" {
	for release in 7.3.9-cloud-amd64 7.3.10-cloud-amd64 7.3.10~rc2-cloud-amd64; do
		mkdir -p "$VMTEST_CACHE/kernels/$release"
		echo "$release" > "$VMTEST_CACHE/kernels/$release/release"
	done
	run_vmtest --offline --fetch-only -k 7.3
	[ "$status" -eq 0 ]
	[[ "$output" == */kernels/7.3.10-cloud-amd64 ]]
}

@test "QEMU is missing" {
	mkdir empty
	PATH=$PWD/empty run_vmtest -k ./kernel -- true
	[ "$status" -eq 245 ]
	[[ "$output" == *"install the Debian package qemu-system-x86"* ]]
}

@test "the results folder is in use" {
	mkdir results
	exec 9< results
	flock -n 9
	run_vmtest --results results -k ./kernel -- true
	exec 9<&-
	[ "$status" -eq 248 ]
	[[ "$output" == *results*"another vmtest"* ]]
}

@test "the tree does not exist" {
	run "$VMTEST" --accel tcg --tree no-such-tree -k ./kernel -- true
	[ "$status" -eq 247 ]
	[[ "$output" == *no-such-tree*--tree* ]]
	run "$VMTEST" --accel tcg --tree / -k ./kernel -- true
	[ "$status" -eq 64 ]
	[[ "$output" == *"cannot show / "*--tree* ]]
}

@test "the temporary folder cannot be made" {
	TMPDIR=/no/such/folder run_vmtest -k ./kernel -- true
	[ "$status" -eq 247 ]
	[[ "$output" == */no/such/folder*TMPDIR* ]]
}

@test "a package name that is a path is refused" {
	run_vmtest --fetch-package ../../etc/passwd
	[ "$status" -eq 64 ]
}

@test "a root is fetched from named suites, and only if the network may be used" {
	run_vmtest --fetch-root "make ../../etc/passwd" --suite trixie
	[ "$status" -eq 64 ]
	[[ "$output" == *"'../../etc/passwd'"* ]]
	run_vmtest --fetch-root make --suite trixie,no/suite
	[ "$status" -eq 64 ]
	[[ "$output" == *"'no/suite'"* ]]
	run_vmtest --fetch-root " " --suite trixie
	[ "$status" -eq 64 ]
	run_vmtest --fetch-root make --suite trixie --offline
	[ "$status" -eq 244 ]
	[[ "$output" == *--offline* ]]
}

@test "temporary folders of dead launchers go, those of living ones stay" {
	mkdir "$TMPDIR/vmtest.dead00" "$TMPDIR/vmtest.alive0" "$TMPDIR/vmtest-other"
	touch "$TMPDIR/vmtest.dead00/file"
	exec 9< "$TMPDIR/vmtest.alive0"
	flock -n 9
	run_vmtest -k ./no-such-kernel -- true
	exec 9<&-
	[ ! -e "$TMPDIR/vmtest.dead00" ]
	[ -e "$TMPDIR/vmtest.alive0" ]
	[ -e "$TMPDIR/vmtest-other" ]
	[ "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]
}

@test "what a killed launcher left in the cache goes" {
	mkdir -p "$VMTEST_CACHE/filling.1/part"
	touch "$VMTEST_CACHE/fill.lock"
	run_vmtest --offline -- true
	[ ! -e "$VMTEST_CACHE/filling.1" ]
}

# make_module NAME NEEDED...: make a module file NAME that uses a symbol of each module NEEDED
make_module() {
	local name=$1 depends
	shift
	depends=$(IFS=,; echo "$*")
	{
		printf '.section .modinfo, "a"\n.asciz "license=GPL"\n.asciz "depends=%s"\n' "$depends"
		# The section from which depmod takes the names of exported symbols.
		printf '.section __ksymtab_strings, "a"\n.asciz "of_%s"\n.data\n' "${name//-/_}"
		for needed in "${@//-/_}"; do
			printf '.quad of_%s\n' "$needed"
		done
	} | gcc -c -x assembler -o "$name.ko" -
}

@test "modules get a modules.dep that names what they need, what is loaded first last" {
	folder=$VMTEST_CACHE/kernels/9.9.9-cloud-amd64
	mkdir -p "$folder/modules/kernel/net"
	echo 9.9.9-cloud-amd64 > "$folder/release"
	touch "$folder/modules/modules.order" "$folder/modules/modules.builtin"
	cd "$folder/modules/kernel"
	make_module base
	make_module mid-dle base
	make_module top mid-dle base
	mv top.ko net/
	xz mid-dle.ko
	# depmod follows links, which must not lead it around. find reports such links.
	mkdir "$BATS_TEST_TMPDIR/bin"
	# shellcheck disable=SC2016 # depmod's own arguments
	printf '#!/bin/sh\nfind -L "$2" -name "*.ko*" > "%s" 2>&1\nPATH=%s exec depmod "$@"\n' \
		"$BATS_TEST_TMPDIR/found" "$PATH:/usr/sbin:/sbin" > "$BATS_TEST_TMPDIR/bin/depmod"
	chmod +x "$BATS_TEST_TMPDIR/bin/depmod"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run_vmtest --offline --fetch-only -k 9.9
	[ "$status" -eq 0 ]
	cat "$BATS_TEST_TMPDIR/found"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/found")" -eq 3 ]
	cat ../modules.dep
	grep -qx 'kernel/base.ko:' ../modules.dep
	grep -qx 'kernel/mid-dle.ko.xz: kernel/base.ko' ../modules.dep
	grep -qx 'kernel/net/top.ko: kernel/mid-dle.ko.xz kernel/base.ko' ../modules.dep
	[ "$(wc -l < ../modules.dep)" -eq 3 ]
	[ -z "$(find "$VMTEST_CACHE" -name '*.new' -o -name '*depmod')" ]
}

@test "the list of kernels, from the cache, by number; the pinned one is marked" {
	for release in 6.12.5-cloud-amd64 6.1.0-9-cloud-amd64 6.1.0-10-cloud-amd64 \
		       "$(sed -n 's/^PIN_RELEASE("\([^"]*\)".*/\1/p' "$BATS_TEST_DIRNAME/../vm/kernel/kernel.pin")"; do
		mkdir -p "$VMTEST_CACHE/kernels/$release"
		echo "$release" > "$VMTEST_CACHE/kernels/$release/release"
	done
	run_vmtest --offline kernels
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 4 ]
	[[ "${lines[0]}" =~ ^version\ +release\ +package\ +suite\ +size\ +cached$ ]]
	[[ "${lines[1]}" =~ ^6\.1\ +6\.1\.0-10-cloud-amd64\ .*yes$ ]]
	[[ "${lines[2]}" =~ ^6\.12\ +6\.12\.5-cloud-amd64\ .*yes$ ]]
	[[ "${lines[3]}" == *"yes, pinned" ]]
}

@test "the list of kernels with an empty cache" {
	run_vmtest --offline kernels
	[ "$status" -eq 244 ]
	[[ "$output" == *--offline* ]]
}

@test "several kernels: a table with each status, and the first that is not the command's" {
	mkdir empty
	PATH=$PWD/empty run "$VMTEST" --accel tcg --tree tree -k ./kernel -k nonsense -k ./kernel -- true
	echo "$output"
	[ "$status" -eq 245 ]
	[[ "$output" == *"nonsense | vmtest: "*"cannot find kernel nonsense"* ]]
	grep -qE '^kernel +9\.9\.9 .* 245: QEMU or another program' <<< "$output"
	grep -qE '^kernel_2 +9\.9\.9 .* 245: ' <<< "$output"
	grep -qE '^nonsense +- .* 244: the kernel or package was not found' <<< "$output"
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "-k all is one kernel of each version" {
	mkdir empty
	for release in 6.12.5-cloud-amd64 6.1.0-9-cloud-amd64 6.1.0-10-cloud-amd64; do
		mkdir -p "$VMTEST_CACHE/kernels/$release"
		echo $release > "$VMTEST_CACHE/kernels/$release/release"
	done
	PATH=$PWD/empty run "$VMTEST" --offline --accel tcg --tree tree -k all -- true
	echo "$output"
	[ "$status" -eq 245 ]
	[ "$(sed -n '/^kernel/,$p' <<< "$output" | awk '{ print $1, $2 }')" = "$(cat <<-END
	kernel release
	6.1 6.1.0-10-cloud-amd64
	6.12 6.12.5-cloud-amd64
	END
	)" ]
	run_vmtest --offline --shell -k all
	[ "$status" -eq 64 ]
}

@test "several kernels: each has a results folder with its output" {
	mkdir empty
	PATH=$PWD/empty run "$VMTEST" --accel tcg --tree tree --results results -k ./kernel -k nonsense -- true
	[ "$(ls results)" = "$(printf 'kernel\nnonsense')" ]
	grep -q '^vmtest: cannot find kernel nonsense' results/nonsense/output.log
}

@test "kernels at once are limited by memory, and it says so" {
	mkdir empty
	PATH=$PWD/empty run "$VMTEST" --accel tcg --tree tree --parallel 2 --mem 1024G -k ./kernel -k ./kernel -- true
	[[ "$output" == *"1 at a time"*"MiB of memory are available"* ]]
	PATH=$PWD/empty run "$VMTEST" --accel tcg --tree tree --parallel 2 --mem 128M -k ./kernel -k ./kernel -- true
	[[ "$output" != *"at a time"* ]]
}

@test "a shell takes one kernel" {
	run_vmtest --shell -k ./kernel -k ./kernel
	[ "$status" -eq 64 ]
	[[ "$output" == *--shell* ]]
}

@test "a command line that the kernel would cut off is refused" {
	run_vmtest -k ./kernel --append "x=$(head -c 2000 /dev/zero | tr '\0' y)" -- true
	[ "$status" -eq 64 ]
	[[ "$output" == *--append* ]]
}

# make_hanging PROGRAM: make a PROGRAM that never ends, in a folder for the front of PATH. When it
# runs, its pid is in PROGRAM.pid.
make_hanging() {
	mkdir -p bin
	printf '#!/bin/sh\necho $$ > "%s.new"\nmv "%s.new" "%s"\nexec sleep 1000\n' \
		"$PWD/$1.pid" "$PWD/$1.pid" "$PWD/$1.pid" > "bin/$1"
	chmod +x "bin/$1"
	rm -f "$1.pid"
}

# end_while_hanging PROGRAM SIGNAL STATUS WORD...: end vmtest with a signal while PROGRAM runs
end_while_hanging() {
	local program=$1 signal=$2 expected=$3 status=0
	shift 3
	make_hanging "$program"
	PATH=$PWD/bin:$PATH "$VMTEST" --accel tcg --tree tree "$@" -- true & launcher=$!
	for _ in $(seq 600); do
		[ ! -s "$program.pid" ] || break
		sleep 0.05
	done
	[ -s "$program.pid" ]
	kill -"$signal" $launcher
	wait $launcher || status=$?
	[ "$status" -eq "$expected" ]
	# If vmtest was killed by SIGKILL, the kernel ends the program a moment later.
	for _ in $(seq 100); do
		kill -0 "$(cat "$program.pid")" 2> /dev/null || break
		sleep 0.05
	done
	! kill -0 "$(cat "$program.pid")"
}

@test "ended while it fetches, it leaves no program and no file" {
	for signal in INT:130 TERM:143 HUP:129; do
		end_while_hanging apt-get "${signal%:*}" "${signal#*:}" -k 6.1
		[ -z "$(ls -A "$TMPDIR")" ]
		[ -z "$(find "$VMTEST_CACHE" -name 'filling.*')" ]
	done
}

@test "ended while it makes the image, it leaves no program and no file" {
	for signal in INT:130 TERM:143 HUP:129; do
		end_while_hanging mke2fs "${signal%:*}" "${signal#*:}" -k ./kernel
		[ -z "$(ls -A "$TMPDIR")" ]
	done
}

@test "ended while several kernels are under way, it leaves no program and no file" {
	for signal in INT:130 TERM:143; do
		end_while_hanging mke2fs "${signal%:*}" "${signal#*:}" -k ./kernel -k ./kernel --parallel 2
		[ -z "$(ls -A "$TMPDIR")" ]
	done
}

@test "killed, its programs end with it, and the next start removes its folder" {
	for kernels in "-k ./kernel" "-k ./kernel -k ./kernel --parallel 2"; do
		# shellcheck disable=SC2086 # options and their values
		end_while_hanging mke2fs KILL 137 $kernels
		# The child processes, one per kernel, notice that their parent is gone, and clean
		# up.
		for _ in $(seq 100); do
			! pgrep -f "^$VMTEST --accel tcg --tree tree $kernels" > /dev/null || sleep 0.05
		done
		run_vmtest -k ./no-such-kernel -- true
		[ -z "$(ls -A "$TMPDIR")" ]
	done
}

@test "-h is --help, and --version says which vmtest this is" {
	run -0 "$VMTEST" --help
	help=$output
	run -0 "$VMTEST" -h
	[ "$output" = "$help" ]
	[[ $help == *"Exit statuses:"* ]]
	run -0 "$VMTEST" --version
	[[ $output =~ ^vmtest\ [^\ ]+$ ]]
}

# shellcheck disable=SC2016 # the message has a dollar sign
@test "a word that is no command is refused before anything is built" {
	mkdir -p tree
	run -64 "$VMTEST" --tree tree kernals
	[[ $output == *'cannot run "kernals": it is neither in $PATH nor in '*"/tree. "*"vmtest kernels"* ]]
	[[ $output != *booting* && $output != *image* ]]
	touch tree/program
	run -64 "$VMTEST" --tree tree program
	[[ $output == *"the one of the tree is ./program"* ]]
}

@test "--accel=kvm without /dev/kvm is refused at once" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to hide /dev/kvm"
	run -245 unshare --mount sh -c 'mount -t tmpfs none /dev && exec "$@"' sh "$VMTEST" --accel=kvm -- true
	[[ $output == *"cannot use --accel=kvm: /dev/kvm: ENOENT (No such file or directory); load kvm_intel"* ]]
	[[ $output != *booting* && $output != *image* ]]
}

# defaults LINE...: write the file .vmtest
defaults() {
	printf '%s\n' "$@" >.vmtest
}

@test "default options are read from .vmtest, then from VMTEST_OPTIONS, then from the command line" {
	defaults '# a comment' '' '  --mem 12G ' '-k from-file' '--append=a b'
	run_vmtest -v -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *"cannot find kernel from-file: "* ]]
	[[ "$output" == *"default option --mem=12G (.vmtest:3)"* ]]
	[[ "$output" == *"default option -kfrom-file (.vmtest:4)"* ]]
	[[ "$output" == *"default option --append=a b (.vmtest:5)"* ]]
	VMTEST_OPTIONS='--cpus 3 -k from-variable' run_vmtest -v -- true
	[[ "$output" == *"cannot find kernel from-variable: "* ]]
	[[ "$output" == *"default option from-variable (VMTEST_OPTIONS)"* ]]
	VMTEST_OPTIONS='-k from-variable' run_vmtest -k typed -- true
	[[ "$output" == *"cannot find kernel typed: "* ]]
	[[ "$output" != *"default option"* ]]
	# A number: the first message that depends on it is that of the command line's value.
	defaults '--vms 2'
	run_vmtest -k ./kernel -- true
	[ "$status" -eq 64 ]
	[[ "$output" == *"cannot use --vms=2"* ]]
	VMTEST_OPTIONS='--vms 3' run_vmtest -k ./kernel -- true
	[[ "$output" == *"cannot use --vms=3"* ]]
	VMTEST_OPTIONS='--vms 3' run_vmtest --vms 4 -k ./kernel -- true
	[[ "$output" == *"cannot use --vms=4"* ]]
}

@test "VMTEST_CONFIG names the file with the default options" {
	defaults '-k from-here'
	printf -- '-k from-there\r\n' >other
	VMTEST_CONFIG=other run_vmtest -- true
	[[ "$output" == *"cannot find kernel from-there: "* ]]
	VMTEST_CONFIG=/dev/null run_vmtest -k typed -- true
	[[ "$output" == *"cannot find kernel typed: "* ]]
	VMTEST_CONFIG=no-such-file run_vmtest -- true
	[ "$status" -eq 64 ]
	[[ "$output" == *"cannot read the default options in no-such-file: "*ENOENT* ]]
	VMTEST_CONFIG=tree run_vmtest -- true
	[ "$status" -eq 64 ]
	[[ "$output" == *"cannot read the default options in tree: "* ]]
}

@test "a wrong line of default options is an error that names file and line" {
	local line

	for line in '--bogus' '--cpus two' '--cpus' '--shell x' '-v x' 'true' '--' '-' '-- true' \
		    '--help' '-h' '--version' '--suite sid' '--fetch-only' '--env =x'; do
		defaults '--mem 4G' '# a comment' "$line"
		run_vmtest -- true
		[ "$status" -eq 64 ]
		[[ "$output" == *" in .vmtest:3"* ]]
	done
	rm .vmtest
	for line in 'true' '--cpus two' '--cpus 2 true' '--bogus' '--suite sid'; do
		VMTEST_OPTIONS=$line run_vmtest -- true
		[ "$status" -eq 64 ]
		[[ "$output" == *" in VMTEST_OPTIONS"* ]]
	done
	# A wrong word on the command line is not in that file.
	defaults '--mem 4G'
	run_vmtest --bogus
	[ "$status" -eq 64 ]
	[[ "$output" != *.vmtest* ]]
}

@test "--gdb-kernel and --qemu-arg refuse what does not go with them" {
	run_vmtest --gdb-kernel=never -- true
	[ "$status" -eq 64 ]
	[[ "$output" == *'cannot use "never" for --gdb-kernel: give wait or run'* ]]
	run_vmtest --gdb-kernel -k 6.1 -k 6.12 -- true
	[ "$status" -eq 64 ]
	[[ "$output" == *"--gdb-kernel with several kernels"* ]]
	run_vmtest --gdb-kernel --vms 2 -- test_progs
	[ "$status" -eq 64 ]
	[[ "$output" == *"--gdb-kernel with --vms=2"* ]]
	for option in --gdb-kernel --qemu-arg=-s; do
		run_vmtest "$option" --snapshot=always -- true
		[ "$status" -eq 64 ]
		[[ "$output" == *"cannot use --snapshot=always with ${option%=*}: "* ]]
	done
}
