"""Scores of all creators in one pass over the fact rows: the same numbers as `evaluate`.

Each component becomes an expression over the fact row `f`; a percentile reads the spread of its
peers, which stands in a table of a few rows, by a search in a sorted array. Text of people never
becomes SQL but as a quoted literal.
"""

from __future__ import annotations

from collections.abc import Sequence

from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.scoring.definition import (
    HIGHEST,
    LEAVE_OUT,
    NO_SCORE,
    Anchors,
    Component,
    Definition,
    Percentile,
    Values,
    percentiles,
)
from segmentation.scoring.evaluate import FEWEST_PEERS

# Steps of a spread: a rank is exact to half a step, 0.5 of 100 points.
STEPS = 100


def compile_scores(definition: Definition, facts: Catalogue, *, rows: str, norms: str) -> str:
    """A SELECT of creator_id, score, known and points (an array, in the components' order).

    Of the creators in `rows` (a FROM item `f`) who have a score, compared with the table `norms`,
    which has the columns component, peers (text[]), points, mirrored and creators.
    """
    points, joins = [], []
    for nth, component in enumerate(definition.components):
        fact = facts[component.fact]
        if isinstance(component.scale, Percentile):
            joins.append(_joined(nth, component.scale, component, facts, norms))
        points.append(f"{_points(nth, component, fact)} AS p{nth}")
    return f"""SELECT s.creator_id, s.total / s.counted AS score, s.known, s.points
FROM (SELECT m.creator_id, m.points, {_total(definition)} AS total,
    {_counted(definition)} AS counted, {_known(definition)} AS known{_needed(definition)}
  FROM (SELECT v.*, {_array(definition)} AS points FROM (
    SELECT f.creator_id, {", ".join(points)}
    FROM {rows} {" ".join(joins)}
    WHERE f.known_since IS NOT NULL OFFSET 0) v) m OFFSET 0) s
WHERE s.counted > 0 AND s.known >= {definition.least_known!r}::float8 - 1e-9
  AND {"NOT s.lacks" if _needs(definition) else "true"}"""  # noqa: S608 - expressions of ours


def norms_query(definition: Definition, facts: Catalogue, *, rows: str) -> str | None:
    """A SELECT of component, peers, points, mirrored and creators; None: nothing is compared.

    For each component a row of everybody, and one for each group of peers that is large enough.
    `rows` is taken once for each component: give it as the name of a table.
    """
    parts = [
        _spread(component, scale.peers[:count], facts, rows)
        for component, scale in percentiles(definition)
        for count in sorted({0, len(scale.peers)})
    ]
    return "\nUNION ALL\n".join(parts) or None


def _spread(component: Component, peers: Sequence[str], facts: Catalogue, rows: str) -> str:
    value = f"({facts[component.fact].sql})::float8"
    named = [f"({facts[key].sql})::text" for key in peers]
    array = f"ARRAY[{', '.join(named)}]::text[]"
    known = "".join(f" AND {one} IS NOT NULL" for one in named)
    grouped = f"GROUP BY {array}" if named else ""
    steps = f"ARRAY[{', '.join(f'{step / STEPS!r}' for step in range(STEPS + 1))}]::float8[]"
    return f"""SELECT {_text(component.key)} AS component, p.peers, p.points,
  (SELECT array_agg(-x ORDER BY -x) FROM unnest(p.points) x) AS mirrored, p.creators
FROM (SELECT {array} AS peers, count(*) AS creators,
    percentile_disc({steps}) WITHIN GROUP (ORDER BY {value}) AS points
  FROM {rows} WHERE f.known_since IS NOT NULL AND {value} IS NOT NULL{known} {grouped}) p
WHERE p.creators >= {FEWEST_PEERS}"""  # noqa: S608 - expressions of ours


def _joined(nth: int, scale: Percentile, component: Component, facts: Catalogue, norms: str) -> str:
    """Everybody's spread, and the peers' where there is one."""
    key = _text(component.key)
    same = f".component = {key} AND"
    all_of_them = f"LEFT JOIN {norms} a{nth} ON a{nth}{same} cardinality(a{nth}.peers) = 0"
    if not scale.peers:
        return all_of_them
    array = ", ".join(f"({facts[peer].sql})::text" for peer in scale.peers)
    return (
        f"{all_of_them} LEFT JOIN {norms} n{nth} ON n{nth}{same} "
        f"n{nth}.peers::text[] = ARRAY[{array}]::text[]"
    )


def _points(nth: int, component: Component, fact: Fact) -> str:
    scale = component.scale
    if isinstance(scale, Percentile):
        return _standing(nth, scale, f"({fact.sql})::float8")
    if isinstance(scale, Anchors):
        return _between(scale, f"({fact.sql})::float8")
    return _listed(scale, fact)


def _standing(nth: int, scale: Percentile, value: str) -> str:
    """(values up to it + values below it) / 2, as a share: the mirrored array counts from above."""
    given = f"n{nth}" if scale.peers else f"a{nth}"

    def of(name: str) -> str:
        return f"coalesce({given}.{name}, a{nth}.{name})" if scale.peers else f"{given}.{name}"

    length = STEPS + 1
    up_to = f"width_bucket({value}, {of('points')})"
    below = f"({length} - width_bucket(-({value}), {of('mirrored')}))"
    standing = f"({HIGHEST!r} * ({up_to} + {below}) / {2 * length}.0::float8)"
    return f"({HIGHEST!r} - {standing})" if scale.is_lower_better else standing


def _between(scale: Anchors, value: str) -> str:
    first, last = scale.points[0], scale.points[-1]
    cases = [f"WHEN {value} IS NULL THEN NULL", f"WHEN {value} <= {first[0]!r} THEN {first[1]!r}"]
    for (low, brings), (high, more) in zip(scale.points, scale.points[1:], strict=False):
        slope = f"({value} - {_number(low)}) * {_number(more - brings)} / {_number(high - low)}"
        cases.append(f"WHEN {value} < {_number(high)} THEN {_number(brings)} + {slope}")
    return f"(CASE {' '.join(cases)} ELSE {_number(last[1])} END)"


def _listed(scale: Values, fact: Fact) -> str:
    other = _number(scale.other)
    if fact.type is FactType.BOOLEAN:
        yes, no = (_number(scale.points.get(key, scale.other)) for key in ("true", "false"))
        return f"(CASE WHEN {fact.sql} THEN {yes} WHEN NOT {fact.sql} THEN {no} END)"
    if fact.type is FactType.SET:
        # The most that a member brings; members that are not listed bring `other`.
        listed = ", ".join(_literal(fact.stored(name)) for name in scale.points)
        kind = "int" if fact.vocabulary is not None else "text"
        by_points = sorted(scale.points.items(), key=lambda one: -one[1])
        cases = [
            f"WHEN {_literal(fact.stored(name))} = ANY({fact.sql}) THEN {_number(points)}"
            for name, points in by_points
            if points >= scale.other
        ]
        lower = [
            f"WHEN {_literal(fact.stored(name))} = ANY({fact.sql}) THEN {_number(points)}"
            for name, points in by_points
            if points < scale.other
        ]
        # `other` counts where a member is not listed, or where there is none at all.
        unlisted = (
            f"WHEN cardinality({fact.sql}) = 0 OR NOT {fact.sql} <@ ARRAY[{listed}]::{kind}[] "
            f"THEN {other}"
        )
        return (
            f"(CASE WHEN {fact.sql} IS NULL THEN NULL {' '.join([*cases, unlisted, *lower])} END)"
        )
    cases = [
        f"WHEN {_literal(fact.stored(name))} THEN {_number(points)}"
        for name, points in scale.points.items()
    ]
    return (
        f"(CASE WHEN {fact.sql} IS NULL THEN NULL "
        f"ELSE (CASE {fact.sql} {' '.join(cases)} ELSE {other} END) END)"
    )


def _counting(nth: int, component: Component) -> str:
    """The points that count: where it is not known, those that are assumed."""
    if component.missing in {LEAVE_OUT, NO_SCORE}:
        return f"p{nth}"
    return f"coalesce(p{nth}, {_number(float(component.missing))})"


def _total(definition: Definition) -> str:
    return " + ".join(
        f"coalesce({_number(one.weight)} * {_counting(nth, one)}, 0)"
        for nth, one in enumerate(definition.components)
    )


def _counted(definition: Definition) -> str:
    return " + ".join(
        f"CASE WHEN {_counting(nth, one)} IS NULL THEN 0 ELSE {_number(one.weight)} END"
        for nth, one in enumerate(definition.components)
    )


def _known(definition: Definition) -> str:
    weights = " + ".join(
        f"CASE WHEN p{nth} IS NULL THEN 0 ELSE {_number(one.weight)} END"
        for nth, one in enumerate(definition.components)
    )
    return f"({weights}) / {_number(definition.weight)}"


def _needs(definition: Definition) -> list[int]:
    return [nth for nth, one in enumerate(definition.components) if one.missing == NO_SCORE]


def _needed(definition: Definition) -> str:
    needs = _needs(definition)
    return f", {' OR '.join(f'p{nth} IS NULL' for nth in needs)} AS lacks" if needs else ""


def _array(definition: Definition) -> str:
    return f"ARRAY[{', '.join(f'p{nth}' for nth in range(len(definition.components)))}]::float4[]"


def _number(value: float) -> str:
    return f"({value!r}::float8)"


def _literal(stored: str | int) -> str:
    return str(stored) if isinstance(stored, int) else _text(stored)


def _text(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'::text"
