#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make hostile`: gets what is missing, builds, and makes every attack of the inmate `hostile` in every
# setting of tests/system/test_hostile.py. The last line is "hostile: <n> cases, <n> contained"; the
# exit status says whether these are the same number.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
OUT=$ROOT/build/check
XML=$OUT/hostile.xml
JOBS=$(nproc)

cd "$ROOT"
scripts/setup.sh
scripts/fetch.sh
mkdir -p "$OUT"
make --no-print-directory -j"$JOBS" rootfs >"$OUT/hostile-build.log" 2>&1 || {
	tail -n 30 "$OUT/hostile-build.log"
	exit 1
}
rm -f "$XML"
CB_LONG=1 /usr/bin/python3 -m pytest -v -p no:cacheprovider -n "$JOBS" --dist loadgroup \
	--junitxml="$XML" tests/system/test_hostile.py </dev/null || true
exec /usr/bin/python3 - "$XML" <<-'END'
	import sys
	import xml.etree.ElementTree as tree
	bad = {}
	for case in tree.parse(sys.argv[1]).iter("testcase"):
	    failed = any(child.tag in ("failure", "error") for child in case)
	    bad[case.get("name")] = bad.get(case.get("name"), False) or failed
	contained = list(bad.values()).count(False)
	print(f"hostile: {len(bad)} cases, {contained} contained")
	sys.exit(not bad or contained != len(bad))
END
