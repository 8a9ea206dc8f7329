# SPDX-License-Identifier: GPL-2.0-only
#
# libhv-host.a: the hypervisor as a library of a process (arch/host). The Makefile that includes
# this has said
#
#	HOST_OUT	where objects and library go
#	HOST_CC		the compiler
#	HOST_FLAGS	optimisation, warnings, sanitizers
#	HOST_NEEDS	what makes all objects old, if it changes
#
# and has from it
#
#	LIBHV		the library; its members are linked as they are needed, so a program that has a
#			function of its own in place of one of the hypervisor's links it before
#	HOST_CPPFLAGS	what a file needs that includes headers of the hypervisor
#	HOST_GIC	an object in place of gic/ (arch/host.h)

include $(dir $(lastword $(MAKEFILE_LIST)))sources.mk

HOST_DIR := $(HV_DIR)/arch/host
LIBHV := $(HOST_OUT)/libhv-host.a
HOST_GIC := $(HOST_OUT)/arch/host/gic.o
HOST_CPPFLAGS := -D_GNU_SOURCE -I$(HOST_DIR)/include -I$(HV_DIR)/$(ARCH_DIR)/include \
	-I$(HV_DIR) -I$(LIB_DIR) -I$(HV_DIR)/../include
# Types are punned as at EL2.
HOST_CODE := -std=gnu11 -fno-strict-aliasing

# The process has memcpy() and the like itself. Files with instructions of the CPU's are for it only.
HOST_HAS := base/string $(patsubst $(HV_DIR)/%.c,%,$(shell grep -l __asm__ $(FLOORS:%=$(HV_DIR)/%.c)))
HOST_NAMES := $(filter-out $(HOST_HAS),$(FLOORS)) $(CONFIG) arch/host/host
HOST_OBJS := $(HOST_NAMES:%=$(HOST_OUT)/%.o)

$(LIBHV): $(HOST_OBJS)
	@rm -f $@
	@$(shell $(HOST_CC) -print-prog-name=ar) rcs $@ $^

HOST_COMPILE = mkdir -p $(@D) && $(HOST_CC) $(HOST_CODE) $(HOST_FLAGS) $(HOST_CPPFLAGS) \
	-DCELLBLOCK_VERSION='""' -MMD -MP -c -o $@ $<

$(HOST_OUT)/%.o: $(HV_DIR)/%.c $(HV_DIR)/host.mk $(HV_DIR)/sources.mk $(HOST_NEEDS)
	@$(HOST_COMPILE)

$(HOST_OUT)/%.o: $(LIB_DIR)/%.c $(HV_DIR)/host.mk $(HV_DIR)/sources.mk $(HOST_NEEDS)
	@$(HOST_COMPILE)

-include $(HOST_OBJS:.o=.d) $(HOST_GIC:.o=.d)
