# SPDX-License-Identifier: GPL-2.0-only
#
# The C files of the hypervisor by floor, from the ground up (README.md): for its Makefile, and for
# whatever else is built from them. Names are without the ".c", from HV_DIR, which is this
# directory; those of the file format's check, which programs for Linux link, too, from LIB_DIR.

HV_DIR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
LIB_DIR := $(HV_DIR)/../lib
ARCH_DIR := arch/arm64

hv_files = $(patsubst $(HV_DIR)/%.c,%,$(sort $(wildcard $(HV_DIR)/$(1)/*.c)))

CONFIG := $(patsubst $(LIB_DIR)/%.c,%,$(sort $(wildcard $(LIB_DIR)/config/*.c)))
BASE := $(call hv_files,base)
ARCH := $(filter-out %/offsets,$(call hv_files,$(ARCH_DIR)))
MM := $(call hv_files,mm)
GIC := $(call hv_files,gic)
VDEV := $(call hv_files,vdev)
CELL := $(call hv_files,cell)
EXIT := $(call hv_files,exit)

FLOORS := $(BASE) $(ARCH) $(MM) $(GIC) $(VDEV) $(CELL) $(EXIT)

# For programs that need nothing else.
CONFIG_SRCS := $(CONFIG:%=$(LIB_DIR)/%.c)
