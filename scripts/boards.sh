#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make boards`: boots each board under QEMU, through its real boot chain where QEMU's model has
# it, and runs a cell on it: tests/boards. The last line is "boards: <n> passed, <n> failed".
set -eu -o pipefail

ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT"
. scripts/common.sh
unset MAKEFLAGS MFLAGS

LOG=$BUILD/boards/pytest.log

count()
{
	sed -n "\$s/.*\\b\\([0-9]*\\) $1\\b.*/\\1/p" "$LOG"
}

scripts/setup.sh --boards
scripts/fetch.sh 6.12 boards
make --no-print-directory -j"$(nproc)" rootfs >/dev/null
mkdir -p "$BUILD/boards"
status=0
/usr/bin/python3 -m pytest -v -p no:cacheprovider "$@" tests/boards </dev/null 2>&1 |
	tee "$LOG" || status=$?
passed=$(count passed)
failed=$(count failed)
errors=$(count 'errors\?')
echo "boards: ${passed:-0} passed, $((${failed:-0} + ${errors:-0})) failed"
[ "$status" = 0 ] && [ "${passed:-0}" -gt 0 ] && [ -z "$failed$errors" ]
