# SPDX-License-Identifier: GPL-2.0-only
"""How a command says that it cannot do what it was asked: one sentence and a remedy."""

# Exit statuses, those of cellctl.
EXIT_OK = 0
EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_FILE = 3


class Refusal(Exception):
    """Names the thing and its value in `message` and says in `remedy` what to do about it."""

    def __init__(self, message: str, remedy: str, status: int = EXIT_FILE) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.status = status
