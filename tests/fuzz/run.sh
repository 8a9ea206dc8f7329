#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs fuzzers that are built, several at a time: called by tests/fuzz/Makefile.
#
# usage: run.sh BUILD-DIRECTORY JOBS runs|time TARGET=LIMIT...
set -eu

OUT=$1 JOBS=$2 KIND=$3
shift 3
HERE=$(cd "$(dirname "$0")" && pwd)

# fuzz TARGET LIMIT: prints one line.
fuzz()
{
	local target=$1 log=$OUT/$1.log options=(-max_total_time="$2")

	mkdir -p "$OUT/$target" # for inputs that are new
	[ "$KIND" = time ] || options=(-runs="$2" -seed=1)
	[ ! -f "$HERE/$target.dict" ] || options+=(-dict="$HERE/$target.dict")
	if "$OUT/$target.bin" "${options[@]}" -print_final_stats=1 -max_len=2048 -len_control=0 \
		-timeout=60 \
		-artifact_prefix="$OUT/$target-" \
		"$OUT/$target" "$OUT/corpus/$target" >"$log" 2>&1; then
		echo "  ok    $target, $(executions "$target") executions"
	else
		tail -n 60 "$log" | sed 's/^/        /'
		echo "  FAIL  $target"
	fi
}

executions()
{
	sed -n 's/^stat::number_of_executed_units: *//p' "$OUT/$1.log" | grep . || echo 0
}

targets=0 sum=0
for argument; do
	[ "$(jobs -rp | wc -l)" -lt "$JOBS" ] || wait -n
	fuzz "${argument%%=*}" "${argument#*=}" >"$OUT/${argument%%=*}.result" &
done
wait
for argument; do
	target=${argument%%=*}
	targets=$((targets + 1))
	sum=$((sum + $(executions "$target")))
	cat "$OUT/$target.result"
done
errors=$(for argument; do cat "$OUT/${argument%%=*}.result"; done | grep -c '^  FAIL' || true)
echo "fuzz: $targets targets, $sum executions, $errors errors"
[ "$errors" = 0 ]
