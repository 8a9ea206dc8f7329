# SPDX-License-Identifier: GPL-2.0-only
"""How long a console is waited for: on a busy host a boot takes its time, a dead machine is told soon."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

import machine
import pytest
from machine import LONGEST, PROMPT, TIMEOUT, Console, ConsoleError

READY = "<cb:ready>\r\n"


class Guest:
    """The other end of a console, and its clock: whenever somebody looks at that, it is a gap later, and the guest
    says the next of its lines.
    """

    gap = TIMEOUT / 3

    def __init__(self, directory: Path) -> None:
        ours, self._end = socket.socketpair()
        self.console = Console(ours, "serial", directory / "serial.log")
        self.lines: Iterator[str] = iter(())
        self._now = 0.0

    def says(self, *parts: Iterable[str]) -> None:
        self.lines = itertools.chain(*parts)

    def monotonic(self) -> float:
        self._now += self.gap
        self._end.sendall(next(self.lines, "").encode())
        return self._now

    def close(self) -> None:
        self._end.close()
        self.console.wait_closed()


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Guest]:
    result = Guest(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(machine, "time", result)
        yield result
    result.close()


def messages() -> Iterator[str]:
    return (f"[{n:5}.000000] still booting\r\n" for n in itertools.count())


def test_boot_that_goes_on_is_waited_for(guest: Guest) -> None:
    guest.says(itertools.islice(messages(), 10), [PROMPT, READY])
    guest.console.login()
    assert "    9.0" in guest.console.transcript


def test_silent_boot_is_not(guest: Guest) -> None:
    guest.gap = 0.01
    guest.says(itertools.islice(messages(), 5))
    with pytest.raises(ConsoleError, match="no .* in 0.0"):
        guest.console.login(3 * guest.gap)


def test_boot_without_end_is_not(guest: Guest) -> None:
    guest.says(messages())
    with pytest.raises(ConsoleError, match=f"no .* in {LONGEST * TIMEOUT:g} s"):
        guest.console.login()


def test_command_has_its_time_whatever_is_said(guest: Guest) -> None:
    guest.says(messages())
    with pytest.raises(ConsoleError, match=f"no end of command 1 in {TIMEOUT:g} s"):
        guest.console.run("true")
    assert guest.console.stuck
