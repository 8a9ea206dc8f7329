#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make deb`: builds the Debian packages for arm64 into build/deb from a copy of the tree, and for this
# machine, if it is another one, those that are for every architecture. Checks them with lintian: nothing
# that it warns of is left.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

OUT=$BUILD/deb
unset MAKEFLAGS MFLAGS MAKELEVEL

copy_tree()
{
	mkdir -p "$1/build"
	tar -C "$ROOT" --exclude=./build --exclude=./.git --exclude=__pycache__ -cf - . |
		tar -C "$1" -xf -
	ln -s "$BUILD/debian" "$1/build/debian"
}

# build DIRECTORY ARGUMENT...: -d: the libraries of arm64 are not installed here, but unpacked.
build()
{
	local source=$OUT/$1/source log=$OUT/$1.log
	shift

	copy_tree "$source"
	(cd "$source" && dpkg-buildpackage -us -uc -d -j"$(nproc)" "$@") >"$log" 2>&1 || {
		tail -n 40 "$log" >&2
		die "the packages do not build: see $log"
	}
	lintian --fail-on error,warning --tag-display-limit 0 "$source"/../*.changes
	mv "$source"/../*.deb "$source"/../*.changes "$source"/../*.buildinfo "$OUT"
	rm -rf "$source"
}

say "building in $OUT"
rm -rf "$OUT"
build packages -aarm64 -Pcross,nocheck -b
[ "$(dpkg --print-architecture)" = arm64 ] || build host -Pnocheck -B
ls "$OUT"/*.deb
