#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make uninstall`: removes from TARGET the files that lie in INSTALLED, a directory that the same
# version was installed into, and the directories that are empty then. Configuration below /etc that was
# changed stays.
#
# usage: scripts/uninstall.sh INSTALLED TARGET
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

[ $# = 2 ] || die "usage: uninstall.sh INSTALLED TARGET"
INSTALLED=$1 TARGET=${2%/}

cd "$INSTALLED"
find . ! -type d | while read -r name; do
	case $name in
	./etc/*) cmp -s "$name" "$TARGET/$name" || continue ;;
	esac
	rm -f "$TARGET/$name"
done
find . -mindepth 1 -depth -type d | while read -r name; do
	rmdir --ignore-fail-on-non-empty "$TARGET/$name" 2>/dev/null || true
done
