#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make deb`: builds the Debian packages for arm64 into build/deb from a copy of the tree, and
# checks them with lintian: nothing that it warns of is left.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

OUT=$BUILD/deb
SOURCE=$OUT/source
unset MAKEFLAGS MFLAGS MAKELEVEL

copy_tree()
{
	rm -rf "$OUT"
	mkdir -p "$SOURCE/build"
	tar -C "$ROOT" --exclude=./build --exclude=./.git --exclude=__pycache__ -cf - . |
		tar -C "$SOURCE" -xf -
	ln -s "$BUILD/debian" "$SOURCE/build/debian"
}

# -d: the libraries of arm64 are not installed here, but unpacked.
build()
{
	cd "$SOURCE"
	dpkg-buildpackage -aarm64 -Pcross,nocheck -b -us -uc -d -j"$(nproc)"
}

say "building in $OUT"
copy_tree
build >"$OUT/build.log" 2>&1 || {
	tail -n 40 "$OUT/build.log" >&2
	die "the packages do not build: see $OUT/build.log"
}
lintian --fail-on error,warning --tag-display-limit 0 "$OUT"/*.changes
ls "$OUT"/*.deb
