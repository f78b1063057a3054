"""Pages of a section: rows of several sources in one order, the longest waiting first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core import signing
from django.db.models import Q, QuerySet

from crm.day.parts import DAY_AT, SOURCES, Asker, Row, Section, Source
from crm.models import Snooze
from crm.paging import BadCursor, Count, capped_count
from crm.permissions import may

# More than this nobody counts in the morning.
CAP = 99
_signer = signing.Signer(salt="crm.day")
_Place = tuple[datetime, int, int]


@dataclass(frozen=True)
class Placed:
    """A row with the source it comes from."""

    source: Source
    row: Row
    may_finish: bool


@dataclass(frozen=True)
class SectionPage:
    """Some rows of a section, and how many there are in all."""

    section: Section
    items: list[Placed]
    count: Count
    next: str | None


def sources_of(asker: Asker, section: Section) -> Iterator[tuple[int, Source]]:
    """The sources whose rows the asker's role may see, each with its rank among all."""
    for rank, source in enumerate(SOURCES):
        if source.section == section and may(asker.role, source.can):
            yield rank, source


def waiting(asker: Asker, source: Source) -> QuerySet[Any]:
    """The rows of a source that the asker has not put off."""
    put_off = Snooze.objects.filter(
        user=asker.user, brand=asker.brand, source=source.key, until__gt=asker.today
    )
    return source.rows(asker).exclude(pk__in=put_off.values("row"))


def section_page(
    asker: Asker, section: Section, *, size: int, cursor: str | None = None
) -> SectionPage:
    """The rows that wait longest, or those after `cursor`. Raises BadCursor.

    Costs a query for each source, and a second where a source has more rows than fit.
    """
    after = _decode(cursor) if cursor else None
    found: list[tuple[_Place, Source, Any]] = []
    total, is_capped = 0, False
    for rank, source in sources_of(asker, section):
        rows = waiting(asker, source)
        page = list(_after(rows, rank, after).order_by(DAY_AT, "pk")[: size + 1])
        found += [((getattr(row, DAY_AT), rank, row.pk), source, row) for row in page]
        if after is None and len(page) <= size:
            count = Count(len(page), is_capped=False)
        else:
            count = capped_count(rows, cap=CAP)
        total, is_capped = total + count.number, is_capped or count.is_capped
    found.sort(key=lambda one: one[0])
    shown = found[:size]
    goes_on = len(found) > size
    return SectionPage(
        section=section,
        items=_shown(asker, shown),
        count=Count(min(total, CAP), is_capped=is_capped or total > CAP),
        next=_encode(shown[-1][0]) if goes_on else None,
    )


def find(asker: Asker, source_key: str, pk: int) -> tuple[Source, Any] | None:
    """A source, and its row if that waits for the asker (put off or not)."""
    if source_key not in SOURCES:
        return None
    source = SOURCES[source_key]
    if not may(asker.role, source.can):
        return None
    row = source.rows(asker).filter(pk=pk).first()
    return None if row is None else (source, row)


def _shown(asker: Asker, places: list[tuple[_Place, Source, Any]]) -> list[Placed]:
    """Each source shows its rows together, then they go back to their places."""
    by_source: dict[str, list[Any]] = {}
    for _place, source, row in places:
        by_source.setdefault(source.key, []).append(row)
    made = {
        key: iter(SOURCES[key].show(asker, rows)) if rows else iter(())
        for key, rows in by_source.items()
    }
    return [
        Placed(source, next(made[source.key]), may(asker.role, source.can_finish))
        for _place, source, _row in places
    ]


def _after(rows: QuerySet[Any], rank: int, after: _Place | None) -> QuerySet[Any]:
    if after is None:
        return rows
    at, last_rank, pk = after
    at_that_moment = Q(**{DAY_AT: at})
    if rank == last_rank:
        at_that_moment &= Q(pk__gt=pk)
    elif rank < last_rank:
        at_that_moment = Q(pk__in=[])
    return rows.filter(Q(**{f"{DAY_AT}__gt": at}) | at_that_moment)


def _encode(place: _Place) -> str:
    at, rank, pk = place
    return _signer.sign_object([at.isoformat(), rank, pk])


def _decode(cursor: str) -> _Place:
    try:
        at, rank, pk = cast("tuple[str, int, int]", _signer.unsign_object(cursor))
        return datetime.fromisoformat(at), rank, pk
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("This page address is not complete. Start again from page one.") from error
