#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of vmtest with guests. Each test boots the pinned kernel once, which takes 3 to 5 s under
# TCG. The program under test is $VMTEST (default: ./vmtest). The cache is the user's own, so that
# the kernel is fetched only once. Guests see a small tree, not that of the suite.
#
# shellcheck disable=SC2016 # the guest expands what is in single quotes
# shellcheck disable=SC2154 # bats sets $stderr

bats_require_minimum_version 1.5.0

setup() {
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	export TMPDIR="$BATS_TEST_TMPDIR/tmp"
	mkdir -p "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# A test that failed may have left its launcher, for which bats would wait.
teardown() {
	[ -z "${launcher-}" ] || kill -KILL "$launcher" 2> /dev/null || true
}

# guest WORD...: run vmtest with the small tree; its messages go to the file "messages"
guest() {
	"$VMTEST" --tree tree "$@" 2> messages
}

# Make a kernel that never prints anything: it has the PVH entry that QEMU needs, and loops forever.
make_stuck_kernel() {
	cat > stuck.S <<-'END'
	.section .note.Xen, "a", @note
	.long 4, 8, 18
	.asciz "Xen"
	.quad start
	.text
	.code32
	.globl start
	start: jmp start
	.section .rodata
	.ascii "Linux version 0.0.0-stuck (x)\n"
	END
	gcc -nostdlib -static -no-pie -Wl,-e,start,-Ttext-segment=0x1000000,--build-id=none \
		-o stuck stuck.S
}

# wait_until SECONDS COMMAND...: repeat the command until it succeeds; fail after SECONDS
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ]
		sleep 0.05
	done
}

qemu_runs() {
	pgrep -f "qemu-system.*$TMPDIR" > /dev/null
}

no_qemu_runs() {
	! qemu_runs
}

two_qemus_run() {
	[ "$(pgrep -fc "qemu-system.*$TMPDIR")" -eq 2 ]
}

is_empty() {
	[ -z "$(ls -A "$1")" ]
}

@test "exit status, stdout, stderr, stdin and surroundings of the command" {
	run --separate-stderr "$VMTEST" --tree tree --stdin -- sh -c '
		cat; echo to-stderr >&2; pwd; echo $VMTEST $TEST_TIME_SCALE $RESULTS
		stat -f -c %T /; id -u; exit 3' < <(echo to-stdin)
	echo "$output" "$stderr"
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = to-stdin ]
	[ "${lines[1]}" = "$PWD/tree" ]
	[[ "${lines[2]}" =~ ^1\ [15]\ /results$ ]]
	[ "${lines[3]}" = ext2/ext3 ]
	[ "${lines[4]}" = 0 ]
	[ "${#lines[@]}" -eq 5 ]
	[[ "$stderr" == *to-stderr* ]]
}

@test "output of the command that cannot be written is no success" {
	for end in '>/dev/full' '>&-'; do
		run bash -c "'$VMTEST' --tree tree -- echo hello $end </dev/null"
		[ "$status" -eq 247 ]
		[[ $output == *"vmtest: cannot write to stdout: "* ]]
	done
	run bash -c "'$VMTEST' --tree tree -- true >&- </dev/null"
	[ "$status" -eq 0 ]
}

@test "--env gives the command variables, of the caller or with a value" {
	A=1 run --separate-stderr "$VMTEST" --tree tree --env A --env 'B=two words' --env TERM=mine -- \
		sh -c 'echo "$A,$B,$TERM"'
	[ "$status" -eq 0 ]
	[ "$output" = "1,two words,mine" ]
}

@test "stdin that is not a terminal stays with the caller" {
	run -0 --separate-stderr sh -c 'printf "one\ntwo\n" | { "$VMTEST" --tree tree -- cat; cat; }'
	[ "$output" = "$(printf 'one\ntwo')" ]
}

@test "death by a signal is 128 + N" {
	run guest -- sh -c 'kill -SEGV $$'
	[ "$status" -eq 139 ]
}

@test "a command that does not exist is 127" {
	run -127 guest -- no-such-command
	grep -q 'no-such-command.*--with' messages
}

@test "many bytes go in and come out unchanged, and the end of input is seen" {
	head -c 4000000 /dev/urandom > bytes
	guest --stdin -- cat < bytes > copy
	cmp bytes copy
}

@test "an unread output ends the command as without a guest" {
	run bash -c '"$0" --tree tree --timeout 60 -- yes 2> messages | head -n 1
		exit ${PIPESTATUS[0]}' "$VMTEST"
	cat messages
	[ "$status" -eq 141 ]
	[ "$output" = y ]
}

@test "folders of git, of caches and of results are left out of the guest" {
	for folder in .git .cache results; do
		mkdir -p "tree/sub/$folder"
		touch "tree/sub/$folder/file"
	done
	touch tree/sub/file
	run guest -- find . -name file
	[ "$output" = ./sub/file ]
}

@test "a panic has its status, its line and its console; results written before it are kept" {
	run guest --results results -- sh -c \
		'echo kept > $RESULTS/file; sync; echo c > /proc/sysrq-trigger; sleep 60'
	[ "$status" -eq 240 ]
	grep -q 'panicked: Kernel panic.*sysrq triggered crash' messages
	grep -q 'sysrq triggered crash' results/console.log
	[ "$(cat results/file)" = kept ]
}

@test "a command that takes too long" {
	run guest --timeout 1 --results results -- sh -c 'echo early > $RESULTS/file; sleep 100'
	[ "$status" -eq 242 ]
	grep -q 'longer than 1 s' messages
	[ "$(cat results/file)" = early ]
}

@test "a guest whose first process stands still hangs, whatever its kernel logs" {
	cat > tree/freeze.sh <<-'END'
	mkdir /sys/fs/cgroup/frozen
	echo 1 > /sys/fs/cgroup/frozen/cgroup.procs
	echo 1 > /sys/fs/cgroup/frozen/cgroup.freeze
	while :; do echo "still logging" > /dev/kmsg; sleep 1; done
	END
	run timeout 60 "$VMTEST" --tree tree --hang-timeout 5 -- sh freeze.sh
	[ "$status" -eq 246 ]
	[[ $output == *"the guest hangs: nothing was heard from it for 5 s (--hang-timeout)"* ]]
}

@test "a guest that powers off without a report" {
	run guest -- sh -c 'echo o > /proc/sysrq-trigger; sleep 60'
	[ "$status" -eq 246 ]
	grep -q 'without reporting' messages
}

# commit FILE TEXT: commit one file of the made-up kernel
commit() {
	echo "$2" > "$1"
	git add "$1"
	git commit -qm "$1: $2"
}

# The commits of a repository stand for kernels: "kernel" says which one it is, "append" has options for
# its command line, and "behaviour" is a script that behaves in the guest as that kernel would. One commit has no
# kernel, one has a kernel that panics at its boot; the one after both makes the command fail.
make_history() {
	git -c init.defaultBranch=main init -q linux
	cd linux || return 1
	git config user.name name
	git config user.email name@localhost
	git config commit.gpgSign false
	commit kernel '# the pinned one'
	commit append vmtest.one=1
	commit behaviour true
	git tag good
	commit behaviour 'echo still good'
	commit kernel '-k ./no-such-kernel'
	commit kernel '# the pinned one'
	commit behaviour "$1"
	git tag culprit
	commit append rdinit=/no-such-file
	commit append vmtest.two=2
	commit README 'nothing of the kernel'
	commit README 'nothing again'
	commit README 'and nothing'
	commit README 'still nothing'
	cat > ../step <<-'END'
	exec "$VMTEST" --bisect $(sed 's/#.*//' kernel) --append "$(cat append)" --tree . -- sh ./behaviour
	END
	git bisect start HEAD good
}

# bisect BEHAVIOUR: find the commit that behaves so with a real `git bisect run`
bisect() {
	export VMTEST
	make_history "$1"
	git bisect run sh ../step > ../bisect.log 2>&1 || { cat ../bisect.log; return 1; }
	cat ../bisect.log
	[ "$(git rev-parse refs/bisect/bad)" = "$(git rev-parse culprit)" ]
}

@test "git bisect finds the commit after which a command fails, beside some that do not boot" {
	bisect 'exit 2'
	grep -q 'bisect: bad' ../bisect.log
	grep -q 'bisect: good' ../bisect.log
	grep -q 'bisect: cannot tell' ../bisect.log
}

@test "git bisect finds the commit after which the kernel panics" {
	bisect 'echo c > /proc/sysrq-trigger; sleep 60'
	grep -q 'panicked: ' ../bisect.log
	grep -q 'bisect: bad' ../bisect.log
}

@test "--bisect: a kernel that panics while it boots cannot be judged" {
	run guest --bisect --append rdinit=/no-such-file -- true
	cat messages
	[ "$status" -eq 125 ]
	grep -q 'panicked: ' messages
	grep -q 'bisect: cannot tell' messages
}

@test "git bisect ends when the command cannot run on any kernel" {
	export VMTEST
	make_history 'exec no-such-command'
	run git bisect run sh ../step
	echo "$output"
	[ "$status" -ne 0 ]
	[[ "$output" == *"bisect: stop, the fault is not the kernel's"* ]]
}

@test "a kernel that never comes up" {
	make_stuck_kernel
	run guest --accel tcg -k ./stuck --boot-timeout 2 -- true
	[ "$status" -eq 241 ]
	grep -q -e '--boot-timeout' messages
}

@test "results come back, and no name in them leads out of their folder" {
	mkdir outside results
	ln -s "$PWD/outside" results/planted
	run guest --results results -- sh -c 'cd $RESULTS
		echo a > file; mkdir folder; echo b > folder/file; ln -s file link
		ln -s /etc absolute; ln -s ../outside upwards; ln -s folder/../../outside through
		mkdir planted; echo evil > planted/file
		chmod 4755 file; mkfifo fifo; echo mine > console.log'
	cat messages
	[ "$status" -eq 0 ]
	[ "$(cat results/file)" = a ]
	[ "$(cat results/folder/file)" = b ]
	[ "$(readlink results/link)" = file ]
	[ "$(stat -c %a results/file)" = 755 ]
	[ "$(cat results/planted/file)" = evil ]
	[ ! -L results/planted ]
	[ -z "$(ls outside)" ]
	for name in absolute upwards through fifo; do
		[ ! -L results/$name ]
		[ ! -e results/$name ]
	done
	run ! grep -q mine results/console.log
}

@test "a full results disk has its status, and what fitted is kept" {
	run guest --results results --results-size 16M -- sh -c \
		'echo first > $RESULTS/first; cat /dev/zero > $RESULTS/zeros; true'
	[ "$status" -eq 243 ]
	grep -q -e '--results-size' messages
	[ "$(cat results/first)" = first ]
	[ -s results/zeros ]
}

@test "nothing that the guest writes reaches the host" {
	echo original > tree/file
	run guest -- sh -c 'mount -o remount,rw / ; echo changed > file; rm -f other
		echo new > new; sync; cat file'
	[ "$status" -eq 0 ]
	[ "$output" = changed ]
	[ "$(cat tree/file)" = original ]
	[ ! -e tree/new ]
}

@test "a shell on a terminal" {
	run bash -c 'printf "tty\nexit 6\n" | "$0" --tree tree --shell 2> messages' "$VMTEST"
	echo "$output"
	[ "$status" -eq 6 ]
	[[ "$output" == */dev/pts/* ]]
}

@test "two at once" {
	guest -- echo one > first & first=$!
	"$VMTEST" --tree tree -- echo two > second 2> /dev/null & second=$!
	wait $first
	wait $second
	[ "$(cat first)" = one ]
	[ "$(cat second)" = two ]
}

# disks: what the last run said of the system's disk and of the tree's
disks() {
	sed -nE 's/^vmtest: \[.*\] (system|tree): .*files(.*)/\1\2/p' messages | sort
}

@test "the disks are kept while nothing changes, and a change is never missed" {
	export VMTEST_CACHE="$BATS_TEST_TMPDIR/cache"
	mkdir cache
	ln -s "${XDG_CACHE_HOME:-$HOME/.cache}/bpf-selftests"/* cache/
	rm -f cache/images
	echo one > tree/file
	sleep 0.1
	[ "$(guest -- cat file)" = one ]
	[ "$(disks)" = "$(printf 'system\ntree')" ]
	[ "$(guest -- cat file)" = one ]
	[ "$(disks)" = "$(printf 'system, as before\ntree, as before')" ]
	# The same size and, as far as anybody can set it, the same time.
	touch -r tree/file time
	echo two > tree/file
	touch -r time tree/file
	sleep 0.1
	[ "$(guest -- cat file)" = two ]
	[ "$(disks)" = "$(printf 'system, as before\ntree')" ]
	# A command that was not there before.
	printf '#!/bin/sh\necho three\n' > three
	chmod +x three
	[ "$(guest --with "$PWD/three" -- "$PWD/three")" = three ]
	[ "$(disks)" = "$(printf 'system\ntree, as before')" ]
}

@test "what a guest writes to its disks is not there in the next one" {
	guest -- sh -c 'echo new > file; echo new > /usr/file; sync'
	[ "$(guest -- sh -c 'ls; ls /usr/file; echo end' 2>&1)" = end ]
	[ -z "$(ls tree)" ]
}

@test "the tree is where it is on the host, also by a symbolic link" {
	mkdir -p real/below
	ln -s real linked
	echo content > real/below/file
	for tree in linked/below real/below; do
		run --separate-stderr "$VMTEST" --tree "$tree" -- sh -c \
			"cat file $PWD/$tree/file $PWD/real/below/file; ls -A"
		echo "$output"
		[ "$output" = "$(printf '%s\n' content content content file)" ]
	done
}

@test "kill -9 of the launcher takes QEMU with it" {
	make_stuck_kernel
	"$VMTEST" --tree tree --accel tcg -k ./stuck -- true 2> messages & launcher=$!
	wait_until 30 qemu_runs
	kill -KILL $launcher
	wait_until 10 no_qemu_runs
}

@test "an interrupted launcher leaves nothing behind" {
	make_stuck_kernel
	for signal in INT:130 TERM:143; do
		"$VMTEST" --tree tree --accel tcg -k ./stuck -- true 2> messages & launcher=$!
		wait_until 30 qemu_runs
		kill -"${signal%:*}" $launcher
		status=0
		wait $launcher || status=$?
		[ "$status" -eq "${signal#*:}" ]
		no_qemu_runs
		[ -z "$(ls -A "$TMPDIR")" ]
	done
}

@test "a signal lets the command end its run; files come to the host while it runs" {
	"$VMTEST" --tree tree --results results -- sh -c '
		mkdir -p $RESULTS/a/b; echo early > $RESULTS/a/b/file
		echo x > $RESULTS/goes; echo longer > $RESULTS/changes; echo runs
		trap "echo summary; echo late > \$RESULTS/late; exit 3" TERM
		while :; do sleep 0.1; done' > output 2> messages & launcher=$!
	wait_until 60 grep -qs early results/a/b/file
	wait_until 60 grep -qs longer results/changes
	kill -TERM $launcher
	status=0
	wait $launcher || status=$?
	cat messages
	[ "$status" -eq 143 ]
	[ "$(cat output)" = $'runs\nsummary' ]
	[ "$(cat results/late)" = late ]
	tail -n2 messages | head -n1 | grep -q "results are in .*/results$"
}

@test "a second signal ends the guest at once; what was written before is kept" {
	"$VMTEST" --tree tree --results results -- sh -c '
		trap "echo told > \$RESULTS/told" INT
		echo early > $RESULTS/file; while :; do sleep 0.1; done' 2> messages & launcher=$!
	wait_until 60 grep -qs early results/file
	kill -INT $launcher
	wait_until 10 grep -qs told results/told
	kill -INT $launcher
	status=0
	wait $launcher || status=$?
	[ "$status" -eq 130 ]
	no_qemu_runs
	[ "$(cat results/file results/told)" = $'early\ntold' ]
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "kill -9 of the launcher leaves what was written before; a default folder for results" {
	"$VMTEST" --tree tree -- sh -c 'echo early > $RESULTS/file; sleep 1000' 2> messages & launcher=$!
	wait_until 60 grep -qs early results/file
	# The folder is in use.
	run guest -- sh -c 'echo other > $RESULTS/file'
	[ "$status" -eq 0 ]
	grep -q "results are in .*/results-2$" messages
	[ "$(cat results-2/file)" = other ]
	kill -KILL $launcher
	wait_until 10 no_qemu_runs
	[ "$(cat results/file)" = early ]
}

@test "options for the kernel's command line" {
	run guest --append vmtest.one=1 --append 'sysctl.kernel.sysrq=5 lsm=landlock' -- \
		sh -c 'cat /proc/cmdline /proc/sys/kernel/sysrq /sys/kernel/security/lsm'
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == *" vmtest.one=1 sysctl.kernel.sysrq=5 lsm=landlock" ]]
	[ "${lines[1]}" = 5 ]
	[[ "${lines[2]}" == *landlock* && "${lines[2]}" != *bpf* ]]
}

@test "the kernel's configuration and its modules with their index are in the guest" {
	run guest -- sh -c 'cd /lib/modules/$(uname -r) || exit
		grep -c "^CONFIG_BPF=y" /boot/config-$(uname -r)
		sed -n "s/^\([^:]*vsock_loopback.ko[^:]*\):/\1/p" modules.dep
		[ $(wc -l < modules.dep) -eq $(find . -name "*.ko*" | wc -l) ] && echo complete'
	cat messages
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 1 ]
	[[ "${lines[1]}" =~ ^kernel/net/vmw_vsock/vsock_loopback.ko.*\ kernel/net/vmw_vsock/vsock.ko ]]
	[ "${lines[2]}" = complete ]
}

@test "a build tree: image, configuration and modules come from it" {
	kernel=$("$VMTEST" --fetch-only 2> messages)
	mkdir -p linux/net/vmw_vsock
	cp "$kernel/vmlinux" linux/
	printf 'CONFIG_FROM_TREE=y\n' | cat "$kernel/config" - > linux/.config
	for name in vsock vmw_vsock_virtio_transport_common; do
		xz -dc "$kernel/modules/kernel/net/vmw_vsock/$name.ko.xz" > "linux/net/vmw_vsock/$name.ko"
		echo "net/vmw_vsock/$name.o" >> linux/modules.order
	done
	sleep 0.1
	run guest -k ./linux -- sh -c 'grep CONFIG_FROM_TREE /boot/config-*
		cat /lib/modules/$(uname -r)/modules.dep; test -e /sys/kernel/btf/vmlinux && echo BTF'
	cat messages
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = CONFIG_FROM_TREE=y ]
	[ "${lines[1]}" = "kernel/net/vmw_vsock/vmw_vsock_virtio_transport_common.ko: kernel/net/vmw_vsock/vsock.ko" ]
	[ "${lines[2]}" = kernel/net/vmw_vsock/vsock.ko: ]
	[ "${lines[3]}" = BTF ]
	# The modules are neither changed nor, the next time, indexed again.
	[ "$(stat -c %h linux/net/vmw_vsock/vsock.ko)" -eq 1 ]
	index=$(guest -k ./linux -- sh -c 'cat /lib/modules/$(uname -r)/modules.*')
	[[ "$index" == *kernel/net/vmw_vsock/vsock.ko* ]]
	[ "$(disks | head -n 1)" = "system, as before" ]
	sed -i 2d linux/modules.order
	sleep 0.1
	[ "$(guest -k ./linux -- sh -c 'ls /lib/modules/*/kernel/net/vmw_vsock')" = vsock.ko ]
	[ "$(disks | head -n 1)" = system ]
	rm linux/net/vmw_vsock/vsock.ko
	run guest -k ./linux -- true
	[ "$status" -eq 244 ]
	grep -q "vsock.ko.*build the tree's modules" messages
}

# Make a stand-in for test_progs, for the table of several kernels. Its report depends on whether
# the guest has the kernel's configuration: a kernel given as a file has none, one given by version
# has it.
make_test_program() {
	cat > tree/config.json <<-'END'
	{ "success": 2, "success_subtest": 3, "skipped": 0, "failed": 0, "failed_subtest": 0,
	  "results": [
	    { "name": "same", "result": "PASS", "subtests": [] },
	    { "name": "parts", "result": "PASS", "subtests": [
	      { "name": "a/b", "result": "PASS" }, { "name": "c", "result": "PASS" } ] },
	    { "name": "whole", "result": "PASS", "subtests": [ { "name": "d", "result": "PASS" } ] } ] }
	END
	cat > tree/none.json <<-'END'
	{ "success": 1, "success_subtest": 0, "skipped": 2, "failed": 1, "failed_subtest": 1,
	  "results": [
	    { "name": "same", "result": "PASS", "subtests": [] },
	    { "name": "parts", "result": "FAIL", "subtests": [
	      { "name": "a/b", "result": "SKIP", "reason": "no \"b\" here" },
	      { "name": "c", "result": "FAIL", "assertion": "1 is not 2" } ] },
	    { "name": "whole", "result": "SKIP", "reason": "none", "subtests": [] } ] }
	END
	cat > tree/test_progs-x <<-'END'
	#!/bin/sh
	[ "$*" = "--results -j" ] || exit 3
	mkdir $RESULTS/test_progs-x
	for i in $(seq 300); do echo "line $i of 300"; done
	report=none
	[ ! -e /boot/config-$(uname -r) ] || report=config
	cp $report.json $RESULTS/test_progs-x/report.json
	[ $report = config ]
	END
	chmod +x tree/test_progs-x
}

@test "a kernel whose configuration lacks what the guest needs is refused at once" {
	kernel=$("$VMTEST" --fetch-only 2> messages)
	mkdir linux
	cp "$kernel/vmlinux" linux/
	grep -v -e CONFIG_BLK_DEV_NVME= -e CONFIG_EXT4_FS= -e CONFIG_VIRTIO_CONSOLE= "$kernel/config" > linux/.config
	run timeout 5 "$VMTEST" --tree tree -k ./linux -- true
	[ "$status" -eq 244 ]
	[[ $output == *"linux/.config lacks CONFIG_VIRTIO_CONSOLE=y, and CONFIG_EXT4_FS=y, and a driver for disks (CONFIG_BLK_DEV_NVME, or CONFIG_VIRTIO_BLK, or CONFIG_SCSI_VIRTIO with CONFIG_BLK_DEV_SD, or "*"; add them and build it again"* ]]
	[[ $output != *booting* && $output != *restoring* ]]
}

@test "a kernel without NVMe takes its disks by the next driver that it has, also from a saved guest" {
	kernel=$("$VMTEST" --fetch-only 2> messages)
	mkdir cache
	ln -s "$(dirname "$kernel")" cache/kernels
	for start in booting restoring; do
		[ "$(VMTEST_CACHE=$PWD/cache guest --append initcall_blacklist=nvme_init --accel tcg -- ls /sys/block)" = "$(printf 'vda\nvdb\nvdc')" ]
		grep -q " $start " messages
	done
	run guest --append initcall_blacklist=nvme_init,virtio_blk_init --results results -- \
		sh -c 'ls /sys/block; echo kept > $RESULTS/file'
	[ "$output" = "$(printf 'sda\nsdb\nsdc')" ]
	[ "$(cat results/file)" = kept ]
}

@test "disks that cannot be plugged are there from the start" {
	run guest -v --append initcall_blacklist=nvme_init,virtio_blk_init,virtio_scsi_init --results results -- \
		sh -c 'ls /sys/block; echo kept > $RESULTS/file'
	[ "$status" -eq 0 ]
	[[ "$output" == *"$(printf 'sda\nsdb\nsdc')"* ]]
	[ "$(cat results/file)" = kept ]
	grep -q 'needs its disks by AHCI, from the start' messages
	grep -q 'neither saved nor restored' messages
}

@test "a guest without a driver for disks has all files in its memory, and its results come back" {
	local without=initcall_blacklist=nvme_init,virtio_blk_init,virtio_scsi_init,ahci_pci_driver_init
	local reason="no driver for disks (CONFIG_BLK_DEV_NVME, or .*; its command line has $without"
	echo here > tree/file
	run guest -v --append $without --results results -- sh -c 'ls /sys/block; cat file
		mkdir -p $RESULTS/a/b; head -c 3000000 /dev/urandom > $RESULTS/a/b/large
		: > $RESULTS/empty; md5sum < $RESULTS/a/b/large; exit 3'
	cat messages
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = here ]
	[ "${lines[1]}" = "$(md5sum < results/a/b/large)" ]
	[ -e results/empty ]
	grep -q "all files in its memory, and a panic loses its results, because .*$reason" messages
	# The console was loud until then.
	grep -q 'Run /init as init process' results/console.log
}

@test "the console shows all messages until the command starts, and warnings after that" {
	guest --snapshot never --results results -- sh -c 'echo "<6>told" > /dev/kmsg; echo "<4>warned" > /dev/kmsg'
	grep -q 'Linux version' results/console.log
	grep -q warned results/console.log
	run ! grep -q told results/console.log
	guest --snapshot never --append loglevel=7 --results results -- sh -c 'echo "<6>told" > /dev/kmsg'
	grep -q told results/console.log
}

@test "several kernels at once: whole lines with names, one table, and what differs" {
	kernel=$("$VMTEST" --fetch-only 2> messages)
	version=$(sed -E 's/^([0-9]+\.[0-9]+).*/\1/' "$kernel/release")
	cp "$kernel/vmlinux" file
	make_test_program
	run guest --offline --parallel 2 -k "$version" -k ./file -- ./test_progs-x -j
	cat messages
	echo "$output" | grep -v ' of 300'
	[ "$status" -eq 1 ]
	for name in "$version" file; do
		[ "$(grep -cE "^$name +\| line [0-9]+ of 300\$" <<< "$output")" -eq 300 ]
	done
	[ "$(grep -cvE '^[^ ]* *\| |results are in' messages || true)" -eq 0 ]
	grep -qE "^$version +[^ ]+ +2/3 +0 +0/0 +[0-9.]+ s  0\$" <<< "$output"
	grep -qE "^file +[^ ]+ +1/0 +2 +1/1 +[0-9.]+ s  1\$" <<< "$output"
	differences=$(sed -n '/^Results that differ/,$p' <<< "$output")
	[ "$differences" = "$(cat <<-END
	Results that differ between kernels:
	  parts
	    PASS    $version
	    FAIL    file
	  parts/a/b
	    PASS    $version
	    SKIP    file: no "b" here
	  parts/c
	    PASS    $version
	    FAIL    file: 1 is not 2
	  whole
	    PASS    $version
	    SKIP    file: none
	END
	)" ]
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "several kernels one after the other: another command, and folders that are kept" {
	kernel=$("$VMTEST" --fetch-only 2> messages)
	make_stuck_kernel
	cp "$kernel/vmlinux" file
	run guest --accel tcg --boot-timeout 45 --results results -k ./file -k ./stuck -- \
		sh -c 'uname -r > $RESULTS/release; echo mine > $RESULTS/output.log; echo done'
	cat messages
	echo "$output"
	[ "$status" -eq 241 ]
	grep -qE "^file +[^ ]+ +[0-9.]+ s  0\$" <<< "$output"
	grep -qE "^stuck +0.0.0-stuck +[0-9.]+ s  241: the guest did not come up" <<< "$output"
	[ "$(cat results/file/release)" = "$(cat "$kernel/release")" ]
	[ "$(cat results/stuck/console.log)" = "" ]
	grep -qx 'done' results/file/output.log
	run ! grep -q mine results/file/output.log
	[ -z "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 ! -name '*console*')" ]
}

@test "an interrupted run of several kernels leaves nothing behind" {
	make_stuck_kernel
	for signal in INT:130 TERM:143 HUP:129; do
		"$VMTEST" --tree tree --accel tcg --parallel 2 -k ./stuck -k ./stuck -- true 2> messages & launcher=$!
		wait_until 30 two_qemus_run
		kill -"${signal%:*}" $launcher
		status=0
		wait $launcher || status=$?
		[ "$status" -eq "${signal#*:}" ]
		no_qemu_runs
		[ -z "$(ls -A "$TMPDIR")" ]
	done
}

@test "kill -9 during a run of several kernels: QEMU goes, then the folders" {
	make_stuck_kernel
	"$VMTEST" --tree tree --accel tcg --parallel 2 -k ./stuck -k ./stuck -- true 2> messages & launcher=$!
	wait_until 30 two_qemus_run
	kill -KILL $launcher
	wait_until 10 no_qemu_runs
	"$VMTEST" --tree tree -k ./no-such-kernel -- true 2> messages || true
	wait_until 10 is_empty "$TMPDIR"
}

@test "an interrupted command leaves nothing behind" {
	"$VMTEST" --tree tree -- sh -c 'echo runs; sleep 1000' > output 2> messages & launcher=$!
	wait_until 60 grep -q runs output
	kill -INT $launcher
	status=0
	wait $launcher || status=$?
	[ "$status" -eq 130 ]
	no_qemu_runs
	[ -z "$(ls -A "$TMPDIR")" ]
	# Nothing was written for the host.
	[ ! -e results ]
}

@test "vmtest: the guest has what tests of a kernel tree expect of a machine" {
	mkdir -p tree/build/tree tree/tree
	touch tree/test.bpf.o tree/test.o tree/build/tree/large tree/tree/small
	# shellcheck disable=SC2016 # the guest expands it
	run -0 guest -- sh -c 'readlink /var/run; stat -c "%F %t:%T" /dev/net/tun; find . -type f | sort
		exec 3<> /dev/net/tun && cat /sys/class/net/lo/carrier'
	[ "$output" = "$(printf '%s\n' /run 'character special file a:c8' ./test.bpf.o ./tree/small 1)" ]
}

# until_told TEXT: wait until vmtest has printed it
until_told() {
	wait_until 60 grep -qF -- "$1" messages
}

@test "--gdb-kernel: the guest waits for gdb, and the command that is printed works" {
	command -v gdb >/dev/null || skip "no gdb"
	# A build tree with a kernel that has a section for debug information.
	folder=$("$VMTEST" --fetch-only 2>/dev/null)
	mkdir linux
	echo nothing >section
	objcopy --add-section .debug_info=section "$folder/vmlinux" linux/vmlinux
	cp "$folder/config" linux/.config
	# Not by guest(): teardown() would kill only the shell around it, and this guest waits for ever.
	"$VMTEST" --tree tree -k linux --gdb-kernel -- cat /proc/cmdline >out 2>messages 3>&- &
	launcher=$!
	wait_until 30 test -e messages
	until_told "in another terminal: gdb "
	line=$(sed -n 's/.*the guest waits for gdb.*in another terminal: //p' messages)
	[[ $line == "gdb $PWD/linux/vmlinux -ex 'target remote "*"'" ]]
	# Before the first instruction of the kernel.
	run bash -c "timeout 60 $line -batch -ex 'info registers rip' -ex detach </dev/null"
	echo "$output"
	[[ $output == *"0xfff0"* ]]
	status=0
	wait "$launcher" || status=$?
	cat messages
	[ "$status" -eq 0 ]
	grep -q nokaslr out
}

@test "--gdb-kernel=run: the guest does not wait" {
	run guest --gdb-kernel=run -- true
	cat messages
	[ "$status" -eq 0 ]
	grep -q 'the guest runs, and gdb can stop it; in another terminal: gdb ' messages
}

@test "--qemu-arg adds words to QEMU's command line, and no saved guest is used" {
	# The second guest would be the saved one.
	for _ in 1 2; do
		run guest --qemu-arg=-device --qemu-arg=virtio-rng-pci,id=mine -- sh -c 'cat /sys/bus/pci/devices/*/device'
		cat messages
		[ "$status" -eq 0 ]
		grep -qE '^0x(1005|1044)$' <<<"$output"
		run ! grep -q restoring messages
	done
	run guest --qemu-arg=--no-such-thing -- true
	cat messages
	[ "$status" -gt 239 ]
	grep -q no-such-thing messages
}

@test "the bpftool of the build is the first on the guest's PATH" {
	mkdir -p tree/build
	printf '#!/bin/sh\necho mine\n' >tree/build/bpftool
	chmod +x tree/build/bpftool
	run guest -- bpftool
	cat messages
	[ "$output" = mine ]
	rm -r tree/build
	run guest -- sh -c 'echo $PATH'
	[[ $output == /usr/* ]]
}
