"""Keyset pages: page 10,000 costs what page 1 costs, and rows that come or go shift nothing.

An order is a column and a unique column beside it, both in one direction, so that "after this row"
is one comparison of rows that an index answers. Rows whose column is null come last in either
direction; they are a part of their own, asked for only when the part before does not fill the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

from django.core import signing
from django.db import models
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)

T = TypeVar("T")

KEY, TIE = "page_key", "page_tie"
_signer = signing.Signer(salt="crm.paging")


class BadCursor(Exception):
    """The cursor is not one of ours, or is of another order; the message is fit for the user."""


@dataclass(frozen=True)
class Order:
    """How a list is sorted. `key` and `tie` are lookups of the queryset, the tie unique in it.

    For the index to serve, both must be columns of one table and the index on (key, tie) in one
    direction, e.g. (followers DESC NULLS LAST, creator DESC). A nullable key must be a lookup;
    `tie_of_unknown` is the same tie by another way, where a row without a key may lack the table.
    """

    name: str
    key: str | models.Expression
    tie: str = "id"
    descending: bool = False
    nullable: bool = False
    tie_of_unknown: str = ""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursors of the pages beside it (None: there is none)."""

    items: list[T]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Count:
    """How many rows there are, or that there are more than `number`."""

    number: int
    is_capped: bool

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_capped else ''}"


@dataclass(frozen=True)
class _Place:
    """Where a page begins: after (or before) the row with this key and tie."""

    is_backward: bool
    key: Any
    tie: Any


def paginate(
    rows: models.QuerySet[Any, T], order: Order, *, cursor: str | None = None, size: int = 50
) -> Page[T]:
    """The page of `rows` at `cursor` (None or empty: the first), at most `size` rows.

    Takes model rows and dicts (`values()`); each comes back with `page_key` and `page_tie`.
    Raises BadCursor. Costs one query; two where the page reaches the rows without a key.
    """
    place = _decode(cursor, order) if cursor else None
    is_backward = place is not None and place.is_backward
    items = _rows_from(rows, order, place, size + 1)
    goes_on = len(items) > size
    items = items[:size]
    if is_backward:
        items.reverse()
    has_next = bool(items) if is_backward else goes_on
    has_previous = goes_on if is_backward else bool(items) and place is not None
    return Page(
        items=items,
        next=_encode(items[-1], order, is_backward=False) if has_next else None,
        previous=_encode(items[0], order, is_backward=True) if has_previous else None,
    )


def page_or_first(
    rows: models.QuerySet[Any, T], order: Order, *, cursor: str | None, size: int = 50
) -> Page[T]:
    """The page at `cursor`; the first where that is of another order, as an old address has it."""
    try:
        return paginate(rows, order, cursor=cursor, size=size)
    except BadCursor:
        return paginate(rows, order, size=size)


@dataclass(frozen=True)
class Beside(Generic[T]):
    """The rows before and after one row of a list; None at its ends."""

    previous: T | None
    next: T | None


def place_of(item: object, order: Order) -> str:
    """The place of a row that `paginate` (or `keyed`) gave, for `beside`."""
    return _encode(item, order, is_backward=False)


def keyed(rows: models.QuerySet[Any, T], order: Order) -> models.QuerySet[Any, T]:
    """The rows with what their place in the order is made of."""
    tie = models.F(order.tie_of_unknown or order.tie)
    with_place: models.QuerySet[Any, T] = rows.annotate(**{KEY: _expression(order.key), TIE: tie})
    return with_place


def beside(rows: models.QuerySet[Any, T], order: Order, place: str) -> Beside[T]:
    """The rows before and after a place, though the row itself may have left the list.

    Raises BadCursor. Costs two queries; a third or fourth at the border of what is not known.
    """
    after = _decode(place, order)
    before = _Place(is_backward=True, key=after.key, tie=after.tie)
    return Beside(
        previous=next(iter(_rows_from(rows, order, before, 1)), None),
        next=next(iter(_rows_from(rows, order, after, 1)), None),
    )


def in_order(rows: models.QuerySet[Any, T], order: Order) -> models.QuerySet[Any, T]:
    """All of `rows` in the order of their pages, for who reads them to the end."""
    by_key, tie = models.F(KEY), models.F(order.tie_of_unknown or order.tie)
    if order.descending:
        sorting = by_key.desc(nulls_last=order.nullable or None), tie.desc()
    else:
        sorting = by_key.asc(nulls_last=order.nullable or None), tie.asc()
    return keyed(rows, order).order_by(*sorting)


def _rows_from(
    rows: models.QuerySet[Any, T], order: Order, place: _Place | None, number: int
) -> list[T]:
    """At most so many rows from a place on, in the direction in which it looks."""
    is_backward = place is not None and place.is_backward
    ordered = keyed(rows, order)
    items: list[T] = []
    for is_null in _parts(order, place, is_backward=is_backward):
        part = _part(ordered, order, place, is_null=is_null, is_backward=is_backward)
        items += list(part[: number - len(items)])
        if len(items) == number:
            break
    return items


def capped_count(rows: models.QuerySet[Any, Any], *, cap: int = 10_000) -> Count:
    """How many rows there are, counted up to `cap`: a number that nobody reads costs nothing."""
    number = rows.order_by().values("pk")[: cap + 1].count()
    return Count(min(number, cap), is_capped=number > cap)


def _expression(key: str | models.Expression) -> models.Expression | models.F:
    return models.F(key) if isinstance(key, str) else key


def _parts(order: Order, place: _Place | None, *, is_backward: bool) -> list[bool]:
    """Which parts the page may reach, in order: False the rows with a key, True those without."""
    if not order.nullable:
        return [False]
    parts = [True, False] if is_backward else [False, True]
    return parts if place is None else parts[parts.index(place.key is None) :]


def _part(
    rows: models.QuerySet[Any, T],
    order: Order,
    place: _Place | None,
    *,
    is_null: bool,
    is_backward: bool,
) -> models.QuerySet[Any, T]:
    """The rows of one part from `place` on."""
    descending = order.descending is not is_backward
    compare = LessThan if descending else GreaterThan
    at_least = LessThanOrEqual if descending else GreaterThanOrEqual
    if order.nullable:
        # By the lookup, not the annotation: it makes the join an inner one, led by the index.
        rows = rows.filter(**{f"{order.key}__isnull": is_null})
    by_tie = models.F(TIE if is_null else order.tie)
    if is_null:
        if place is not None and place.key is None:
            rows = rows.filter(compare(by_tie, models.Value(place.tie)))
        return rows.order_by(by_tie.desc() if descending else by_tie.asc())
    if place is not None and place.key is not None:
        key, value = _expression(order.key), models.Value(place.key)
        beyond = compare(_row(key, by_tie), _row(value, models.Value(place.tie)))
        # The bound alone says nothing new, but an index answers it where the ORM takes the tie
        # from another table than the key's, and the comparison of rows with it.
        rows = _asked_first(rows, beyond, at_least(key, value))
    by_key = models.F(KEY)
    if descending:
        # As the index is declared; without nulls it says nothing else.
        return rows.order_by(by_key.desc(nulls_last=order.nullable or None), by_tie.desc())
    return rows.order_by(by_key.asc(nulls_first=order.nullable or None), by_tie.asc())


def _asked_first(
    rows: models.QuerySet[Any, T], *conditions: models.Expression
) -> models.QuerySet[Any, T]:
    """The rows of which `conditions` are true, which stand before those that `rows` has already.

    Beside a comparison of rows PostgreSQL 18 begins to read an index at the first bound that it is
    told of, not at the narrowest: behind a filter by the same column it would read all pages before
    this one again.
    """
    found = rows.filter(*conditions)
    where = found.query.where.children
    new = len(where) - len(rows.query.where.children)
    where[:] = [*where[-new:], *where[:-new]]
    return found


def _row(*columns: models.Expression | models.F) -> models.Func:
    """SQL's ROW(a, b), which is compared from left to right."""
    return models.Func(*columns, function="ROW", output_field=models.TextField())


# How keys that JSON has no form for come back.
_READ: Mapping[str, Callable[[str], object]] = {
    "at": datetime.fromisoformat,
    "on": date.fromisoformat,
    "exactly": Decimal,
}


def _encode(item: object, order: Order, *, is_backward: bool) -> str:
    get = item.get if isinstance(item, Mapping) else lambda name: getattr(item, name)
    key, tie = get(KEY), get(TIE)
    if isinstance(key, datetime):
        key = {"at": key.isoformat()}
    elif isinstance(key, date):
        key = {"on": key.isoformat()}
    elif isinstance(key, Decimal):
        key = {"exactly": str(key)}
    return _signer.sign_object([order.name, is_backward, key, tie])


def _decode(cursor: str, order: Order) -> _Place:
    try:
        name, is_backward, key, tie = cast("list[Any]", _signer.unsign_object(cursor))
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("This page address is not complete. Start again from page one.") from error
    if name != order.name:
        raise BadCursor("This page address is of another order. Start again from page one.")
    if isinstance(key, dict):
        ((kind, said),) = key.items()
        key = _READ[kind](said)
    return _Place(is_backward, key, tie)
