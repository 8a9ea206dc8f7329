# SPDX-License-Identifier: GPL-2.0-only
#
# Prints everything that a refusal must leave as it was. Sourced, as /usr/lib/cb-state.
#
# shellcheck shell=dash

cat /sys/devices/system/cpu/online /proc/iomem /sys/module/cellblock/refcnt \
	/proc/irq/*/smp_affinity_list
for cell in /sys/class/misc/cellblock/cells/*; do
	[ ! -e "$cell" ] || cellctl show "${cell##*/}"
done
