#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds cellblock.ko as DKMS does it on a machine on which the package cellblock-dkms is
# installed, but for the test system: from the package that `make deb` has made, below build/.
#
# usage: scripts/dkms.sh KERNEL-RELEASE KERNEL-HEADERS OUT.ko
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

[ $# = 3 ] || die "usage: dkms.sh KERNEL-RELEASE KERNEL-HEADERS OUT.ko"
RELEASE=$1 HEADERS=$2 OUT=$3
VERSION=$(cat "$ROOT/VERSION")
DEB=$BUILD/deb/cellblock-dkms_${VERSION}_all.deb
[ -f "$DEB" ] || die "there is no $DEB: run make deb"

DIR=$(mktemp -d "$BUILD/dkms.XXXXXX")
trap 'rm -rf "$DIR"' EXIT
dpkg-deb -x "$DEB" "$DIR/root"
mkdir "$DIR/tree"
PATH=$PATH:/sbin:/usr/sbin dkms build "cellblock/$VERSION" -k "$RELEASE" \
	--kernelsourcedir "$HEADERS" --arch aarch64 \
	--dkmstree "$DIR/tree" --sourcetree "$DIR/root/usr/src"
cat "$DIR/tree/cellblock/$VERSION/$RELEASE/aarch64/log/make.log"
cp "$DIR/tree/cellblock/$VERSION/$RELEASE/aarch64/module/cellblock.ko" "$OUT"
