"""Few creators looked at: what a run of all writes to tables is small enough to be held here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, cast

from django.db import connection
from psycopg import sql

from crm.limits import limited
from crm.performance import for_creators
from segmentation.choices import Cause, ChangeKind
from segmentation.rules.later import Asked, Statement
from segmentation.services.evaluation.diff import diff_query
from segmentation.services.evaluation.limits import within_limits
from segmentation.services.evaluation.plan import Plan
from segmentation.services.evaluation.rules import Judged
from segmentation.services.masks import bits_of, holds


class Looked(NamedTuple):
    """A creator who was looked at: the columns of `run_diff`, see diff.py.

    `read` is JSON, and none for those who do not move and of whom nothing is unknown.
    """

    creator_id: int
    old: list[int]
    lacked: list[int]
    new: list[int]
    unknown: list[int]
    forced: list[int]
    matched: list[int]
    read: str | None
    is_known: bool

    @property
    def moves(self) -> bool:
        """Whether they join or leave a segment."""
        return self.old != self.new

    @property
    def differs(self) -> bool:
        """Whether their masks change."""
        return self.moves or self.lacked != self.unknown


class Move(NamedTuple):
    """A creator joins a segment or leaves it: a row of ledger.MOVES."""

    segment_id: int
    version_id: int
    creator_id: int
    kind: str
    cause: str


@dataclass(frozen=True)
class Found:
    """What looking at some creators found, by the plan that it was done by."""

    plan: Plan
    looked: Sequence[Looked]

    @property
    def differing(self) -> list[Looked]:
        """Those whose masks change."""
        return [one for one in self.looked if one.differs]

    @property
    def movers(self) -> list[Looked]:
        """Those who join or leave a segment."""
        return [one for one in self.looked if one.moves]

    @cached_property
    def readings(self) -> list[str]:
        """What the rules read, by name, in the order of `read`."""
        return [reading.name for reading in self.plan.readings()]

    @property
    def has_strangers(self) -> bool:
        """Whether the brand does not know one of them (any more)."""
        return not all(one.is_known for one in self.looked)

    def moves(self) -> list[Move]:
        """The change set, in the order in which those of all creators are written."""
        by_bit = {one.bit: one for one in self.plan.judged}
        return sorted(move for one in self.movers for move in _moves(one, by_bit))

    def unknown(self, judged: Judged) -> int:
        """For how many creators a segment's rule is unknown."""
        return sum(holds(one.unknown, judged.bit) for one in self.looked)

    def missing(self, judged: Judged) -> dict[str, int]:
        """For how many of those each reading of the rule is missing."""
        lacking = Counter[str]()
        for one in self.looked:
            if one.read is not None and holds(one.unknown, judged.bit):
                values = dict(zip(self.readings, json.loads(one.read), strict=True))
                lacking.update(name for name in _can_miss(judged) if values[name] is None)
        return {name: lacking[name] for name in _can_miss(judged) if lacking[name]}


def look(plan: Plan, statement: Statement, *, is_limited: bool = False) -> Found:
    """Evaluate the plan for its creators by the statement that was made of it.

    `is_limited` says that the transaction stops what takes too long: TookTooLong ends it as a
    whole. Else the rules that take too long are found, and left out with an error.
    """
    if is_limited:
        return Found(plan, _look(plan, statement))

    def within(tried: Plan, seconds: float) -> list[Looked]:
        with limited(seconds):
            return _look(tried, statement if tried is plan else statement_of(tried))

    return Found(*within_limits(plan, within))


def statement_of(plan: Plan) -> Statement:
    """What evaluates the plan's rules at any moment for any few creators."""
    anytime = replace(plan, as_of=cast("datetime", Asked.AS_OF), creator_ids=Asked.CREATORS)
    connection.ensure_connection()

    def literal(value: Any) -> str:
        return sql.Literal(value).as_string(connection.connection)

    return Statement.of(diff_query(anytime, everybody=True), literal)


def _look(plan: Plan, statement: Statement) -> list[Looked]:
    creators = plan.few()
    values = statement.told(as_of=plan.as_of, calendar=plan.calendar, creators=creators)
    with plan.planned(), connection.cursor() as cursor:
        cursor.execute(*for_creators(statement.text, values, len(creators)))
        return [Looked._make(row) for row in cursor.fetchall()]


def _moves(one: Looked, by_bit: dict[int, Judged]) -> Iterator[Move]:
    for bit in bits_of([old ^ new for old, new in zip(one.old, one.new, strict=True)]):
        judged = by_bit[bit]
        if holds(one.forced, bit):
            cause = Cause.OVERRIDE
        elif holds(one.matched, bit) and holds(one.old, bit):
            cause = Cause.PRECEDENCE
        else:
            cause = Cause.RULE
        kind = ChangeKind.JOINED if holds(one.new, bit) else ChangeKind.LEFT
        yield Move(judged.segment.pk, judged.version.pk, one.creator_id, kind.value, cause.value)


def _can_miss(judged: Judged) -> Iterable[str]:
    return [reading.name for reading in judged.readings if reading.can_miss]
