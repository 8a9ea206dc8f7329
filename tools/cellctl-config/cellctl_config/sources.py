# SPDX-License-Identifier: GPL-2.0-only
"""Where the files come from that tell of a machine: the live one, or what was collected on one.

A collected machine is a directory or a tar archive that has the files of /proc, /sys and /boot by
their own paths. So "proc/iomem" can be read of any Source.
"""

from __future__ import annotations

import os
import re
import stat
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cellctl_config import tree
from cellctl_config.refusal import Refusal

READ_LIMIT = 32 << 20  # bytes of one file
READ_SIZE = 64 << 10  # at a time: Linux refuses more than it can allocate at once for a file of /proc/sys
ARCHIVE_LIMIT = 256 << 20  # bytes of all files

FDT = "sys/firmware/fdt"
FORMAT = "collected"  # names the collected directory's format
FORMAT_LINE = "cellblock machine 1"

COLLECT = "run `cellctl config collect` as root on the machine"


class Source:
    """Files by their path without the first slash."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None."""
        raise NotImplementedError

    def list(self, path: str) -> list[str]:
        """The names in a directory, in an order of their own; none if it is not there."""
        raise NotImplementedError

    def is_directory(self, path: str) -> bool:
        raise NotImplementedError

    def text(self, path: str) -> str | None:
        """The content of a text file without the white space at its end."""
        data = self.read(path)
        return None if data is None else data.decode("utf-8", "replace").rstrip("\0\n\t ")


class Directory(Source):
    """Files below a directory: "/" of the live machine, or a collected one."""

    def __init__(self, root: Path, origin: str) -> None:
        super().__init__(origin)
        self._root = root

    def read(self, path: str) -> bytes | None:
        try:
            # A collected directory may hold anything: do not wait for a FIFO.
            with open(self._root / path, "rb", opener=_open_now) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return None
                return b"".join(_pieces(file))
        except (OSError, ValueError):
            return None

    def list(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(self._root / path), key=_by_number)
        except (OSError, ValueError):
            return []

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(self._root / path)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The content of a file up to the limit."""
    for _ in range(READ_LIMIT // READ_SIZE):
        piece = file.read(READ_SIZE)
        if not piece:
            return
        yield piece


def _open_now(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _by_number(name: str) -> list[tuple[int, str]]:
    """cpu2 comes before cpu10."""
    return [(int(digits or 0), text) for text, digits in re.findall(r"([^0-9]*)([0-9]{0,18})", name)]


class Archive(Source):
    """The files of a tar archive, never unpacked to a disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._files: dict[str, bytes] = {}
        self._directories: dict[str, set[str]] = {"": set()}
        try:
            with tarfile.open(path) as archive:
                self._load(archive)
        except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
            reason = str(error).partition("\n")[0].rstrip(":")
            raise Refusal(f"{path} is no directory, device tree or whole archive: {reason}",
                          "give what `cellctl config collect` made, or a .dtb file") from None

    def _load(self, archive: tarfile.TarFile) -> None:
        total = 0
        for member in archive:
            if not (member.isfile() or member.isdir()):
                continue
            name = "/".join(part for part in member.name.split("/") if part not in ("", "."))
            total += member.size if member.isfile() else 0
            if total > ARCHIVE_LIMIT:
                raise Refusal(f"{self.origin} holds more than {ARCHIVE_LIMIT >> 20} MiB",
                              "give what `cellctl config collect` made, and nothing else")
            if member.isfile():
                content = archive.extractfile(member)
                self._files[name] = content.read() if content else b""
            else:
                self._directories.setdefault(name, set())
            self._enter(name)

    def _enter(self, name: str) -> None:
        while name:
            above, _, last = name.rpartition("/")
            self._directories.setdefault(above, set()).add(last)
            name = above

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def list(self, path: str) -> list[str]:
        return sorted(self._directories.get(path, ()), key=_by_number)

    def is_directory(self, path: str) -> bool:
        return path in self._directories


class Below(Source):
    """The one directory that an archive has at its top."""

    def __init__(self, source: Source, directory: str) -> None:
        super().__init__(source.origin)
        self._source = source
        self._directory = directory

    def read(self, path: str) -> bytes | None:
        return self._source.read(f"{self._directory}/{path}")

    def list(self, path: str) -> list[str]:
        return self._source.list(f"{self._directory}/{path}")

    def is_directory(self, path: str) -> bool:
        return self._source.is_directory(f"{self._directory}/{path}")


class TreeFile(Source):
    """Nothing but a flattened device tree."""

    def __init__(self, path: Path, blob: bytes) -> None:
        super().__init__(str(path))
        self._blob = blob

    def read(self, path: str) -> bytes | None:
        return self._blob if path == FDT else None

    def list(self, path: str) -> list[str]:
        return []

    def is_directory(self, path: str) -> bool:
        return False


def open_source(path: str) -> Source:
    """What --from names: a collected directory or archive, or a flattened device tree."""
    place = Path(path)
    if place.is_dir():
        return _checked(Directory(place, path))
    try:
        with open(place, "rb", opener=_open_now) as file:
            head = file.read(4)
            if head == tree.MAGIC.to_bytes(4, "big"):
                return TreeFile(place, head + file.read(READ_LIMIT))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Refusal(f"{path} cannot be read: {reason}",
                      "give what `cellctl config collect` made, or a .dtb file") from None
    return _checked(Archive(place))


def _checked(source: Source) -> Source:
    """The source of a collected machine, or where in it that is."""
    top = source.list("")
    if source.read(FORMAT) is None and len(top) == 1:
        source = Below(source, top[0])
    line = source.text(FORMAT)
    if line != FORMAT_LINE:
        raise Refusal(f'{source.origin} was not made by `cellctl config collect`: its file "{FORMAT}" '
                      + ("is missing" if line is None else "says something else"), COLLECT)
    return source
