"""How long anybody waits for a list: a filter that asks each creator a rule is stopped in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crm.filters import CreatorFilter
from crm.limits import limited
from crm.paging import capped_count

SECONDS = 10.0
TOO_LONG = (
    f"To ask this rule of every creator takes longer than {SECONDS:.0f} seconds here. Narrow the "
    "list by something else too, ask a shorter rule, or make it a segment: a worker counts those."
)


@contextmanager
def in_time(found: CreatorFilter) -> Iterator[None]:
    """Stop what reads the list's rows when it takes too long. Raises TookTooLong.

    Only where the filter asks each creator: all others answer from an index, and setting the limit
    costs as much as some of them.
    """
    if not _asks_each(found):
        yield
        return
    with limited(SECONDS):
        yield


def try_out(found: CreatorFilter, *, cap: int) -> None:
    """Read up to `cap` rows once, before a file begins and nothing can be said any more.

    Raises TookTooLong. Costs nothing where the filter asks no creator.
    """
    if _asks_each(found):
        with in_time(found):
            capped_count(found.qs, cap=cap)


def _asks_each(found: CreatorFilter) -> bool:
    return any(
        getattr(part, "asks_each", False) and found.form[name].data
        for name, part in found.filters.items()
    )
