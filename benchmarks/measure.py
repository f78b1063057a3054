"""Repetitions, medians, and how they are shown and kept."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import django
import psycopg
from django.db import connection

from benchmarks.processor import Meter
from benchmarks.server import TUNING

RESULTS = Path(__file__).with_name("RESULTS.md")


def nothing() -> None:
    """For contenders that need no preparation."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of doing the work: `prepare` is not timed, `work` is.

    `share` is the part of the whole work that is done, when the whole would take hours: its
    seconds are divided by it, and the table says so.
    """

    label: str
    work: Callable[[], object]
    prepare: Callable[[], object] = nothing
    share: float = 1.0
    # How many times `work` does the same thing: the seconds are those of one.
    times: int = 1
    repetitions: int | None = None
    # Called after each timed repetition, e.g. to check that the work was really done.
    check: Callable[[], object] = nothing


@dataclass(slots=True)
class Row:
    """What was measured of a contender, in seconds for the whole work."""

    label: str
    seconds: list[float] = field(default_factory=list)
    # Of the processor, ours and the database's; other work on the machine is not in them.
    busy: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one question; the first one is the floor, to which the others are ratios."""

    title: str
    rows: Sequence[Row]
    unit: str = "s"
    scale: float = 1.0
    note: str = ""

    def show(self) -> str:
        """The table in Markdown: median, spread, and the ratio to its first row.

        Then the same by the processor's time: the mean, since a short work is less than it counts
        in.
        """
        first = self.rows[0]
        floor, busy = first.median, statistics.fmean(first.busy) if first.busy else 0.0
        lines = [
            f"| {self.title} | median {self.unit} | min - max | ratio | processor | ratio | |",
            "|---|---:|---:|---:|---:|---:|---|",
        ]
        for row in self.rows:
            scaled = [value * self.scale for value in row.seconds]
            mine = statistics.fmean(row.busy) if row.busy else 0.0
            by_processor = f"{_number(mine * self.scale)} | {mine / busy:.2f}" if busy else "|"
            lines.append(
                f"| {row.label} | {_number(statistics.median(scaled))} "
                f"| {_number(min(scaled))} - {_number(max(scaled))} "
                f"| {row.median / floor:.2f} | {by_processor} | {row.note} |"
            )
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines)


class Shown(Protocol):
    """What a benchmark tells, as a table in Markdown."""

    def show(self) -> str: ...


def measure(
    title: str,
    contenders: Sequence[Contender],
    *,
    repetitions: int,
    in_milliseconds: bool = False,
) -> Table:
    """Time the contenders in turn, `repetitions` times over; the first one is the floor.

    In turn, so that a slow minute of the machine hits all alike.
    """
    rows = {
        contender.label: Row(contender.label, note=_note(contender)) for contender in contenders
    }
    for turn in range(repetitions):
        for contender in contenders:
            if contender.repetitions is not None and turn >= contender.repetitions:
                continue
            contender.prepare()
            parts = contender.share * contender.times
            took, busy = timed(contender.work)
            seconds = took / parts
            rows[contender.label].seconds.append(seconds)
            rows[contender.label].busy.append(busy / parts)
            print(f"  {title}: {contender.label}, turn {turn + 1}: {seconds:.4g} s", flush=True)
            contender.check()
    if in_milliseconds:
        return Table(title, list(rows.values()), unit="ms", scale=1_000.0)
    return Table(title, list(rows.values()))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that `work` takes, and those of the processor, with the garbage of others swept."""
    gc.collect()
    meter, begin = Meter(), time.perf_counter()
    work()
    took = time.perf_counter() - begin
    return took, meter.read()


def _note(contender: Contender) -> str:
    return "" if contender.share == 1.0 else f"measured on {contender.share:.1%}, scaled"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def keep(name: str, tables: Sequence[Shown], sizes: Mapping[str, object]) -> None:
    """Append what was measured to RESULTS.md, with the machine and the versions."""
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(
            f"\n## {name}, {datetime.now(tz=UTC):%Y-%m-%d %H:%M} UTC\n\n{surroundings()}\n\n"
        )
        file.write(", ".join(f"{key} {value}" for key, value in sizes.items()) + "\n\n")
        file.write("\n\n".join(table.show() for table in tables) + "\n")


def surroundings() -> str:
    """The machine, the versions and the settings, in words."""
    load = os.getloadavg()[0]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [server] = cursor.fetchone()
    tuning = ", ".join(f"{name} {value}" for name, value in TUNING.items())
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory()}, load {load:.1f} at the end. "
        f"Python {platform.python_version()}, Django {django.__version__}, "
        f"psycopg {psycopg.__version__}, PostgreSQL {server} (durability on; {tuning}). "
        f"Commit {_commit()}."
    )


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GiB"


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - whichever git there is
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return answer.stdout.strip() or "unknown"
