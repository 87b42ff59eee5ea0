#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make a Debian package of the built programs, with man pages and completion. The programs and their
# files are in /usr/lib/bpf-selftests, with links in /usr/bin.
#
# usage: deb.sh O VERSION PACKAGE.deb	after make all man completion

set -eu
O=$1 version=$2 package=$3
root=$O/deb
suite=usr/lib/bpf-selftests

command -v dpkg-deb >/dev/null || {
	echo "deb.sh: dpkg-deb is not installed: install dpkg" >&2
	exit 1
}
rm -rf "$root"
mkdir -p "$root"/{DEBIAN,"$suite",usr/bin,usr/share/{man/man1,doc/bpf-selftests}} \
	"$root"/usr/share/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
make --no-print-directory -s O="$O" install DESTDIR="$root/$suite"
mv "$root/$suite/LICENSE" "$root/usr/share/doc/bpf-selftests/copyright"
for program in "$root/$suite"/test_progs* "$root/$suite/vmtest"; do
	name=$(basename "$program")
	ln -s "../lib/bpf-selftests/$name" "$root/usr/bin/$name"
done
for name in test_progs vmtest; do
	gzip -9nc "$O/man/$name.1" >"$root/usr/share/man/man1/$name.1.gz"
	cp "$O/completion/bash/$name" "$root/usr/share/bash-completion/completions/$name"
	cp "$O/completion/zsh/$name" "$root/usr/share/zsh/vendor-completions/_$name"
	cp "$O/completion/fish/$name" "$root/usr/share/fish/vendor_completions.d/$name.fish"
done

# The packages with the libraries that test_progs is linked with. A library may be in dpkg's list
# by a path without /usr.
libraries=$(ldd "$O/test_progs" | sed -nE 's/.* => (\/[^ ]+) .*/\1/p')
depends=$(for library in $libraries; do
	dpkg-query -S "*/${library##*/}" 2>/dev/null | sed -nE '1s/^([^:, ]+).*/\1/p'
done | LC_ALL=C sort -u | paste -sd, | sed 's/,/, /g')
cat >"$root/DEBIAN/control" <<-END
	Package: bpf-selftests
	Version: 0+${version//[^A-Za-z0-9.+~]/.}
	Architecture: $(dpkg --print-architecture)
	Maintainer: bpf-selftests <bpf-selftests@localhost>
	Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
	Depends: $depends
	Recommends: e2fsprogs, iproute2, qemu-system-x86, zstd
	Section: devel
	Priority: optional
	Description: BPF selftests for the Linux kernel
	 The program test_progs runs the tests, on this machine or, started by vmtest,
	 in a virtual machine with another kernel.
END
dpkg-deb --root-owner-group -Zgzip --build "$root" "$package" >/dev/null
rm -r "$root"
