# SPDX-License-Identifier: GPL-2.0-only
#
# Cellblock: everything from here. `make help` lists the targets.

VERSION := $(shell cat VERSION)
BUILD := $(CURDIR)/build
PREFIX ?= /usr
DESTDIR ?=
JOBS := $(shell nproc)
export VERSION PREFIX

ifneq ($(shell uname -m),aarch64)
CROSS_COMPILE ?= aarch64-linux-gnu-
endif
export CROSS_COMPILE
PYTHON := /usr/bin/python3

# Debian's arm64 kernel, headers and libraries, unpacked by scripts/fetch.sh.
-include $(BUILD)/debian/env.mk
ifeq ($(shell uname -m),aarch64)
KDIR ?= /lib/modules/$(shell uname -r)/build
endif
# The kernel that the module was built for, from the module itself.
KVER = $(shell strings $(BUILD)/driver/cellblock.ko | sed -n 's/^vermagic=\([^ ]*\).*/\1/p')

all: hypervisor driver cellctl host cellcheck configs inmates

help:
	@sed -n 's/^#: //p' Makefile

#: make             build everything (KDIR=: kernel to build the module for); cellctl for this
#:                  computer is in build/host/bin then
#: make demo        set up what is missing, boot QEMU and show a cell beside Linux
#: make check       set up what is missing, run all tests
#: make check-long  the same, for hours: more of everything, and a soak
#: make hostile     a hostile cell makes every attack it can think of
#: make sweep       what the tools make of all boards' device trees, as a table (SWEEP="-v NAME": some)
#: make boards      boots each board under QEMU by its own firmware and runs a cell on it
#: make soak        random operations on cells, checked (MINUTES=, SEED=, GIC=)
#: make bench       measure exits, latency, sizes (BENCH="exits ...": some of it)
#: make bench-plots  bring what it measured into docs/performance.md
#: make bench-expected  measure the exits that make check compares
#: make pictures    draw docs/pictures anew from configs/arm64
#: make models      check the models of tests/models with spin
#: make fuzz        fuzz everything that takes input (TIME=: seconds for each target)
#: make coverage    lines that unit tests and fuzzers reach
#: make reference   bring the comments of board.h into docs/configuration.md
#: make lint        sparse, cppcheck, clang-tidy, gcc -fanalyzer, stack depth, shellcheck
#: make run         a shell in the QEMU machine, everything installed (RUN="--gic 2 ...")
#: make install     install below $(DESTDIR)$(PREFIX)
#: make uninstall   remove that again
#: make deb         the Debian packages for arm64, in build/deb, checked with lintian
#: make clean       remove what was built

# What the targets below need; does nothing, quickly, when it is there.
setup:
	@scripts/setup.sh
	@scripts/fetch.sh

hypervisor:
	@$(MAKE) --no-print-directory -C hypervisor O=$(BUILD)/hypervisor

driver: hypervisor
	@test -n "$(KDIR)" || { echo "KDIR= names no kernel: run 'make setup', or set it"; exit 1; }
	@$(MAKE) --no-print-directory -C driver KDIR=$(KDIR) OBJ=$(BUILD)/driver

cellctl:
ifeq ($(shell uname -m),aarch64)
	@$(MAKE) --no-print-directory -C tools/cellctl
else
	@$(MAKE) --no-print-directory -C tools/cellctl arm64
endif

# The commands that the pages call "host", in build/host/bin: what needs no driver.
host:
	@$(MAKE) --no-print-directory -C tools/cellctl host

# What `cellctl config check` runs on the machine; in this tree it builds its own.
cellcheck:
ifeq ($(shell uname -m),aarch64)
	@$(MAKE) --no-print-directory -C tools/cellcheck
else
	@$(MAKE) --no-print-directory -C tools/cellcheck arm64
endif

configs:
	@$(MAKE) --no-print-directory -C configs O=$(BUILD)/configs

inmates:
	@$(MAKE) --no-print-directory -C inmates O=$(BUILD)/inmates

# Attackers, witnesses and what measures.
test-inmates:
	@$(MAKE) --no-print-directory -C tests/inmates O=$(BUILD)/tests/inmates

guest:
	@$(MAKE) --no-print-directory -C tests/system/guest

# EL3 of the machine that the tests boot with `--firmware strict`.
firmware:
	@$(MAKE) --no-print-directory -C tests/firmware O=$(BUILD)/firmware

# Debug information only makes the machine's memory fuller and its boot slower.
STRIP = $(CROSS_COMPILE)objcopy --strip-debug

# The test builds of hypervisor and driver, to be added to the root file system of the QEMU machine.
FAULTS := $(BUILD)/faults/staging/usr/lib/cellblock-faults
faults:
	@$(MAKE) --no-print-directory -C hypervisor FAULTS=1 O=$(BUILD)/faults/hypervisor
	@$(MAKE) --no-print-directory -C driver FAULTS=1 KDIR=$(KDIR) OBJ=$(BUILD)/faults/driver \
		IMAGE=$(BUILD)/faults/hypervisor/cellblock.bin
	@install -d $(FAULTS)
	@install -m 644 $(BUILD)/faults/hypervisor/cellblock.bin $(FAULTS)
	@$(STRIP) $(BUILD)/faults/driver/cellblock.ko \
		$(FAULTS)/cellblock.ko
	@cd $(BUILD)/faults/staging && find . -mindepth 1 | LC_ALL=C sort | \
		cpio --quiet -R 0:0 -o -H newc >$(BUILD)/rootfs-faults.cpio

# The module for the other kernels that fetch.sh has fetched, each to be added to the root file system.
# Their variables end in their names, with "_" for what cannot be in a variable's.
OTHER_KERNELS := $(patsubst %,kernel-%,$(subst :, ,$(KERNELS)))
kernels: $(OTHER_KERNELS)

$(OTHER_KERNELS): SUFFIX = _$(subst .,_,$(subst -,_,$(@:kernel-%=%)))
$(OTHER_KERNELS): MODULES = $(TREE)/root/lib/modules/$(KERNEL_RELEASE$(SUFFIX))
$(OTHER_KERNELS): TREE = $(BUILD)/kernels/$(@:kernel-%=%)
$(OTHER_KERNELS): hypervisor
	@$(MAKE) --no-print-directory -C driver KDIR=$(KDIR$(SUFFIX)) OBJ=$(TREE)/driver
	@rm -rf $(TREE)/root
	@install -D $(TREE)/driver/cellblock.ko -m 644 $(MODULES)/extra/cellblock.ko
	@PATH=$$PATH:/sbin:/usr/sbin depmod -b $(TREE)/root $(KERNEL_RELEASE$(SUFFIX)) 2>/dev/null
	@$(STRIP) $(MODULES)/extra/cellblock.ko
	@cd $(TREE)/root && find . -mindepth 1 | LC_ALL=C sort | \
		cpio --quiet -R 0:0 -o -H newc >$(TREE)/rootfs.cpio

# The tools that describe machines, and the headers of a configuration: nothing to build.
install-config:
	install -d $(DESTDIR)$(PREFIX)/lib/cellblock/cellctl_config $(DESTDIR)$(PREFIX)/sbin
	install -m 755 tools/cellctl-config/cellctl-config tools/cellctl-config/cellctl-collect \
		$(DESTDIR)$(PREFIX)/lib/cellblock
	ln -sf ../lib/cellblock/cellctl-collect $(DESTDIR)$(PREFIX)/sbin/cellctl-collect
	install -m 644 tools/cellctl-config/cellctl_config/*.py \
		$(DESTDIR)$(PREFIX)/lib/cellblock/cellctl_config
	install -d $(DESTDIR)$(PREFIX)/share/cellblock/include/cellblock
	install -m 644 include/cellblock/*.h $(DESTDIR)$(PREFIX)/share/cellblock/include/cellblock
	install -D -m 644 docs/json/cellctl.schema.json \
		$(DESTDIR)$(PREFIX)/share/cellblock/json/cellctl.schema.json

# The manual pages, from docs/man.
MAN := $(patsubst docs/man/%.scd,$(BUILD)/man/%,$(wildcard docs/man/*.scd))
man: $(MAN)

$(BUILD)/man/%: docs/man/%.scd
	@mkdir -p $(BUILD)/man
	@scdoc <$< >$@.new && mv $@.new $@

# All of it, on the machine itself or below DESTDIR; the packages of debian/rules have a part each.
PARTS := install-config install-cellctl install-image install-demos install-system install-man install-dev
install: all $(PARTS)
	install -D -m 644 $(BUILD)/driver/cellblock.ko \
		$(DESTDIR)/lib/modules/$(KVER)/extra/cellblock.ko

# Takes away what `make install` with the same variables has put there, but for changed configuration.
uninstall:
	@rm -rf $(BUILD)/installed
	@$(MAKE) --no-print-directory -s install DESTDIR=$(BUILD)/installed
	@scripts/uninstall.sh $(BUILD)/installed "$(DESTDIR)/"

# The command, what it judges configurations with, and its completion.
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
install-cellctl:
	install -D -m 755 $(BUILD)/tools/cellctl/cellctl $(DESTDIR)$(PREFIX)/bin/cellctl
	install -d $(DESTDIR)$(PREFIX)/sbin
	[ $(DESTDIR)$(PREFIX)/bin -ef $(DESTDIR)$(PREFIX)/sbin ] || \
		ln -sf ../bin/cellctl $(DESTDIR)$(PREFIX)/sbin/cellctl
	install -D -m 755 $(BUILD)/tools/cellcheck/cellcheck \
		$(DESTDIR)$(PREFIX)/lib/cellblock/cellcheck
	install -D -m 644 tools/completion/cellctl.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/cellctl
	install -D -m 644 tools/completion/_cellctl $(DESTDIR)$(ZSH_COMPLETIONS)/_cellctl

# What runs below Linux.
FIRMWARE ?= /lib/firmware
install-image:
	install -D -m 644 $(BUILD)/hypervisor/cellblock.bin $(DESTDIR)$(FIRMWARE)/cellblock.bin

# And beside it: configurations of the machine that QEMU is, and programs to try.
install-demos:
	install -d $(DESTDIR)$(PREFIX)/share/cellblock
	install -m 644 $(BUILD)/configs/*.cell $(BUILD)/inmates/*.bin \
		$(DESTDIR)$(PREFIX)/share/cellblock

# What systemd and udev read.
UNITS ?= /lib/systemd/system
UDEV ?= /lib/udev/rules.d
install-system:
	install -d $(DESTDIR)$(UNITS) $(DESTDIR)/etc/cellblock/cells
	install -m 644 system/cellblock.service system/cellblock-cell@.service $(DESTDIR)$(UNITS)
	install -D system/cell-unit.sh $(DESTDIR)$(PREFIX)/lib/cellblock/cell-unit
	install -D system/cellblock-generator.sh \
		$(DESTDIR)$(dir $(UNITS))system-generators/cellblock-generator
	install -D -m 644 system/cellblock.rules $(DESTDIR)$(UDEV)/60-cellblock.rules
	install -D -m 644 system/cellblock.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/cellblock.conf
	test -e $(DESTDIR)/etc/cellblock/cellblock.conf || \
		install -m 644 system/cellblock.conf $(DESTDIR)/etc/cellblock
	install -D -m 644 system/cell.conf.example \
		$(DESTDIR)$(PREFIX)/share/doc/cellblock/examples/cell.conf

install-man: man
	for page in $(notdir $(MAN)); do \
		install -D -m 644 $(BUILD)/man/$$page \
			$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page || exit; \
	done

# To write programs for cells, and programs that ask the driver: headers, and the inmates' library.
SDK := $(PREFIX)/share/cellblock/sdk
install-dev:
	install -d $(DESTDIR)$(PREFIX)/include/cellblock $(DESTDIR)$(PREFIX)/share/pkgconfig \
		$(addprefix $(DESTDIR)$(SDK)/,include lib example)
	install -m 644 include/cellblock/*.h $(DESTDIR)$(PREFIX)/include/cellblock
	install -m 644 inmates/include/*.h $(DESTDIR)$(SDK)/include
	install -m 644 inmates/lib/*.[chS] $(DESTDIR)$(SDK)/lib
	install -m 644 inmates/inmate.lds inmates/inmate.mk $(DESTDIR)$(SDK)
	install -m 644 inmates/example/* $(DESTDIR)$(SDK)/example
	sed 's#@PREFIX@#$(PREFIX)#; s#@VERSION@#$(VERSION)#' system/cellblock.pc.in \
		>$(DESTDIR)$(PREFIX)/share/pkgconfig/cellblock.pc

# The driver's source as DKMS wants it, below $(DESTDIR)/usr/src.
DKMS := $(DESTDIR)/usr/src/cellblock-$(VERSION)
install-dkms:
	install -d $(DKMS)/driver $(DKMS)/include/cellblock $(DKMS)/lib/config
	install -m 644 driver/*.[ch] driver/Kbuild driver/Makefile $(DKMS)/driver
	install -m 644 include/cellblock/*.h $(DKMS)/include/cellblock
	install -m 644 lib/config/*.[ch] $(DKMS)/lib/config
	install -m 644 VERSION $(DKMS)
	sha256sum <$(BUILD)/hypervisor/cellblock.bin >$(DKMS)/cellblock.bin.sha256
	sed 's/\#MODULE_VERSION\#/$(VERSION)/' driver/dkms.conf.in >$(DKMS)/dkms.conf

deb: setup
	@scripts/setup.sh --deb
	@scripts/deb.sh

# The disk of a Debian system to install these packages in.
system-disk: deb test-inmates
	@scripts/fetch.sh system
	@scripts/mksystem.sh

# The root file system of the QEMU machine, with everything installed.
rootfs: all guest firmware test-inmates
	@rm -rf $(BUILD)/staging
	@$(MAKE) --no-print-directory -s install DESTDIR=$(BUILD)/staging
	@install -m 644 $(BUILD)/tests/inmates/*.bin $(BUILD)/staging$(PREFIX)/share/cellblock
	@$(STRIP) $(BUILD)/staging/lib/modules/$(KVER)/extra/cellblock.ko
	@scripts/mkrootfs.sh $(BUILD)/rootfs.cpio $(BUILD)/staging $(BUILD)/system-guest

run: setup
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@$(PYTHON) scripts/qemu.py $(RUN)

demo:
	@scripts/demo.sh

check:
	@scripts/check.sh

check-long:
	@CB_LONG=1 scripts/check.sh

hostile:
	@scripts/hostile.sh

boards:
	@scripts/boards.sh

sweep: setup
	@$(PYTHON) tests/sweep/sweep.py $(SWEEP)

soak: setup
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs >/dev/null
	@$(PYTHON) tests/system/soak.py $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(SEED),--seed $(SEED)) $(if $(GIC),--gic $(GIC))

bench: setup
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@$(PYTHON) tests/bench/bench.py $(BENCH)

bench-expected: setup
	@$(MAKE) --no-print-directory -j$(JOBS) rootfs
	@$(PYTHON) tests/bench/bench.py exits --expected

bench-plots:
	@scripts/setup.sh --bench
	@$(PYTHON) tests/bench/plots.py

pictures: configs
	@$(PYTHON) tools/cellctl-config/cellctl-config config draw \
		$(addprefix $(BUILD)/configs/,qemu-virt-gicv3.cell demo-ring.cell demo-victim.cell) \
		-o docs/pictures/partitioning.svg

models: setup
	@tests/models/run.sh

fuzz: setup
	@$(MAKE) --no-print-directory -C tests/fuzz $(if $(TIME),TIME=$(TIME))

coverage: setup
	@tests/coverage.sh

reference:
	@$(PYTHON) scripts/reference.py

lint: setup
	@scripts/lint.sh

clean:
	rm -rf $(BUILD)/hypervisor $(BUILD)/driver $(BUILD)/tools $(BUILD)/host $(BUILD)/configs \
		$(BUILD)/inmates $(BUILD)/staging $(BUILD)/system-guest $(BUILD)/tests \
		$(BUILD)/system $(BUILD)/system-snapshots $(BUILD)/dtb \
		$(BUILD)/rootfs*.cpio $(BUILD)/lint $(BUILD)/check $(BUILD)/models \
		$(BUILD)/fuzz $(BUILD)/coverage $(BUILD)/faults $(BUILD)/soak $(BUILD)/bench \
		$(BUILD)/firmware $(BUILD)/kernels $(BUILD)/man $(BUILD)/deb $(BUILD)/system-disk \
		$(BUILD)/bench.json $(BUILD)/demo-build.log

.PHONY: all help setup hypervisor driver cellctl host cellcheck configs inmates test-inmates guest firmware faults \
	kernels $(OTHER_KERNELS) man $(PARTS) install-dkms install uninstall deb system-disk rootfs run demo check check-long hostile boards sweep soak bench \
	bench-expected bench-plots pictures models fuzz coverage reference lint clean
