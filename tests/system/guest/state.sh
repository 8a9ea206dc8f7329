# SPDX-License-Identifier: GPL-2.0-only
#
# Prints everything that a refusal must leave as it was. Sourced, as /usr/lib/cb-state.
#
# shellcheck shell=dash

cat /sys/devices/system/cpu/online /sys/module/cellblock/refcnt /proc/irq/*/smp_affinity_list
grep -v ' : cellblock stub$' /proc/iomem # from the first enable on, also if it was refused
for cell in /sys/class/misc/cellblock/cells/*; do
	[ ! -e "$cell" ] || cellctl show "${cell##*/}"
done
