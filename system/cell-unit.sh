#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What cellblock-cell@NAME.service does before it watches its cell, and after that: creates,
# loads and starts it, or destroys it. CONFIG, IMAGE, ARGS, INITRD and DTB are those of
# cellblock.conf(5). A cell that somebody else has created is left alone.
#
# usage: cell-unit start|stop NAME
set -eu

NAME=$2
MARK=/run/cellblock/$NAME.unit	# the cell is this unit's

die()
{
	echo "cellblock-cell: $*" >&2
	exit 1
}

# require VARIABLE WHAT: the file sets it.
require()
{
	eval "value=\${$1-}"
	[ -n "$value" ] ||
		die "/etc/cellblock/cells/$NAME.conf sets no $1: name $2 there, see cellblock.conf(5)"
}

load()
{
	set -- "$NAME" "$IMAGE"
	[ -z "${ARGS-}" ] || set -- "$@" --args "$ARGS"
	[ -z "${INITRD-}" ] || set -- "$@" --initrd "$INITRD"
	[ -z "${DTB-}" ] || set -- "$@" --dtb "$DTB"
	cellctl load "$@"
}

# If a step fails, systemd calls stop.
start()
{
	require CONFIG "the cell's configuration (.cell)"
	require IMAGE "the image that it runs"
	cellctl create "$CONFIG" --name "$NAME"
	mkdir -p /run/cellblock
	: >"$MARK"
	load
	cellctl start "$NAME"
}

# The record of a failed cell ends with it: the journal keeps it. 6: cellctl watch, it failed.
stop()
{
	[ -e "$MARK" ] || exit 0
	rm "$MARK"
	[ "${EXIT_STATUS-}" != 6 ] || cellctl show "$NAME" || true
	cellctl destroy "$NAME"
}

case $1 in
start) start ;;
stop) stop ;;
*) die "there is no \"$1\": say start or stop" ;;
esac
