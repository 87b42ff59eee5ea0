#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# One step of a bisection: build the kernel of the working folder, boot it, run the tests. For
# `git bisect run` in a kernel tree, whose .config is kept.
#
# The exit status is that of `vmtest --bisect`: 0 good, 1 bad, 125 if the kernel does not build or
# boot, 128 and up if the bisection has to end.
#
# usage: git bisect run /path/to/scripts/bisect.sh [OPTION OF TEST_PROGS]...
#
# VMTEST=WORDS: vmtest to use, with options, instead of the one beside this script

suite=$(cd "$(dirname "$0")/.." && pwd) || exit 255
vmtest=${VMTEST:-$suite/vmtest}

if [ ! -f .config ]; then
	echo "bisect: no .config in $PWD: run this in a kernel tree that is configured" >&2
	exit 255
fi
# A newer option gets its default; what the build prints stays out of the way of the result.
if ! { make olddefconfig && make -j"$(nproc)"; } </dev/null >bisect.log 2>&1; then
	tail -n 5 bisect.log >&2
	echo "bisect: the kernel does not build: cannot tell; see $PWD/bisect.log" >&2
	exit 125
fi
# shellcheck disable=SC2086 # VMTEST may have options
exec $vmtest --bisect -k . -- ./test_progs -j "$@"
