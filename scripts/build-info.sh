#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print C source with the version of the suite and of the tools that built it
# (runner/needs/build_info.h).
#
# usage: build-info.sh SUITE_VERSION CLANG BPFTOOL

first_version() {
	"$@" 2>/dev/null | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1
}

cat <<-END
	// SPDX-License-Identifier: GPL-2.0-only
	/* Made by scripts/build-info.sh. */
	#include "runner/needs/build_info.h"

	const struct build_info build_info = {
	 .suite = "$1",
	 .clang = "$(first_version "$2" --version)",
	 .bpftool = "$(first_version "$3" version)",
	};
END
