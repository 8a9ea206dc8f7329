#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make demo`: gets what is missing, builds, and shows a cell beside Linux in QEMU.
# The last line is "demo: PASS, ..." or "demo: FAIL, ...".
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
LOG=$ROOT/build/demo-build.log

fail()
{
	echo "demo: FAIL, $1"
	exit 1
}

cd "$ROOT"
scripts/setup.sh || fail "packages are missing"
scripts/fetch.sh || fail "Debian's arm64 packages are missing"
echo "Building ..."
make --no-print-directory -j"$(nproc)" rootfs >"$LOG" 2>&1 || {
	tail -n 30 "$LOG"
	fail "the build failed, see build/demo-build.log"
}
exec /usr/bin/python3 scripts/demo.py
