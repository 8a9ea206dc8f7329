# SPDX-License-Identifier: GPL-2.0-only
"""A device tree of the machine that tool.board() describes, and a device for every question."""

from __future__ import annotations

import subprocess
from pathlib import Path

SOURCE = """/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "test,board";
	interrupt-parent = <&gic>;
	aliases { serial0 = &uart0; };
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 { device_type = "cpu"; reg = <0>; };
		cpu@1 { device_type = "cpu"; reg = <1>; };
		cpu@2 { device_type = "cpu"; reg = <2>; };
		cpu@3 { device_type = "cpu"; reg = <3>; };
	};
	gic: interrupt-controller@8000000 {
		compatible = "arm,gic-v3";
		#interrupt-cells = <3>;
		interrupt-controller;
		reg = <0 0x08000000 0 0x10000>, <0 0x080a0000 0 0xf60000>;
	};
	memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x40000000>; };
	clk: clock { #clock-cells = <1>; compatible = "test,clocks"; };
	uart0: serial@9000000 {
		compatible = "arm,pl011";
		reg = <0 0x09000000 0 0x1000>;
		interrupts = <0 1 4>;
	};
	serial@9040000 {
		compatible = "arm,pl011";
		reg = <0 0x09040000 0 0x1000>;
		interrupts = <0 8 4>;
		clocks = <&clk 3>;
	};
	rtc@9010000 {
		compatible = "arm,pl031";
		reg = <0 0x09010000 0 0x1000>;
		interrupts = <0 2 4>;
	};
	/* Two that share a page, the second one larger than that. */
	timer@9020000 { reg = <0 0x09020000 0 0x100>; interrupts = <0 200 4>; };
	watchdog@9020100 { reg = <0 0x09020100 0 0x3000>; };
	ethernet@a000000 { reg = <0 0x0a000000 0 0x4000>; interrupts = <0 20 4>; };
	broken@b000000 { reg = <0 0x0b000000 0>; };
%s};
"""


def write_tree(path: Path, more: str = "") -> Path:
    subprocess.run(["dtc", "-q", "-f", "-I", "dts", "-O", "dtb", "-o", path], input=SOURCE % more,
                   text=True, check=True, stderr=subprocess.DEVNULL)
    return path
