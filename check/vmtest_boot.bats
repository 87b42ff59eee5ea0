#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# vmtest with guests: each test boots the pinned kernel once, 3 to 5 s under TCG.
# The program under test is $VMTEST (default: ./vmtest); the cache is the user's own, so that the
# kernel is fetched once. Guests see a small tree, not the suite's.
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

# guest WORD...: vmtest on the small tree, its messages apart in the file "messages"
guest() {
	"$VMTEST" --tree tree "$@" 2> messages
}

# A kernel that never says a word: it has the PVH entry that QEMU wants, and jumps to itself.
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

# wait_until SECONDS COMMAND...: until the command succeeds
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

@test "exit status, stdout, stderr, stdin and surroundings of the command" {
	run --separate-stderr "$VMTEST" --tree tree -- sh -c '
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
	guest -- cat < bytes > copy
	cmp bytes copy
}

@test "an unread output ends the command as without a guest" {
	run bash -c '"$0" --tree tree --timeout 60 -- yes 2> messages | head -n 1
		exit ${PIPESTATUS[0]}' "$VMTEST"
	cat messages
	[ "$status" -eq 141 ]
	[ "$output" = y ]
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

@test "a guest that powers off without a report" {
	run guest -- sh -c 'echo o > /proc/sysrq-trigger; sleep 60'
	[ "$status" -eq 246 ]
	grep -q 'without reporting' messages
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
