#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs fuzzers that are built, one after the other: called by tests/fuzz/Makefile.
#
# usage: run.sh BUILD-DIRECTORY "LIMIT OPTION..." TARGET...
set -eu

OUT=$1
read -r -a LIMIT <<<"$2"
shift 2
HERE=$(cd "$(dirname "$0")" && pwd)

targets=0 executions=0 errors=0
for target; do
	log=$OUT/$target.log
	targets=$((targets + 1))
	if "$OUT/$target.bin" "${LIMIT[@]}" -print_final_stats=1 -max_len=2048 \
		-dict="$HERE/$target.dict" -artifact_prefix="$OUT/$target-" \
		"$OUT/$target" "$HERE/corpus/$target" >"$log" 2>&1; then
		echo "  ok    $target"
	else
		errors=$((errors + 1))
		tail -n 40 "$log" | sed 's/^/        /'
		echo "  FAIL  $target"
	fi
	done=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	executions=$((executions + ${done:-0}))
done
echo "fuzz: $targets targets, $executions executions, $errors errors"
[ $errors = 0 ]
