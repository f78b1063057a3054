"""RAPPORT_HOME: the data folder of the embedded servers, and who may start or use them.

Two locks on files keep this true, and the kernel releases them however a process ends:
`servers.lock` is held by the one process that runs the servers, `users.lock` is shared by the
commands that use servers of another process, which therefore waits for them before it stops.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

PROJECT = Path(__file__).resolve().parent.parent.parent
# Whoever waits is told so after the first of these seconds, and then again every so often.
SAY_AFTER, SAY_EVERY = 3.0, 15.0


class HomeInUseError(Exception):
    """Another process runs the servers of this folder; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class State:
    """What the process that runs the servers tells the others."""

    pid: int
    command: str
    database_url: str | None
    redis_url: str | None

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The state in `path`, or None while nobody has written one."""
        with suppress(FileNotFoundError):
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        return None

    def write(self, path: Path) -> None:
        """Put the state in place in one step; the addresses hold passwords, so it is ours alone."""
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
            json.dump(asdict(self), file)
        fresh.replace(path)


class Home:
    """The data folder at `path`, made when it is missing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
        self._servers_lock: IO[bytes] | None = None
        self._users_lock: IO[bytes] | None = None

    @classmethod
    def from_environment(cls) -> Self:
        """The folder that RAPPORT_HOME names; `var` in the project by default."""
        return cls(Path(os.environ.get("RAPPORT_HOME") or PROJECT / "var").resolve())

    @property
    def state_file(self) -> Path:
        return self.path / "servers.json"

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def try_to_run_servers(self) -> bool:
        """Become the process that runs the servers, until `release`; False when one is there."""
        self._servers_lock = _lock(self.path / "servers.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        if self._servers_lock is None:
            return False
        self.state_file.unlink(missing_ok=True)  # left by a process that was killed
        return True

    def run_servers(self) -> None:
        """As `try_to_run_servers`; raises HomeInUseError, which says who has the folder."""
        if self.try_to_run_servers():
            return
        state = State.read(self.state_file)
        who = f"`{state.command}` (process {state.pid})" if state else "Another process"
        raise HomeInUseError(
            f"{who} already uses the data folder {self.path}. Stop it first, or name another"
            f" folder: RAPPORT_HOME=… make run."
        )

    def publish(self, *, database_url: str | None, redis_url: str | None, command: str) -> None:
        """Tell other commands where the servers listen."""
        State(os.getpid(), command, database_url, redis_url).write(self.state_file)

    def use_servers(self) -> None:
        """Be counted as a user of the servers, until `release`; waits while they are stopping."""
        self._users_lock = _lock(self.path / "users.lock", fcntl.LOCK_SH)

    def stop_using(self) -> None:
        """No longer be counted as a user."""
        if self._users_lock is not None:
            self._users_lock.close()
            self._users_lock = None

    def wait_for_users(self, *, patient: bool) -> bool:
        """Whether no other command uses our servers; then none can begin before `release`.

        When `patient`, wait until that is so.
        """
        operation = fcntl.LOCK_EX if patient else fcntl.LOCK_EX | fcntl.LOCK_NB
        self._users_lock = _lock(self.path / "users.lock", operation)
        return self._users_lock is not None

    def wait_for_state(self, *, timeout: float = 900.0, say: Callable[[str], object]) -> State:
        """What the process that runs the servers published, once it has; `say` is told of waiting.

        Raises HomeInUseError when that process ends first, or says nothing in `timeout` seconds: a
        first start makes the whole database, on a busy machine for minutes.
        """
        began = time.monotonic()
        told = began - SAY_EVERY + SAY_AFTER
        while (state := State.read(self.state_file)) is None:
            now = time.monotonic()
            if self.try_to_run_servers():
                self.release()
                raise HomeInUseError(
                    f"Another command was starting the servers in {self.path}, and ended before"
                    f" they answered: see {self.path / 'logs'}."
                )
            if now - began > timeout:
                raise HomeInUseError(f"The servers in {self.path} were started but do not answer.")
            if now - told > SAY_EVERY:
                told = now
                say(f"Waiting for the servers that another command starts in {self.path}")
            time.sleep(0.1)
        return state

    def release(self) -> None:
        """Let go of what this process held; the state goes with the servers."""
        if self._servers_lock is not None:
            self.state_file.unlink(missing_ok=True)
            self._servers_lock.close()
            self._servers_lock = None
        self.stop_using()


def _lock(path: Path, operation: int) -> IO[bytes] | None:
    file = path.open("ab")
    try:
        fcntl.flock(file, operation)
    except BlockingIOError:
        file.close()
        return None
    return file
