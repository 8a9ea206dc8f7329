# SPDX-License-Identifier: GPL-2.0-only
"""A small SVG writer: shapes and texts in the order in which they are painted.

Nobody here knows the fonts of the reader. Widths of texts are estimated, rather too wide than too
narrow, and a layout that keeps to them has no overlaps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

SANS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
MONO = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace"

# Widths in em, those of DejaVu Sans, which is wider than what most readers have.
MONO_WIDTH = 0.61
BOLD = 1.13  # times as wide
WIDTHS = {1.0: "WM@%\u2026", 0.95: "mw", 0.8: "ABCDGHKNOQRUVXY&", 0.42: "ijl.,:;|!'I ()[]f"}
CHARACTER_WIDTHS = {character: width for width, text in WIDTHS.items() for character in text}
USUAL_WIDTH = 0.65


def text_width(text: str, size: float, mono: bool = False, bold: bool = False) -> float:
    if mono:
        return len(text) * size * MONO_WIDTH
    return sum(CHARACTER_WIDTHS.get(c, USUAL_WIDTH) for c in text) * size * (BOLD if bold else 1)


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Lines that fit, broken behind a space or one of "-._" where there is one."""
    lines = []
    while text_width(text, size, bold=bold) > width and len(text) > 1:
        room = next(n for n in range(len(text) - 1, 0, -1)
                    if n == 1 or text_width(text[:n], size, bold=bold) <= width)
        cut = max((i + 1 for i in range(room) if text[i] in " -._"), default=room)
        lines.append(text[:cut].rstrip())
        text = text[cut:]
    return [*lines, text]


def wrap_list(items: list[str], width: float, size: float) -> list[str]:
    """Items with commas between them, none of them broken; each fits alone."""
    lines = [""]
    for i, item in enumerate(items):
        text = item + ("," if i < len(items) - 1 else "")
        longer = f"{lines[-1]} {text}".strip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines


def shortened(text: str, width: float, size: float) -> str:
    """As much as fits, and an ellipsis if that is not all."""
    while text_width(text, size) > width:
        text = text.removesuffix("\u2026")[:-1] + "\u2026"
    return text


def fitted_size(text: str, width: float, size: float) -> float:
    """A size in which it fits, at most that given."""
    return min(size, math.floor(10 * size * width / max(text_width(text, size), 1)) / 10)


def attributes(values: dict[str, object]) -> str:
    parts = []
    for name, value in values.items():
        if value is not None:
            text = f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
            parts.append(f" {name.rstrip('_').replace('_', '-')}={quoteattr(text)}")
    return "".join(parts)


class Picture:
    """Coordinates are pixels from the top left corner."""

    def __init__(self, title: str, description: str) -> None:
        self.title = title
        self.description = description
        self.defs: list[str] = []
        self.body: list[str] = []

    def add(self, tag: str, content: str | None = None, **values: object) -> None:
        end = "/>" if content is None else f">{escape(content)}</{tag}>"
        self.body.append(f"<{tag}{attributes(values)}{end}")

    def rect(self, x: float, y: float, width: float, height: float, fill: str, **values: object) -> None:
        self.add("rect", x=float(x), y=float(y), width=float(width), height=float(height), fill=fill,
                 **values)

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str, **values: object) -> None:
        self.add("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), stroke=stroke, **values)

    def text(self, x: float, y: float, text: str, size: float = 12, mono: bool = False,
             **values: object) -> None:
        """y is the base line."""
        if text:
            self.add("text", text, x=float(x), y=float(y), font_size=float(size),
                     font_family=MONO if mono else None, **values)

    def hatch(self, name: str, colours: Iterable[str], stripe: int = 6) -> str:
        """Diagonal stripes of some colours; returns the fill."""
        colours = list(colours)
        width = stripe * len(colours)
        stripes = "".join(f'<rect x="{i * stripe}" width="{stripe}" height="{width}" fill="{colour}"/>'
                          for i, colour in enumerate(colours))
        self.defs.append(f'<pattern id="{name}" width="{width}" height="{width}" '
                         f'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">{stripes}</pattern>')
        return f"url(#{name})"

    def render(self, width: float, height: float) -> str:
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
                f'viewBox="0 0 {width:.0f} {height:.0f}" font-family={quoteattr(SANS)} role="img">')
        lines = ["<!-- SPDX-License-Identifier: GPL-2.0-only -->", head,
                 f"<title>{escape(self.title)}</title>", f"<desc>{escape(self.description)}</desc>",
                 *(["<defs>", *self.defs, "</defs>"] if self.defs else []),
                 *self.body, "</svg>"]
        return "\n".join(lines) + "\n"
