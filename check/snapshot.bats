#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of saved guests. The images are in a cache of the test's own, with a link to the kernels of
# the user's cache. The guests are small: saving and restoring them takes less than a second. The
# program under test is $VMTEST (default: ./vmtest).
#
# shellcheck disable=SC2016 # the guest expands what is in single quotes

bats_require_minimum_version 1.5.0

setup_file() {
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	kernels=$(dirname "$("$VMTEST" --fetch-only 2> /dev/null)")
	export VMTEST kernels
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir tmp tree cache
	ln -s "$kernels" cache/kernels
	export TMPDIR="$PWD/tmp" VMTEST_CACHE="$PWD/cache"
}

# guest WORD...: run vmtest with a small guest; its messages go to the file "messages"
guest() {
	"$VMTEST" --mem 512M --accel tcg --tree tree "$@" 2> messages || { local status=$?; cat messages >&2; return $status; }
}

restored() {
	grep -q ' restoring ' messages
}

booted() {
	grep -q ' booting ' messages
}

# The folder of the saved guest, of which there is only one.
saved() {
	dirname cache/images/*/image.hash
}

saved_guests() {
	find cache/images -name image.hash | wc -l
}

# Fake an untouched file: a complete image has this modification time.
hide_change() {
	touch -d @1 "$(saved)/image"
}

@test "a guest is saved after its boot, and restored in the next run" {
	[ "$(guest -- echo one)" = one ]
	booted
	[ -e "$(saved)/image" ]
	[ "$(guest -- echo two)" = two ]
	restored
	run -1 booted
	run -3 guest -- sh -c 'exit 3'
	restored
}

@test "restored guests have the time, and each has its own random numbers" {
	local command='date +%s; cat /proc/sys/kernel/random/boot_id /proc/sys/kernel/random/uuid
		od -An -N 16 -t x1 /dev/urandom'
	local before
	for i in 1 2 3; do
		sleep 1.1
		before=$(date +%s)
		guest -- sh -c "$command" > "out$i"
		[ "$(head -n 1 "out$i")" -ge "$before" ]
		[ "$(head -n 1 "out$i")" -le "$(date +%s)" ]
	done
	restored
	# Three random values from each of three guests.
	[ "$(tail -q -n +2 out? | sort -u | wc -l)" -eq 9 ]
}

@test "grace periods end after a restore, and nothing stalls" {
	guest -- true
	# A grace period ends: membarrier and rmdir of a cgroup wait for one.
	guest -- sh -c 'mkdir /sys/fs/cgroup/a && rmdir /sys/fs/cgroup/a
		unshare -n true && cat /proc/uptime; sleep 1; cat /proc/uptime; dmesg' > out
	restored
	run -1 grep -e 'detected stall' -e 'BUG:' -e WARNING: -e 'soft lockup' out
	awk 'NR == 1 { start = $1 } NR == 2 { exit !($1 - start > 0.9 && $1 - start < 30) }' out
}

@test "the disks are those of this run" {
	echo old > tree/file
	guest -- sh -c 'cat file; echo new > file; echo new > /etc/hostname; touch /results/mine' > out
	[ "$(cat out)" = old ]
	echo other > tree/file
	guest --results results -- sh -c 'cat file /etc/hostname; ls -A /results; touch /results/mine' > out
	restored
	[ "$(cat out)" = "$(printf 'other\nvmtest\nlost+found')" ]
	[ -e results/mine ]
}

@test "another kernel, command line, memory size, number of CPUs or vmtest boots" {
	guest -- true
	guest --append quiet -- grep -o quiet /proc/cmdline
	booted
	guest --cpus 3 -- nproc > out
	booted
	[ "$(cat out)" -eq 3 ]
	guest --mem 640M -- true
	booted
	cp "$VMTEST" other
	printf x >> other
	VMTEST=$PWD/other guest -- true
	booted
	guest -- true
	restored
	touch -c "$(realpath cache/kernels/"$(guest -- uname -r)")/vmlinux"
	guest -- true
	booted
}

@test "a file named kernel that becomes another one boots" {
	cp cache/kernels/6.12.*cloud-amd64/vmlinux kernel 2> /dev/null || skip "no second kernel in the cache"
	guest -k kernel -- uname -r > out1
	cp "$(guest --fetch-only)/vmlinux" kernel
	guest -k kernel -- uname -r > out2
	booted
	run -1 cmp out1 out2
}

@test "--snapshot: never, always, auto with --verbose, nonsense" {
	guest --snapshot never -- true
	booted
	[ "$(saved_guests)" -eq 0 ]
	guest -- true
	[ "$(saved_guests)" -eq 1 ]
	guest --snapshot=never -- true
	booted
	guest -v -- true
	booted
	guest --snapshot=always -v -- true
	guest --snapshot=always -v -- true
	restored
	run -64 guest --snapshot=perhaps -- true
	grep -q 'cannot use "perhaps" for --snapshot: give auto, always or never' messages
}

# Each line changes the saved guest in the current folder. After each, the run boots.
damages() {
	cat <<-'END'
	printf x | dd of=image conv=notrunc bs=1 seek=0
	printf x | dd of=image conv=notrunc bs=1 seek=100
	printf xxxx | dd of=image conv=notrunc bs=1 seek=1000000
	printf '\377\377' | dd of=image conv=notrunc bs=1 seek=20000000
	dd if=/dev/zero of=image conv=notrunc bs=4096 seek=3000 count=1
	dd if=/dev/urandom of=image conv=notrunc bs=4096 seek=5000 count=100
	truncate -s -1 image
	truncate -s 0 image
	truncate -s 10000000 image
	printf x >> image
	cat image image > twice && mv twice image
	rm image && mkfifo image
	rm image && mkdir image
	rm image && ln -s /dev/zero image
	rm image
	rm image.hash
	: > image.hash
	sed -i 's/^...../00000/' image.hash
	rm description
	printf x >> description
	sed -i s/pc/q35/ description
	chmod 0 .
	END
}

@test "a saved guest that was damaged is never restored" {
	guest -- true
	local damage
	while read -r damage <&3; do
		chmod -R u+w "$(saved)"
		(cd "$(saved)" && eval "$damage" 2> /dev/null)
		hide_change || true
		# Root may read everything, so that the last damage is none for root.
		[ "$(guest -- echo right)" = right ]
		booted || { [ "$(id -u)" -eq 0 ] && [ "$damage" = "chmod 0 ." ]; } ||
			{ echo "restored after: $damage"; false; }
		chmod -R u+rwX cache/images
		guest -- true
		restored || { echo "not saved again after: $damage"; cat messages; false; }
	done 3< <(damages)
}

@test "the state of another guest, put in place of this one, is not restored" {
	guest -- true
	local first
	first=$(saved)
	mv "$first" away
	guest --append other -- true
	cp away/image away/image.hash "$(saved)"
	hide_change
	[ "$(guest --append other -- grep -o other /proc/cmdline)" = other ]
	booted
	grep -q 'the saved guest in .* is damaged: booting instead' messages
}

@test "no room for the state of a guest: it is not saved, and the run goes on" {
	make_faulty_qemu ':' '*" -initrd "*) ulimit -f 20000 ;;'
	[ "$(guest -- echo right)" = right ]
	grep -q 'cannot save the guest, so the next run boots too: ' messages
	[ "$(guest -- echo right)" = right ]
	booted
}

# Make a QEMU that boots as the real one does, and runs $1 when it is to restore a guest. $2 is for
# other cases.
make_faulty_qemu() {
	mkdir bin
	cat > bin/qemu-system-x86_64 <<-END
	#!/bin/sh
	case " \$* " in
	*" -incoming "*) $1 ;;
	${2-}
	esac
	exec $(command -v qemu-system-x86_64) "\$@"
	END
	chmod +x bin/qemu-system-x86_64
	PATH="$PWD/bin:$PATH"
}

@test "a QEMU that cannot restore: it boots, and says so" {
	make_faulty_qemu 'echo no memory >&2; exit 1'
	guest -- true
	[ "$(guest -- echo right)" = right ]
	booted
	grep -q 'cannot restore the saved guest (.*): booting instead' messages
}

@test "a state that QEMU refuses: it boots, and says so" {
	make_faulty_qemu 'for word; do shift; [ "$word" != 512M ] || word=500M; set -- "$@" "$word"; done'
	guest -- true
	[ "$(guest -- echo right)" = right ]
	booted
	grep -q 'cannot restore the saved guest (.*): booting instead' messages
}

@test "a restored guest that hears nothing: it boots, and says so" {
	# The arguments of the channel's device change its socket for nothing at all.
	make_faulty_qemu 'for word; do shift; [ "$word" != socket,id=channel,fd=10 ] || word=null,id=channel; set -- "$@" "$word"; done'
	guest -- true
	run -0 guest --boot-timeout 40 -- echo right
	[ "$output" = right ]
	booted
	grep -q 'cannot restore the saved guest (it does not come up): booting instead' messages
}

@test "four launchers at once, without and with a saved guest" {
	for round in booted restored; do
		for i in 1 2 3 4; do
			"$VMTEST" --mem 512M --accel tcg --tree tree -- sh -c 'cat /proc/sys/kernel/random/uuid' \
				> "$round.$i" 2> "messages.$i" &
		done
		wait
		[ "$(cat "$round".? | sort -u | wc -l)" -eq 4 ]
	done
	grep -q ' restoring ' messages.1
	[ "$(saved_guests)" -eq 1 ]
}

@test "a cache that cannot be written: it boots each time" {
	[ "$(id -u)" -ne 0 ] || skip "root writes everywhere"
	mkdir cache/images
	chmod a-w cache/images
	guest -- true
	[ "$(guest -- echo right)" = right ]
	booted
}

@test "after a panic the guest is restored, and the run goes on" {
	guest -- true
	run -5 guest --max-panics 1 -- sh -c 'test ! -e /results/second || exit 5
		touch /results/second; sync; echo c > /proc/sysrq-trigger; sleep 9'
	grep -q 'starting the guest again to go on (1 of at most 1)' messages
	[ "$(grep -c ' restoring ' messages)" -eq 2 ]
}
