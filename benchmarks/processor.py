"""Time of the processor, ours and the database's: what other work on the machine is not in.

Seconds by the clock say little where others work, too. The database's are those of its processes:
of the living ones to the nanosecond, of those that ended, as helpers of a parallel query do, as the
server that they were of counts them. Linux only; elsewhere there is nothing to read.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.db import connection

_TICK = 1 / os.sysconf("SC_CLK_TCK")


class Meter:
    """The processor's seconds from its making on: of this process and of all the database's."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            # The process that all of the database's descend from.
            self._server = int(_stat(cursor.fetchone()[0])[1])
        self._theirs = _of_server(self._server)
        self._ours = time.process_time()

    def read(self) -> float:
        """Without what reading it takes."""
        ours = time.process_time() - self._ours
        return ours + _of_server(self._server) - self._theirs


def _of_server(server: int) -> float:
    ended = sum(int(ticks) for ticks in _stat(server)[13:15]) * _TICK
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return ended + sum(_of_process(int(child)) for child in children)


def _of_process(pid: int) -> float:
    path = Path(f"/proc/{pid}/schedstat")
    try:
        return int(path.read_text(encoding="ascii").split()[0]) / 1e9
    except FileNotFoundError:  # it ended meanwhile
        return 0.0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
