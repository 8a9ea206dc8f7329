#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes the initramfs that the test system boots: a static busybox, the /init of
# scripts/rootfs, the virtio modules of the kernel, and whatever was installed
# below the given staging directories. Needs no privileges. It is not compressed: an emulator
# takes longer to unpack it than to read it.
#
# usage: scripts/mkrootfs.sh OUT.cpio [STAGING-DIR...]
#
# The modules are those of Debian's 6.1 kernel; MODULES= names others than virtio's.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

MODULES=${MODULES:-virtio_pci virtio_mmio virtio_blk virtio_net virtio_mem i6300esb}

[ $# -ge 1 ] || die "usage: mkrootfs.sh OUT.cpio [STAGING-DIR...]"
OUT=$1
shift

# shellcheck disable=SC1091	# made by fetch.sh
. "$BUILD/debian/env.mk"

# Prints the files, relative to MODULES_DIR, of module $1 and all it needs.
module_files()
{
	sed -n "s#^\\([^:]*/$1\\.ko[^:]*\\):\\(.*\\)#\\1\\2#p" "$MODULES_DIR/modules.dep"
}

copy_modules()
{
	local dest=$1/lib/modules/$KERNEL_RELEASE module file

	mkdir -p "$dest"
	cp "$MODULES_DIR"/modules.{order,builtin,builtin.modinfo} "$dest/"
	for module in $MODULES; do
		for file in $(module_files "$module"); do
			mkdir -p "$dest/$(dirname "$file")"
			cp "$MODULES_DIR/$file" "$dest/$file"
		done
	done
}

make_tree()
{
	local tree=$1 dir
	shift

	mkdir -p "$tree"/{bin,sbin,usr/bin,usr/sbin,etc,proc,sys,dev,tmp,run,root,mnt}
	cp "$BUSYBOX" "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	cp -R "$ROOT/scripts/rootfs/." "$tree/"
	copy_modules "$tree"
	for dir; do
		cp -R "$dir/." "$tree/"
	done
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$tree" "$KERNEL_RELEASE"
}

mkdir -p "$(dirname "$OUT")"
TREE=$(mktemp -d "$OUT.XXXXXX")
trap 'rm -rf "$TREE" "$OUT.new.$$"' EXIT
make_tree "$TREE/root" "$@"
(cd "$TREE/root" && find . -mindepth 1 | LC_ALL=C sort |
	cpio --quiet --reproducible -R 0:0 -o -H newc) >"$OUT.new.$$"
mv "$OUT.new.$$" "$OUT"
