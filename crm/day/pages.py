"""Pages of a section: rows of several sources in one order, the longest waiting first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core import signing
from django.db.models import IntegerField, Q, QuerySet, Value

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

    Costs a statement for all sources, one for each source that is shown, and a count where a source
    has more rows than fit: most sources have nothing on most days.
    """
    after = _decode(cursor) if cursor else None
    sources = dict(sources_of(asker, section))
    rows = {rank: waiting(asker, source) for rank, source in sources.items()}
    found = _places(rows, after, most=size + 1)
    waits = Counter(rank for _at, rank, _pk in found)
    total, is_capped = 0, False
    for rank, some in rows.items():
        if after is None and waits[rank] <= size:
            total += waits[rank]
            continue
        count = capped_count(some, cap=CAP)
        total, is_capped = total + count.number, is_capped or count.is_capped
    shown = found[:size]
    return SectionPage(
        section=section,
        items=_shown(asker, [(sources[rank], pk) for _at, rank, pk in shown]),
        count=Count(min(total, CAP), is_capped=is_capped or total > CAP),
        next=_encode(shown[-1]) if len(found) > size else None,
    )


def _places(rows: Mapping[int, QuerySet[Any]], after: _Place | None, *, most: int) -> list[_Place]:
    """Of each source, by its rank, the `most` that wait longest, all in one order."""
    parts = [
        _after(some, rank, after)
        .order_by(DAY_AT, "pk")
        .values_list(DAY_AT, Value(rank, IntegerField()), "pk")[:most]
        for rank, some in rows.items()
    ]
    if not parts:
        return []
    first, *others = parts
    found: Iterable[_Place] = first.union(*others, all=True) if others else first
    return sorted(found)


def find(asker: Asker, source_key: str, pk: int) -> tuple[Source, Any] | None:
    """A source, and its row if that waits for the asker (put off or not)."""
    if source_key not in SOURCES:
        return None
    source = SOURCES[source_key]
    if not may(asker.role, source.can):
        return None
    row = source.rows(asker).filter(pk=pk).first()
    return None if row is None else (source, row)


def _shown(asker: Asker, places: Sequence[tuple[Source, int]]) -> list[Placed]:
    """Each source shows its rows together, then they go back to their places.

    Who was quicker meanwhile took a row away: it is not shown.
    """
    by_source: dict[str, list[int]] = {}
    for source, pk in places:
        by_source.setdefault(source.key, []).append(pk)
    made: dict[tuple[str, int], Row] = {}
    for key, keys in by_source.items():
        of_source = SOURCES[key].rows(asker).filter(pk__in=keys)
        there = {row.pk: row for row in of_source}
        rows = [there[pk] for pk in keys if pk in there]
        shown = SOURCES[key].show(asker, rows) if rows else []
        made |= {(key, row.pk): one for row, one in zip(rows, shown, strict=True)}
    return [
        Placed(source, made[source.key, pk], may(asker.role, source.can_finish))
        for source, pk in places
        if (source.key, pk) in made
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
