#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A generator of systemd's, see systemd.generator(7): orders the units of cells among each other
# as AFTER= in /etc/cellblock/cells/NAME.conf says. A cell starts after those that are
# named there and stops before them.
#
# usage: cellblock-generator DIRECTORY...
set -eu

CELLS=${CELLBLOCK_CELLS:-/etc/cellblock/cells}
UNITS=$1

complain()
{
	echo "<3>cellblock-generator: $*" >/dev/kmsg 2>/dev/null ||
		echo "cellblock-generator: $*" >&2
}

# The last AFTER= of a file counts, as for systemd; quotes around it are not part of it.
names_before()
{
	sed -n "s/^[[:space:]]*AFTER=[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\}[[:space:]]*\$/\1/p" "$1" |
		tail -n 1
}

# order NAME OTHER...: a drop-in for the unit of cell NAME.
order()
{
	directory=$UNITS/cellblock-cell@$1.service.d
	shift
	mkdir -p "$directory"
	{
		echo "# Made by cellblock-generator from $CELLS."
		echo "[Unit]"
		for other; do
			echo "After=cellblock-cell@$other.service"
		done
	} >"$directory/order.conf"
}

for file in "$CELLS"/*.conf; do
	[ -f "$file" ] || continue
	before=$(names_before "$file")
	case $before in
	*[!A-Za-z0-9._\ -]*)
		complain "$file: AFTER=$before names no cells: write names with spaces between them"
		;;
	*[!\ ]*)
		set -f
		# shellcheck disable=SC2086	# a list of words
		order "$(basename "$file" .conf)" $before
		set +f
		;;
	esac
done
