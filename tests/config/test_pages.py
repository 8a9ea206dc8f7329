# SPDX-License-Identifier: GPL-2.0-only
"""What the documentation names is there: pages, headings, pictures, and functions of the sources."""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from tool import ROOT

import documents

PAGES = (ROOT / "README.md", *sorted(documents.DOCS.rglob("*.md")))
PICTURES = sorted((documents.DOCS / "pictures").glob("*.svg"))
# Pages and pictures that say how the code works.
OF_THE_CODE = ([documents.DOCS / f"{name}.md" for name in ("architecture", "takeover", "interrupts", "locking",
                                                           "limits", "assurance")] + PICTURES)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]*))?\)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def slugs(page: Path) -> set[str]:
    """Anchors of headings, as the web pages of repositories make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        path = page.parent / target if target else page
        assert path.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in slugs(path), f"{page.name} links to {target}#{anchor}"


@pytest.mark.parametrize("picture", PICTURES, ids=name_of)
def test_picture_is_shown_and_readable_on_any_background(picture: Path) -> None:
    shown = {(page.parent / target).resolve() for page in PAGES
             for target, _ in LINK.findall(page.read_text(encoding="utf-8")) if target.endswith(".svg")}
    assert picture.resolve() in shown
    root = ElementTree.parse(picture).getroot()
    names = [element.tag.rpartition("}")[2] for element in root]
    assert "title" in names and "desc" in names
    paper = next(element for element in root if element.tag.endswith("rect"))
    assert (paper.get("width"), paper.get("height")) == (root.get("width"), root.get("height"))


@functools.cache
def sources() -> str:
    found = [path for top in ("lib", "hypervisor", "driver", "include", "tools", "inmates", "tests/inmates")
             for path in sorted((ROOT / top).rglob("*")) if path.suffix in (".c", ".h", ".S")]
    return "\n".join(path.read_text(encoding="utf-8") for path in found)


@functools.cache
def identifiers() -> frozenset[str]:
    return frozenset(re.findall(r"\b[A-Za-z_]\w*\b", sources()))


@pytest.mark.parametrize("page", OF_THE_CODE, ids=name_of)
def test_functions_and_constants_are_in_the_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"\b([a-z][a-z0-9_]*)\(\)", text))
    named |= set(re.findall(r"\b((?:CB|REQUEST|STOP)_[A-Z0-9_]*[A-Z0-9])\b(?!_|=|\*)", text))
    missing = sorted(named - identifiers())
    assert not missing, f"{name_of(page)} names what is not in the code: {missing}"


def test_each_row_of_the_root_cell_has_its_tests() -> None:
    """That are there, in docs/root-cell.md."""
    text = (documents.DOCS / "root-cell.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    head, *rows = rows
    assert head[-1].strip() == "Tests" and len(rows) > 10
    defined = {name for path in (ROOT / "tests").rglob("test_*.py")
               for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)}
    for row in rows:
        names = re.findall(r"`(test_\w+)`", row[-1])
        assert names, f"no test of {row[0].strip()}"
        assert set(names) <= defined, f"{row[0].strip()}: no {set(names) - defined}"
