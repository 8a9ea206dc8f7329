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

# How many tests pytest's last line says were $1.
count()
{
	tail -n 1 "$LOG" | grep -oE "[0-9]+ $1" | grep -oE '^[0-9]+' || echo 0
}

scripts/setup.sh --boards
scripts/fetch.sh 6.12 boards
make --no-print-directory -j"$(nproc)" rootfs kernel-6.12 >/dev/null
mkdir -p "$BUILD/boards"
status=0
/usr/bin/python3 -m pytest -v -p no:cacheprovider "$@" tests/boards </dev/null 2>&1 |
	tee "$LOG" || status=$?
passed=$(count passed)
failed=$(($(count failed) + $(count error)))
# An end without a word about any test is one failure.
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "boards: $passed passed, $failed failed"
[ "$failed" = 0 ]
