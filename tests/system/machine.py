# SPDX-License-Identifier: GPL-2.0-only
"""A QEMU machine as the tests see it: consoles, commands, and its end.

Machine boots the test system and runs commands in its Linux:

    with Machine(Config(gic=2), name="example") as machine:
        machine.check("cellctl enable board.cell")
        status, output = machine.run("cellctl cell list")
        machine.serial2.expect("hello from the cell")

Consoles are read all the time by a thread each, so a test never waits for
anything but text, and a full transcript exists of what nobody waited for.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from qemu import BUILD, Config  # noqa: E402  pylint: disable=wrong-import-position

T = TypeVar("T")

PROMPT = "cb# "
AGENT = "/usr/lib/cb-agent"
TIMEOUT = 60.0
# What may take long, like a boot on a busy host, is waited for as long as the console goes on, but no more than
# this many times as long as it may be silent: a kernel that hangs can complain forever.
LONGEST = 10

# A line of the kernel or the hypervisor amid other output: it ends in CR LF, which
# a command's own lines do not under the agent.
MESSAGE = re.compile(r"(?:\[ *\d+\.\d{6}\]|\[?cellblock[\]:]?) [^\r\n]*\r+\n")

# `make check-long` and the like: more rounds, and every test on every machine.
LONG_RUN = bool(os.environ.get("CB_LONG"))

# For health(): CPU stop, crash stop, timer broadcast, IRQ work, wake-up. Linux has no use for them in the
# tests, and would not survive the first.
QUIET_IPIS = "-i '^IPI[2346]:'"

# What a healthy kernel never says: regular expressions that the program `health` looks for as well.
TROUBLE_FILE = Path(__file__).with_name("guest") / "trouble"
TROUBLE_WORDS = "|".join(
    line for line in TROUBLE_FILE.read_text().splitlines() if not line.startswith("#")
)
TROUBLE = re.compile(rf"^.*(?:{TROUBLE_WORDS}).*$", re.MULTILINE)


def assert_no_trouble(messages: str) -> None:
    found = TROUBLE.findall(messages)
    assert not found, "the kernel complains:\n" + "\n".join(found)


class ConsoleError(AssertionError):
    """The text that a test waited for did not come."""


class Result(NamedTuple):
    """How a command ended, and what it printed to either stream."""

    status: int
    output: str


class Console:
    """One serial port of the machine, connected to a socket of QEMU's."""

    def __init__(self, connection: socket.socket, name: str, log: Path) -> None:
        self.name = name
        self.closed = False
        self.stuck = False  # a command did not end in time
        self._connection = connection
        self._text = ""
        self._position = 0  # where the next expect() starts to look
        self._changed = threading.Condition()
        self._log = open(log, "wb")
        self._serial = 0
        self._thread = threading.Thread(target=self._read, daemon=True, name=name)
        self._thread.start()

    @property
    def transcript(self) -> str:
        """All that the console has shown so far."""
        with self._changed:
            return self._text

    def _read(self) -> None:
        while True:
            try:
                data = self._connection.recv(65536)
            except OSError:
                data = b""
            if data:
                self._log.write(data)
                self._log.flush()
            with self._changed:
                self._text += data.decode("ascii", "replace")
                self.closed = not data
                self._changed.notify_all()
            if not data:
                self._log.close()
                return

    def send(self, text: str) -> None:
        """Types `text`."""
        self._connection.sendall(text.encode())

    def sendline(self, text: str = "") -> None:
        self.send(text + "\n")

    def mark(self) -> int:
        """Makes expect() look only at what comes from now on."""
        with self._changed:
            self._position = len(self._text)
            return self._position

    def expect(
        self, pattern: str, timeout: float = TIMEOUT, while_it_goes_on: bool = False
    ) -> re.Match[str]:
        """Waits for a regular expression in what no expect() has consumed yet.

        If `while_it_goes_on`, the timeout is for silence: all that is said makes it begin again.
        """
        regex = re.compile(pattern, re.MULTILINE)

        def found() -> re.Match[str] | None:
            match = regex.search(self._text, self._position)
            if match:
                self._position = match.end()
            return match

        return self._wait(found, f"/{pattern}/", timeout, LONGEST if while_it_goes_on else 1)

    def _wait(
        self, found: Callable[[], T | None], what: str, timeout: float, longest: int = 1
    ) -> T:
        """Waits until the console is silent for `timeout` seconds, but not `longest` times that."""
        with self._changed:
            begun, length = time.monotonic(), len(self._text)
            deadline = begun + timeout
            while True:
                result = found()
                if result is not None:
                    return result
                if self.closed:
                    raise ConsoleError(f"{self.name} ended before {what}{self._tail()}")
                now = time.monotonic()
                if len(self._text) > length:
                    length = len(self._text)
                    deadline = min(now + timeout, begun + longest * timeout)
                if now >= deadline:
                    raise ConsoleError(
                        f"{self.name}: no {what} in {now - begun:.3g} s{self._tail()}"
                    )
                self._changed.wait(deadline - now)

    def wait_closed(self, timeout: float = TIMEOUT) -> None:
        """Waits until QEMU has closed the console."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.closed, timeout):
                raise ConsoleError(f"{self.name}: still open after {timeout:g} s{self._tail()}")

    def _tail(self, lines: int = 8) -> str:
        return "\n--- last lines ---\n" + "\n".join(self._text.splitlines()[-lines:])

    # Running commands. The other end is a shell of the test system.

    def login(self, timeout: float = TIMEOUT) -> None:
        """Waits for a prompt of the test system, while it boots, and takes it over for run()."""
        self.expect(re.escape(PROMPT), timeout, while_it_goes_on=True)
        self.enter_agent()

    def enter_agent(self, timeout: float = TIMEOUT) -> None:
        """Makes the shell at whose prompt we are read commands from run()."""
        self.sendline(AGENT)
        self.expect(r"<cb:ready>\r?\n", timeout)

    def start(self, command: str) -> int:
        """Begins a command without waiting for it; finish() wants the number."""
        if self.stuck:
            raise ConsoleError(f"{self.name}: an earlier command has not ended")
        self._serial += 1
        escaped = command.replace("\\", "\\\\").replace("\n", "\\n")
        if len(escaped) > 4000:
            raise ValueError("the command does not fit into a terminal's line")
        self.mark()
        self.sendline(f"{self._serial} {escaped}")
        return self._serial

    def finish(self, number: int, timeout: float = TIMEOUT) -> Result:
        """Waits for the end of a command that start() began."""
        marker = re.compile(rf"<cb:{number}:(\d+)>\n")

        def found() -> Result | None:
            text = MESSAGE.sub("", self._text[self._position :])
            match = marker.search(text)
            return Result(int(match[1]), text[: match.start()]) if match else None

        try:
            return self._wait(found, f"end of command {number}", timeout)
        except ConsoleError:
            self.stuck = True
            raise

    def run(self, command: str, timeout: float = TIMEOUT) -> Result:
        """Runs a shell command; kernel messages are left out of its output."""
        return self.finish(self.start(command), timeout)

    def interrupt(self) -> None:
        """Ctrl-C for the running command."""
        self.mark()
        self.send("\x03")
        self.expect(re.escape(PROMPT))
        self.enter_agent()
        self.stuck = False


class Machine:
    """A running QEMU. Use as a context manager, or close() it."""

    def __init__(
        self, config: Config | None = None, name: str = "machine", login: bool = True
    ) -> None:
        self.config = config or Config()
        self.directory = BUILD / "system" / re.sub(r"[^\w.=-]+", "_", name)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        # Socket addresses must be short, whatever the tree's path is.
        self._sockets = Path(tempfile.mkdtemp(prefix="cb-"))
        self._listeners: dict[str, socket.socket] = {}
        for port in ("serial", "serial2", "monitor"):
            self._listeners[port] = self._listen(port)
        self.qemu = self._start()
        self.serial = self._console("serial")
        self.serial2 = self._console("serial2")
        self.monitor_console = self._console("monitor")
        if login:
            try:
                self.login()
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self, port: str) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._sockets / port))
        listener.listen(1)
        listener.settimeout(TIMEOUT)
        return listener

    def _start(self) -> subprocess.Popen[bytes]:
        self.config.serial = f"unix:{self._sockets}/serial"
        self.config.serial2 = f"unix:{self._sockets}/serial2"
        command = self.config.command()
        command += ["-monitor", f"unix:{self._sockets}/monitor"]
        log = self.directory / "qemu.log"
        (self.directory / "command").write_text("\n".join(command) + "\n")
        with open(log, "wb") as output:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def _console(self, port: str) -> Console:
        listener = self._listeners[port]
        listener.settimeout(0.2)
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                connection, _ = listener.accept()
                break
            except TimeoutError:
                if self.qemu.poll() is not None or time.monotonic() > deadline:
                    log = (self.directory / "qemu.log").read_text()
                    self.close()
                    raise ConsoleError(f"QEMU did not start:\n{log}") from None
        listener.close()
        connection.settimeout(None)
        return Console(connection, port, self.directory / f"{port}.log")

    # Linux

    def login(self, timeout: float = TIMEOUT) -> None:
        """Waits for Linux to come up, also after kexec; so long it may say nothing."""
        self.serial.login(timeout)

    def run(self, command: str, timeout: float = TIMEOUT) -> Result:
        """Runs a shell command in Linux: its status and output."""
        return self.serial.run(command, timeout)

    def check(self, command: str, timeout: float = TIMEOUT) -> str:
        """Runs a command that must succeed: its output, less surrounding space."""
        status, output = self.run(command, timeout)
        assert status == 0, f"'{command}' ended with status {status}:\n{output}"
        return output.strip()

    def script(self, text: str, arguments: str = "", timeout: float = TIMEOUT) -> list[str]:
        """Runs a script, which must succeed, in a shell of its own: its lines.

        What goes to stderr, like the progress of what takes long on a busy host, is only for failures.
        """
        self.check(f"cat >/tmp/script <<'end'\n{text}\nend")
        run = f"sh /tmp/script {arguments} 2>/tmp/script.err || {{ cat /tmp/script.err; false; }}"
        return self.check(run, timeout).splitlines()

    def fails(self, command: str, timeout: float = TIMEOUT) -> str:
        """Runs a command that must fail (and not by a signal): its output."""
        status, output = self.run(command, timeout)
        assert 0 < status < 128, f"'{command}' ended with status {status}:\n{output}"
        return output.strip()

    def dmesg(self) -> str:
        return self.run("dmesg").output

    def clear_dmesg(self) -> None:
        """Forgets the kernel's messages so far."""
        self.check("dmesg -c >/dev/null")

    def assert_dmesg_clean(self) -> None:
        """No WARN, BUG, Oops, stall or call trace in the kernel's log.

        Of a long log, only what looks like it is read: the console is slow.
        """
        self.health("-k")

    def health(self, looks: str, timeout: float = 2 * TIMEOUT) -> str:
        """Looks at Linux, all in one process; what was to be shown (tests/system/guest/health.c)."""
        status, output = self.run(f"health {looks}", timeout)
        assert_no_trouble(output)
        assert status == 0, f"'health {looks}' ended with status {status}:\n{output}"
        return output

    def poweroff(self, timeout: float = TIMEOUT) -> None:
        """Powers Linux off and waits for QEMU to end."""
        self.serial.start("poweroff -f")
        self.wait_end(timeout)

    def wait_end(self, timeout: float = TIMEOUT) -> int:
        """Waits for QEMU to end by itself (power off, or a reboot)."""
        try:
            return self.qemu.wait(timeout)
        except subprocess.TimeoutExpired:
            raise ConsoleError(f"QEMU still runs after {timeout:g} s") from None

    @property
    def running(self) -> bool:
        return self.qemu.poll() is None

    # The machine

    def monitor(self, command: str, timeout: float = 10.0) -> str:
        """An answer of QEMU's monitor, e.g. to "info registers -a"."""
        console = self.monitor_console
        console.mark()
        console.sendline(command)
        start = console.expect(re.escape(command[-1]) + r"[^\n]*\r\n", timeout).end()
        end = console.expect(r"\(qemu\) $", timeout).start()
        return console.transcript[start:end].replace("\r", "")

    def wait_monitor(self, command: str, text: str, timeout: float = TIMEOUT) -> None:
        """Asks QEMU's monitor until the answer contains `text`."""
        deadline = time.monotonic() + timeout
        while text not in (answer := self.monitor(command, timeout)):
            if time.monotonic() > deadline:
                raise ConsoleError(f'"{command}": no "{text}" in {timeout:g} s\n{answer}')
            time.sleep(0.01)

    def report(self) -> list[tuple[str, str]]:
        """What somebody wants to see of a failed test: (title, text) pairs."""
        parts = [
            ("serial console", self.serial.transcript.replace("\r", "")),
            ("second serial console", self.serial2.transcript.replace("\r", "")),
            ("QEMU", (self.directory / "qemu.log").read_text()),
        ]
        if self.serial.stuck and not self.serial.closed:
            parts.append(("CPUs", self.monitor("info registers -a")))
        return [(title, text) for title, text in parts if text]

    def close(self) -> None:
        """Ends QEMU if it still runs."""
        if self.qemu.poll() is None:
            self.qemu.terminate()
            try:
                self.qemu.wait(10)
            except subprocess.TimeoutExpired:
                self.qemu.kill()
                self.qemu.wait()
        for port in ("serial", "serial2", "monitor_console"):
            console = getattr(self, port, None)
            if console:
                console.wait_closed()
        for listener in self._listeners.values():
            listener.close()
        shutil.rmtree(self._sockets, ignore_errors=True)


# The type of the fixtures that start machines: boot(gic=3, ...).
Boot = Callable[..., Machine]
