#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print insn_table.h: loads and stores with their encodings, by the GNU assembler.

	insn_table.py > insn_table.h
	insn_table.py --check [WORDS]	compare decode_load_store() with objdump

What each form does is written down here from the mnemonic, not from its encoding.
--check builds arch/arm64/insn.c for the host and decodes random words of the load/store
space; the disassembler, read as text, says what they are.
"""
import ctypes
import itertools
import pathlib
import random
import re
import subprocess
import sys
import tempfile

PREFIX = "aarch64-linux-gnu-"
TOP = pathlib.Path(__file__).resolve().parents[2]

# mnemonic suffix: (registers, size, store, sign-extended, wide)
SINGLE = {}
for name, size in (("b", 1), ("h", 2), ("", 4)):
    SINGLE["str" + name] = [("w", size, True, False, False)]
    SINGLE["ldr" + name] = [("w", size, False, False, False)]
SINGLE["str"].append(("x", 8, True, False, True))
SINGLE["ldr"].append(("x", 8, False, False, True))
for name, size in (("sb", 1), ("sh", 2)):
    SINGLE["ldr" + name] = [("w", size, False, True, False), ("x", size, False, True, True)]
SINGLE["ldrsw"] = [("x", 4, False, True, True)]

PAIR = {
    "ldp": [("w", 4, False, False, False), ("x", 8, False, False, True)],
    "stp": [("w", 4, True, False, False), ("x", 8, True, False, True)],
    "ldpsw": [("x", 4, False, True, True)],
}
NONTEMPORAL = {"ldnp": PAIR["ldp"], "stnp": PAIR["stp"]}

REFUSED = """
ldr b0, [x1] ; ldr h0, [x1] ; ldr s0, [x1] ; ldr d0, [x1] ; ldr q0, [x1] ; str q0, [x1], #16
str d0, [x1, #8]! ; ldur q0, [x1, #1] ; ldr d0, [x1, x2] ; ldp s0, s1, [x2] ; ldp d0, d1, [x2], #16
stp q0, q1, [x2, #32]! ; ldnp q0, q1, [x2] ; ld1 {v0.8b}, [x1] ; st1 {v0.16b}, [x1], #16
ld4 {v0.4s, v1.4s, v2.4s, v3.4s}, [x1] ; ld1 {v0.s}[1], [x1] ; ldr x0, . ; ldr w0, . ; ldrsw x0, .
ldxr w0, [x1] ; ldxr x0, [x1] ; ldaxr w0, [x1] ; stxr w2, w0, [x1] ; stlxr w2, x0, [x1]
ldxp x0, x1, [x2] ; stxp w3, x0, x1, [x2] ; ldxrb w0, [x1] ; stxrh w2, w0, [x1]
ldar w0, [x1] ; ldar x0, [x1] ; stlr w0, [x1] ; ldarb w0, [x1] ; stlrh w0, [x1]
ldlar w0, [x1] ; stllr x0, [x1] ; ldapr w0, [x1] ; ldaprb w0, [x1] ; ldapur x0, [x1, #8]
stlur w0, [x1, #4] ; cas w0, w1, [x2] ; casal x0, x1, [x2] ; casp x0, x1, x2, x3, [x4]
casb w0, w1, [x2] ; swp w0, w1, [x2] ; swpal x0, x1, [x2] ; ldadd w0, w1, [x2] ; stadd x0, [x1]
ldclr w0, w1, [x2] ; ldeor x0, x1, [x2] ; ldset w0, w1, [x2] ; ldsmax w0, w1, [x2]
ldumin x0, x1, [x2] ; ldraa x0, [x1] ; ldrab x0, [x1, #8]!
prfm pldl1keep, [x1] ; prfm pstl1strm, [x1, #8] ; prfm pldl1keep, [x1, x2] ; prfum pldl1keep, [x1, #1]
stg x0, [x1] ; st2g x0, [x1], #16 ; stzg x0, [x1, #16]! ; ldg x0, [x1] ; stgp x0, x1, [x2]
stgp x0, x1, [x2], #16 ; stgp x0, x1, [x2, #16]! ; dc civac, x0 ; dc zva, x0 ; ic ivau, x0
nop ; add x0, x1, x2 ; b . ; msr tpidr_el0, x0
""".replace("\n", ";")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def assemble(lines):
    """The encodings of instructions."""
    with tempfile.TemporaryDirectory() as directory:
        source, obj, raw = (f"{directory}/t.{end}" for end in ("s", "o", "bin"))
        pathlib.Path(source).write_text("\n".join(lines) + "\n")
        run(PREFIX + "as", "-march=armv8.5-a+memtag+simd+lse+rcpc", "-o", obj, source)
        run(PREFIX + "objcopy", "-O", "binary", "-j", ".text", obj, raw)
        data = pathlib.Path(raw).read_bytes()
    assert len(data) == 4 * len(lines)
    return [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]


def register(kind, number):
    return f"{kind}zr" if number == 31 else f"{kind}{number}"


def base(number):
    return "sp" if number == 31 else f"x{number}"


def row(text, form, regs, rn, writeback):
    kind, size, store, sign, wide = form
    return text, store, sign, wide, size, regs, rn, writeback


def singles():
    registers = itertools.cycle(((0, 1), (30, 31), (31, 29), (17, 18), (5, 0)))
    for name, forms in SINGLE.items():
        unscaled, unprivileged = name.replace("r", "ur", 1), name.replace("r", "tr", 1)
        for form in forms:
            rt, rn = next(registers)
            reg, size = register(form[0], rt), form[1]
            for offset in (-256, -1, 255):
                yield row(f"{unscaled} {reg}, [{base(rn)}, #{offset}]", form, [rt], rn, 0)
                yield row(f"{unprivileged} {reg}, [{base(rn)}, #{offset}]", form, [rt], rn, 0)
            for offset in (-256, -1, 255):
                yield row(f"{name} {reg}, [{base(rn)}], #{offset}", form, [rt], rn, offset)
                yield row(f"{name} {reg}, [{base(rn)}, #{offset}]!", form, [rt], rn, offset)
            for offset in (0, size, 4095 * size):
                yield row(f"{name} {reg}, [{base(rn)}, #{offset}]", form, [rt], rn, 0)
            shift = size.bit_length() - 1
            for index in ("x3", f"x3, lsl #{shift}", "w3, uxtw", f"w3, sxtw #{shift}", "x3, sxtx"):
                yield row(f"{name} {reg}, [{base(rn)}, {index}]", form, [rt], rn, 0)


def pairs():
    registers = itertools.cycle(((0, 1, 2), (30, 29, 31), (31, 5, 6), (7, 31, 8)))
    for name, forms in (PAIR | NONTEMPORAL).items():
        for form in forms:
            rt, rt2, rn = next(registers)
            text = f"{name} {register(form[0], rt)}, {register(form[0], rt2)}, [{base(rn)}"
            for offset in (-64 * form[1], 0, 63 * form[1]):
                yield row(f"{text}, #{offset}]", form, [rt, rt2], rn, 0)
                if name not in NONTEMPORAL and offset:
                    yield row(f"{text}], #{offset}", form, [rt, rt2], rn, offset)
                    yield row(f"{text}, #{offset}]!", form, [rt, rt2], rn, offset)


def c_bool(value):
    return "true" if value else "false"


def print_table():
    rows = list(singles()) + list(pairs())
    refused = [text.strip() for text in REFUSED.split(";") if text.strip()]
    print("/* SPDX-License-Identifier: GPL-2.0-only */")
    print("/* Made by insn_table.py from the mnemonics; encodings by the GNU assembler. */")
    print("/* clang-format off */")
    print("static const struct {\n\tu32 insn;\n\tconst char *text;\n"
          "\tstruct load_store expected;\n} accepted[] = {")
    for word, (text, store, sign, wide, size, regs, rn, writeback) in zip(
            assemble([r[0] for r in rows]), rows):
        rt = ", ".join(map(str, regs))
        print(f'\t{{ 0x{word:08x}, "{text}", {{ {c_bool(store)}, {c_bool(sign)}, '
              f"{c_bool(wide)}, {size}, {len(regs)}, {{ {rt} }}, {rn}, {writeback} }} }},")
    print("};\n\nstatic const struct {\n\tu32 insn;\n\tconst char *text;\n} refused[] = {")
    for word, text in zip(assemble(refused), refused):
        print(f'\t{{ 0x{word:08x}, "{text}" }},')
    print("};")


# ---- Comparison with the disassembler ----

class LoadStore(ctypes.Structure):
    _fields_ = [("write", ctypes.c_bool), ("sign_extend", ctypes.c_bool), ("wide", ctypes.c_bool),
                ("size", ctypes.c_uint8), ("nr", ctypes.c_uint8), ("rt", ctypes.c_uint8 * 2),
                ("rn", ctypes.c_uint8), ("writeback", ctypes.c_int64)]


def number_of(name):
    return 31 if name in ("sp", "wsp", "xzr", "wzr") else int(name[1:])


def meaning(text):
    """The fields of struct load_store from a disassembled line; None if it is none of ours."""
    match = re.fullmatch(r"(\w+)\s+([^\[]+), \[(\w+)(?:, ([^\]]*))?\](!?)(?:, #(-?\d+))?", text)
    if not match:
        return None
    name, operands, rn, inner, pre, post = match.groups()
    name = re.sub(r"^(ld|st)[ut](r.*)$", r"\1\2", name)
    forms = (SINGLE | PAIR | NONTEMPORAL).get(name)
    regs = operands.split(", ")
    if not forms or any(reg[0] not in "wx" for reg in regs):
        return None
    form = next((form for form in forms if form[0] == regs[0][0]), None)
    if not form:
        return None
    writeback = int(post or 0) or (int(inner.lstrip("#")) if pre else 0)
    regs = [number_of(reg) for reg in regs]
    kind, size, store, sign, wide = form
    if (pre or post) and number_of(rn) in regs and number_of(rn) != 31:
        return None     # UNPREDICTABLE
    return store, sign, wide, size, regs, number_of(rn), writeback


def disassemble(words):
    with tempfile.TemporaryDirectory() as directory:
        raw = f"{directory}/t.bin"
        pathlib.Path(raw).write_bytes(b"".join(word.to_bytes(4, "little") for word in words))
        lines = run(PREFIX + "objdump", "-D", "-b", "binary", "-maarch64", raw).splitlines()
    pattern = re.compile(r"\s*[0-9a-f]+:\s+[0-9a-f]{8}\s+(.*)")
    return [re.sub(r"\s+(//|;).*", "", m.group(1)).replace("\t", " ").strip()
            for m in map(pattern.match, lines) if m]


def decoder(directory):
    library = f"{directory}/insn.so"
    run("cc", "-shared", "-fPIC", f"-I{TOP}/include", f"-I{TOP}/hypervisor", f"-I{TOP}/hypervisor/arch/arm64/include", "-o", library,
        f"{TOP}/hypervisor/arch/arm64/insn.c")
    function = ctypes.CDLL(library).decode_load_store
    function.restype = ctypes.c_bool

    def decode(word):
        out = LoadStore()
        if not function(ctypes.c_uint32(word), ctypes.byref(out)):
            return None
        return (out.write, out.sign_extend, out.wide, out.size, list(out.rt)[:out.nr], out.rn,
                out.writeback)
    return decode


def is_equal_pair(decoded):
    return decoded and not decoded[0] and len(decoded[4]) == 2 and len(set(decoded[4])) == 1


def check(count):
    random.seed(1)
    # Loads and stores: bit 27 set, bit 25 clear. Two thirds in the forms that are ours.
    words = [random.getrandbits(32) & ~(1 << 25) | 1 << 27 for _ in range(count // 3)]
    words += [random.getrandbits(32) & 0xc4ffffff | 0x38000000 for _ in range(count // 3)]
    words += [random.getrandbits(32) & 0xc5ffffff | 0x28000000 for _ in range(count // 3)]
    words += [random.getrandbits(32) & 0xc0ffffff | 0x38000000 for _ in range(count // 3)]
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        decode = decoder(directory)
        for word, text in zip(words, disassemble(words), strict=True):
            if is_equal_pair(decode(word)):
                continue        # UNPREDICTABLE, and what objdump makes of it varies
            if decode(word) != meaning(text):
                wrong += 1
                if wrong < 20:
                    print(f"{word:08x} {text}: {decode(word)}, not {meaning(text)}")
    print(f"{len(words)} words, {wrong} wrong")
    return wrong != 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        sys.exit(check(int(sys.argv[2]) if sys.argv[2:] else 300000))
    print_table()
