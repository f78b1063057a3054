"""Child processes that cannot outlive us, and TCP ports on the loopback address."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1
NOBODY = 65534

_libc = ctypes.CDLL(None)


def die_with_parent(signum: signal.Signals, *, parent: int) -> None:
    """Ask the kernel to send `signum` to this process when process `parent` ends, however it ends.

    Linux only; elsewhere an orderly stop still ends the children, a kill -9 does not.
    """
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(signum))
    if os.getppid() != parent:  # it ended before we asked: no signal will come any more
        os.kill(os.getpid(), signum)


def _tied_to_us(signum: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: die_with_parent(signum, parent=parent)


@dataclass(frozen=True, slots=True)
class Child:
    """A running child process, and how to end it."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    log: Path

    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, *, timeout: float = 15.0) -> None:
        """End the process: `stop_signal`, then after `timeout` seconds SIGKILL to its group."""
        if self.running():
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout)
        # Also when it ended by itself: what it started must not stay behind.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log_tail(self, lines: int = 15) -> str:
        """The last `lines` lines it wrote, for a message that says why it ended."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    stop_signal: signal.Signals = signal.SIGTERM,
    orphan_signal: signal.Signals | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    as_nobody: bool = False,
) -> Child:
    """Start `command` in a session of its own, so that Ctrl-C in the terminal reaches only us.

    Its output goes to `log`; the log of the time before is kept as `<log>.1`. `orphan_signal`
    (default: `stop_signal`) is what the kernel sends it when we are killed. Call it from the main
    thread: the kernel ties the child to the thread that starts it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(log.name + ".1"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_tied_to_us(orphan_signal or stop_signal),  # noqa: PLW1509 - no threads yet
            env=env,
            cwd="/" if as_nobody else cwd,
            user=NOBODY if as_nobody else None,
            group=NOBODY if as_nobody else None,
            extra_groups=[] if as_nobody else None,
        )
    return Child(name, process, stop_signal, log)


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(preferred: int = 0) -> int:
    """`preferred` if nothing listens there, else a port that the system picks."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
