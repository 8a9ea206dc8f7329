# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Builds programs for cells with the library that lies beside this file. For a Makefile of one's own:
#
#	INMATES := pump			# pump.bin of pump.c
#	OBJS_pump := control.o		# and of control.c
#	include $(shell pkg-config --variable=sdk cellblock)/inmate.mk
#
#	make [O=DIR] [CROSS_COMPILE=aarch64-linux-gnu-] [CC=clang] [LD=ld.lld] [V=1]
#
# O is where everything is built, by default the current directory; sources are looked for in SRC, that of
# the Makefile. NAME.bin is an arm64 Image that cellctl loads into a cell and QEMU starts with -kernel,
# NAME.elf the same with symbols. libfdt is arm64's of Debian's libfdt-dev; LIBFDT and LIBFDT_INCLUDE name
# another one.

SDK := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
SRC ?= $(patsubst %/,%,$(dir $(abspath $(firstword $(MAKEFILE_LIST)))))
O ?= .
override O := $(abspath $(O))

ifneq ($(shell uname -m),aarch64)
CROSS_COMPILE ?= aarch64-linux-gnu-
endif
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin LD),default)
LD := $(CROSS_COMPILE)ld
endif
OBJCOPY ?= $(CROSS_COMPILE)objcopy
READELF ?= $(CROSS_COMPILE)readelf
ifeq ($(origin AR),default)
AR := $(CROSS_COMPILE)ar
endif
# In Cellblock's tree, and installed.
ABI_INCLUDE ?= $(patsubst %/cellblock,%,$(firstword $(wildcard $(SDK)/../include/cellblock \
	$(SDK)/../../../include/cellblock)))
LIBFDT ?= $(firstword $(wildcard /usr/lib/aarch64-linux-gnu/libfdt.a) \
	$(shell $(CC) -print-file-name=libfdt.a))
LIBFDT_INCLUDE ?= /usr/include

CLANG := $(findstring clang,$(shell $(CC) --version))
cc-option = $(shell $(CC) -Werror $(1) -E -x c /dev/null >/dev/null 2>&1 && echo $(1))

# Cortex-A53 before r0p5 (errata 843419 and 835769), as the hypervisor is built.
A53_ERRATA := -mfix-cortex-a53-835769

# No FP registers: an interrupt need not save them. libfdt.a alone uses them.
# Strict alignment: parts run with the MMU off.
CFLAGS := -std=gnu11 -O2 -g -ffreestanding -nostdinc \
	-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wundef -Wvla -fno-common -fpie -fvisibility=hidden -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-strict-aliasing -fomit-frame-pointer \
	-ffunction-sections -fdata-sections -ffile-prefix-map=$(SDK)/= -ffile-prefix-map=$(SRC)/= \
	-mgeneral-regs-only -mstrict-align -mno-outline-atomics $(A53_ERRATA) \
	$(call cc-option,-fno-tree-loop-distribute-patterns) $(EXTRA_CFLAGS)
ifneq ($(CLANG),)
CFLAGS += --target=aarch64-linux-gnu
endif
# libc's headers lie where those of the ABI and of libfdt are: the library's own come first.
CPPFLAGS := -I$(SDK)/include -isystem $(shell $(CC) -print-file-name=include) \
	-idirafter $(ABI_INCLUDE) -idirafter $(LIBFDT_INCLUDE) -MMD -MP
LDFLAGS := -pie --no-dynamic-linker -z notext -z norelro -z max-page-size=4096 \
	-z noexecstack --build-id=none --gc-sections -Bsymbolic --fix-cortex-a53-843419

LIB := start vectors exceptions boot mmu gic gicv2 gicv3 timer uart console printf \
	dt psci cmdline string smp
LIB_OBJS := $(LIB:%=$(O)/lib/%.o)
# What NAME.bin is made of: NAME.o unless MAIN_NAME says otherwise, and OBJS_NAME.
objects = $(addprefix $(O)/,$(or $(MAIN_$(1)),$(1).o) $(OBJS_$(1)))

# V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' $(1) $(notdir $@))

.DEFAULT_GOAL := all
all: $(INMATES:%=$(O)/%.bin)

$(O)/%.bin: $(O)/%.elf
	$(call say,IMAGE)
	$(Q)$(OBJCOPY) -O binary $< $@

# start.S knows one kind of relocation.
define INMATE
$(O)/$(1).elf: $(call objects,$(1)) $(O)/lib/libinmate.a $(SDK)/inmate.lds
	$$(call say,LD)
	$$(Q)$$(LD) $$(LDFLAGS) -T $(SDK)/inmate.lds -o $$@.tmp $(call objects,$(1)) \
		--whole-archive $(O)/lib/libinmate.a --no-whole-archive $$(LIBFDT)
	@if $$(READELF) -rW $$@.tmp | grep R_AARCH64 | grep -v R_AARCH64_RELATIVE; then \
		echo "$$@: relocation that start.S does not apply" >&2; exit 1; fi
	@mv $$@.tmp $$@
endef
$(foreach name,$(INMATES),$(eval $(call INMATE,$(name))))

$(O)/lib/libinmate.a: $(LIB_OBJS)
	$(call say,AR)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# Objects depend on the flags they were made with.
FLAGS_FILE := $(O)/.flags
FLAGS := $(CC) $(CFLAGS) $(CPPFLAGS) $(LD) $(LDFLAGS)
$(shell mkdir -p $(O)/lib; echo '$(FLAGS)' | cmp -s - $(FLAGS_FILE) || echo '$(FLAGS)' >$(FLAGS_FILE))
# make may have read the directory before that.
$(FLAGS_FILE): ;

define COMPILE
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
endef

$(O)/lib/%.o: $(SDK)/lib/%.c $(FLAGS_FILE)
	$(COMPILE)

$(O)/lib/%.o: $(SDK)/lib/%.S $(FLAGS_FILE)
	$(COMPILE)

$(O)/%.o: $(SRC)/%.c $(FLAGS_FILE)
	$(COMPILE)

$(O)/%.o: $(SRC)/%.S $(FLAGS_FILE)
	$(COMPILE)

INMATE_OBJS := $(sort $(foreach name,$(INMATES),$(call objects,$(name))))

clean:
	rm -rf $(O)/lib $(FLAGS_FILE) $(INMATE_OBJS) $(INMATE_OBJS:.o=.d) \
		$(INMATES:%=$(O)/%.elf) $(INMATES:%=$(O)/%.bin)

.PHONY: all clean
.SECONDARY:

-include $(LIB_OBJS:.o=.d) $(INMATE_OBJS:.o=.d)
