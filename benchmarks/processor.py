"""Time of the processor, ours and the database's: what other work on the machine is not in.

Seconds by the clock say little where others work, too. The database's are those of its processes:
of the living ones to the nanosecond, of those that ended, as helpers of a parallel query do, as the
server that they were of counts them. Linux only; elsewhere there is nothing to read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

_TICK = 1 / os.sysconf("SC_CLK_TCK")


class Meter:
    """The processor's seconds from its making on: of this process and of all the database's."""

    def __init__(self) -> None:
        self._server = database_process()
        self._theirs = _of_server(self._server)
        self._ours = time.process_time()

    def read(self) -> float:
        """Without what reading it takes."""
        ours = time.process_time() - self._ours
        return ours + _of_server(self._server) - self._theirs


def database_process() -> int:
    """The process that all of the database's descend from."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(_stat(cursor.fetchone()[0])[1])


def of_servers(processes: Iterable[int]) -> float:
    """The seconds that these servers took until now, each with its children."""
    return sum(_of_process(one) + _of_server(one) for one in processes)


def _of_server(server: int) -> float:
    ended = sum(int(ticks) for ticks in _stat(server)[13:15]) * _TICK
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return ended + sum(_of_process(int(child)) for child in children)


def _of_process(pid: int) -> float:
    try:
        threads = [*Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return sum(int(one.read_text(encoding="ascii").split()[0]) for one in threads) / 1e9
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return 0.0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
