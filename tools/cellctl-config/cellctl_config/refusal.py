# SPDX-License-Identifier: GPL-2.0-only
"""How a command says that it cannot do what it was asked: one sentence and a remedy."""

from collections.abc import Sequence

# Exit statuses, those of cellctl.
EXIT_OK = 0
EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_FILE = 3
EXIT_NOT_ENABLED = 4
EXIT_NOT_ROOT = 5

# For programs.
CODES = {EXIT_REFUSED: "REFUSED", EXIT_USAGE: "USAGE", EXIT_FILE: "FILE", EXIT_NOT_ENABLED: "NOT_ENABLED",
         EXIT_NOT_ROOT: "NOT_ROOT"}


class Refusal(Exception):
    """Names the thing and its value in `message` and says in `remedy` what to do about it.

    `more` is what is wrong besides, a line each."""

    def __init__(self, message: str, remedy: str, status: int = EXIT_FILE, more: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.status = status
        self.more = list(more)

    @property
    def code(self) -> str:
        return CODES.get(self.status, "REFUSED")
