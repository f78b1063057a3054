"""The joins that rules need beside the fact row: each question is asked once, however many ask it.

A rule that reads facts alone needs none. What it reads beyond becomes a further column of the fact
row: `enrich` wraps the rows in a query that joins records summed up by creator, norms and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from segmentation.rules.context import NormKey, NormValue, Peers
from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.rules.records import RecordType
from segmentation.rules.sql import LOWER, Sql, escaped, joined, once
from segmentation.rules.tree import Aggregate, Function, Op

Norms = Mapping[NormKey, Mapping[Peers, NormValue]]


@dataclass(frozen=True)
class Scope:
    """What a run looks at: the brand as of a moment, and which creators.

    `creators` is a condition on the column for which {} stands, with its parameters.
    """

    brand_id: int
    as_of: datetime
    creators: Sql


@dataclass(frozen=True)
class Total:
    """What an aggregate asks of one creator's records; `condition` is none for all of them."""

    function: Function
    field: Fact | None
    condition: Sql | None
    column: str


@dataclass(frozen=True)
class PastStay:
    """Membership of a segment at any time from start until end; without end, a stay still open."""

    segment: str
    start: datetime
    end: datetime | None


@dataclass
class Reads:
    """The columns that compiled rules have asked for, by what they stand for.

    `catalogue` is what the rules were compiled with. Names of columns start with x_, which no fact
    does.
    """

    catalogue: Catalogue
    totals: dict[Aggregate, Total] = field(default_factory=dict)
    norms: dict[NormKey, str] = field(default_factory=dict)
    stays: dict[PastStay, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)

    def is_empty(self) -> bool:
        """Whether the rules read facts alone, or other segments."""
        return not (self.totals or self.norms or self.stays)

    def total(self, leaf: Aggregate, condition: Callable[[], Sql | None]) -> str:
        """The column of what an aggregate gives; two that only compare otherwise share it."""
        asked = replace(leaf, op=Op.IS_KNOWN, value=None)
        if asked not in self.totals:
            kind = self.catalogue.records[leaf.records]
            field = None if leaf.field is None else kind.fields[leaf.field]
            column = f"f.x_total{len(self.totals)}"
            self.totals[asked] = Total(leaf.function, field, condition(), column)
        return self.totals[asked].column

    def norm(self, key: NormKey) -> str:
        """The column of what is usual among the creator's peers."""
        return self.norms.setdefault(key, f"f.x_norm{len(self.norms)}")

    def stay(self, stay: PastStay) -> str:
        """The column that tells whether there was such a stay; never null."""
        return self.stays.setdefault(stay, f"f.x_stay{len(self.stays)}")

    def member(self, segment: str) -> str:
        """The column of membership in the same run; null is unknown."""
        return self.members.setdefault(segment, f"f.x_member{len(self.members)}")

    def enrich(
        self,
        rows: Sql,
        scope: Scope,
        *,
        norms: Norms,
        segment_ids: Mapping[str, int],
        members: Mapping[str, str],
    ) -> Sql:
        """Return the rows `f` (a FROM item) with the columns that were asked for.

        segment_ids  of the brand's segments, by key
        members      SQL over `f` of the membership in segments; for those that are not named here
                     the caller adds the columns itself
        """
        columns: list[Sql] = []
        joins: list[Sql] = []
        if self.totals:
            self._add_totals(columns, joins, scope)
        for number, (key, column) in enumerate(self.norms.items()):
            columns.append(Sql(f"n{number}.value AS {bare(column)}"))
            joins.append(self._norm_join(number, key, norms.get(key, {})))
        for number, (stay, column) in enumerate(self.stays.items()):
            columns.append(Sql(f"s{number}.creator_id IS NOT NULL AS {bare(column)}"))
            joins.append(_stay_join(number, stay, segment_ids, scope))
        columns += [
            Sql(f"{members[segment]} AS {bare(column)}")
            for segment, column in self.members.items()
            if segment in members
        ]
        if not columns:
            return rows
        added, joining = joined(", ", columns), joined("\n", joins)
        return Sql(
            f"(SELECT f.*, {added.text} FROM {rows.text}\n{joining.text}) f",  # noqa: S608 - our names
            (*added.params, *rows.params, *joining.params),
        )

    def _add_totals(self, columns: list[Sql], joins: list[Sql], scope: Scope) -> None:
        """One pass over each kind of record, whatever number of totals is asked for."""
        for place, key in enumerate(dict.fromkeys(leaf.records for leaf in self.totals)):
            kind = self.catalogue.records[key]
            asked = [total for leaf, total in self.totals.items() if leaf.records == key]
            aggregates = []
            for total in asked:
                name = bare(total.column)
                found = _aggregate(total, kind)
                aggregates.append(Sql(f"{found.text} AS {name}", found.params))
                shown = f"t{place}.{name}"
                if total.function is Function.COUNT:
                    shown = f"coalesce({shown}, 0)"
                columns.append(Sql(f"{shown} AS {name}"))
            joins.append(_totals_join(place, kind, joined(", ", aggregates), scope, asked))

    def _norm_join(self, number: int, key: NormKey, groups: Mapping[Peers, NormValue]) -> Sql:
        names = [f"k{place}" for place in range(len(key.by))]
        listed = ", ".join([*names, "value"])
        if not groups:
            nulls = ", ".join(f"NULL::text AS {name}" for name in names)
            table = Sql(f"(SELECT {nulls}, NULL::double precision AS value WHERE FALSE)")
        else:
            cells = ", ".join([*("%s::text" for _ in names), "%s::double precision"])
            params = [item for peers, norm in groups.items() for item in (*peers, norm.value)]
            table = Sql(
                f"(SELECT * FROM (VALUES {', '.join([f'({cells})'] * len(groups))}) v ({listed}))",  # noqa: S608 - our names
                tuple(params),
            )
        equal = " AND ".join(
            f"n{number}.{name} = {peer_sql(self.catalogue[fact])}"
            for name, fact in zip(names, key.by, strict=True)
        )
        return Sql(f"LEFT JOIN {table.text} n{number} ON {equal}", table.params)


def peer_sql(fact: Fact) -> str:
    """Return SQL for the value by which a creator has peers, as text: see context.peers_of."""
    column = f"({escaped(fact.sql)})"
    return LOWER.format(column) if fact.type is FactType.TEXT else f"{column}::text"


def bare(column: str) -> str:
    """Return the name of a column without its table."""
    return column.removeprefix("f.")


def _aggregate(total: Total, kind: RecordType) -> Sql:
    """Return one aggregate over the records `r` of a creator."""
    condition = [] if total.condition is None else [total.condition]
    if total.field is None:
        return _filtered("count(*)", condition)
    column = f"({escaped(total.field.sql)})"
    condition.append(Sql(f"{column} IS NOT NULL"))
    if total.function is Function.LATEST:
        newest = f"array_agg({column} ORDER BY {kind.moment} DESC NULLS LAST, {kind.order} DESC)"
        found = _filtered(newest, condition)
        return Sql(f"({found.text})[1]", found.params)
    # Decimal, so that no order of adding gives another sum; whole columns are added so anyway.
    exact = column if total.field.type is FactType.NUMBER else f"{column}::numeric"
    if total.function in (Function.MIN, Function.MAX):
        return _filtered(f"{total.function.value}({column})", condition)
    added = _filtered(f"sum({exact})", condition)
    if total.function is Function.SUM:
        return Sql(f"({added.text})::double precision", added.params)
    counted = _filtered("count(*)", condition)
    return Sql(
        f"({added.text})::double precision / nullif({counted.text}, 0)",
        added.params + counted.params,
    )


def _filtered(aggregate: str, conditions: Sequence[Sql]) -> Sql:
    if not conditions:
        return Sql(aggregate)
    condition = joined(" AND ", conditions)
    return Sql(f"{aggregate} FILTER (WHERE {condition.text})", condition.params)


def _totals_join(
    place: int, kind: RecordType, aggregates: Sql, scope: Scope, asked: Sequence[Total]
) -> Sql:
    source = _placed(kind.sql, scope)
    always = _placed(kind.where, scope)
    known = Sql(f"coalesce({kind.known} <= %s::timestamptz, TRUE)", (scope.as_of,))
    conditions = [always, known]
    # When every total has a condition of its own, records that meet none need not be grouped.
    wanted = [total.condition for total in asked if total.condition is not None]
    if len(wanted) == len(asked):
        either = joined(" OR ", wanted)
        conditions.append(Sql(f"({either.text})", either.params))
    condition = joined(" AND ", conditions)
    query = f"""SELECT {kind.creator} AS creator_id, {aggregates.text} FROM {source.text}
  WHERE {condition.text} GROUP BY 1"""  # noqa: S608 - names of ours, values are parameters
    text = f"LEFT JOIN {once(query)} t{place} ON t{place}.creator_id = f.creator_id"
    return Sql(text, (*aggregates.params, *source.params, *condition.params))


_PLACES = re.compile(r"\{(as_of|brand|creators:([^}]*))\}")


def _placed(text: str, scope: Scope) -> Sql:
    """Return SQL of a RecordType with the values of the scope as parameters."""
    params: list[Any] = []

    def put(found: re.Match[str]) -> str:
        if found[1] == "as_of":
            params.append(scope.as_of)
            return "%s::timestamptz"
        if found[1] == "brand":
            params.append(scope.brand_id)
            return "%s"
        params.extend(scope.creators.params)
        return scope.creators.text.format(found[2])

    return Sql(_PLACES.sub(put, escaped(text)), tuple(params))


def _stay_join(number: int, stay: PastStay, segment_ids: Mapping[str, int], scope: Scope) -> Sql:
    who = Sql(scope.creators.text.format("m.creator_id"), scope.creators.params)
    if stay.end is None:
        when = Sql("m.left_at IS NULL AND m.entered_at > %s::timestamptz", (stay.start,))
    else:
        when = Sql(
            "m.entered_at < %s::timestamptz AND (m.left_at IS NULL OR m.left_at > %s::timestamptz)",
            (stay.end, stay.start),
        )
    query = (
        "SELECT m.creator_id FROM segmentation_membership m "  # noqa: S608 - names of ours
        f"WHERE m.segment_id = %s AND {when.text} AND {who.text} GROUP BY 1"
    )
    text = f"LEFT JOIN {once(query)} s{number} ON s{number}.creator_id = f.creator_id"
    return Sql(text, (segment_ids.get(stay.segment, 0), *when.params, *who.params))


def records_query(kind: RecordType, scope: Scope) -> Sql:
    """Return the records of the scope one by one: moment, known, order, then each field."""
    source, always = _placed(kind.sql, scope), _placed(kind.where, scope)
    fields = ", ".join(f"({escaped(fact.sql)})" for fact in kind.fields.values())
    text = (
        f"SELECT {kind.moment}, {kind.known}, {kind.order}, {fields} "  # noqa: S608 - our names
        f"FROM {source.text} WHERE {always.text} AND coalesce({kind.known} <= %s, TRUE)"
    )
    return Sql(text, (*source.params, *always.params, scope.as_of))
