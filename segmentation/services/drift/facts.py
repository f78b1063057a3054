"""Which facts are distributed differently than before, and how old what we know is.

Looks at a sample of at most SAMPLE creators, the same ones each time: as sure as one needs to be,
and as quick for a million creators as for ten thousand. Facts of the past are derived from dated
records as a run as of then would derive them; those that keep no history are not compared.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db import connection, transaction

from crm import performance
from crm.models import Brand
from segmentation.facts import sources as known
from segmentation.facts.query import facts_query
from segmentation.facts.refresh import parameters
from segmentation.metrics import shifts
from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType

SAMPLE = 5_000
# Values of a text or set that are looked at one by one; the others together.
MOST_VALUES = 20
OTHERS = "others"
# Differences below this are too small to act on, however sure they are.
MATERIAL = 0.1
LEVEL = 0.05
# Facts of sources that keep a history, and are not of one.
_WITHOUT_HISTORY = frozenset({"is_verified", "has_owner", "has_email", "tags", "days_known"})
_MOMENTS = frozenset({FactType.DATE, FactType.MOMENT})

KS = "ks"
JS = "js"
SHIFTED, SMALL, UNCHANGED, TOO_FEW = "shifted", "small", "unchanged", "too_few"


class Side(TypedDict):
    """A fact at one moment: creators looked at, those of whom it is known, and what it was."""

    creators: int
    n: int
    quartiles: list[float] | None
    # Value and its share of those of whom it is known (sets: of all tags), the largest first.
    shares: list[tuple[str, float]] | None


class FactShift(TypedDict):
    """A fact in a drift report, as it is stored."""

    fact: str
    label: str
    type: str
    unit: str
    source: str
    test: str
    before: Side
    after: Side
    statistic: float | None
    p: float | None
    p_adjusted: float | None
    verdict: str


class Freshness(TypedDict):
    """How many of the sample's creators have what age of newest data; None: none at all."""

    source: str
    creators: int
    ages: list[int]
    never: int


# Upper ends of the age bands in days; the last band is open.
AGE_BANDS = (30, 90, 180, 365)

Values = Mapping[int, Mapping[str, Any]]


def is_compared(fact: Fact) -> bool:
    """Whether a fact's value of the past can be known, and may differ."""
    return (
        fact.source != known.RECORD
        and fact.key not in _WITHOUT_HISTORY
        and fact.type not in _MOMENTS
    )


def sample(*, brand: Brand, until: datetime) -> list[int]:
    """Return the ids of at most SAMPLE creators known at `until`: dealt by id, always the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT creator_id FROM crm_relationship WHERE brand_id = %s AND since <= %s "
            "ORDER BY hashint8extended(creator_id, 0), creator_id LIMIT %s",
            [brand.pk, until, SAMPLE],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


@transaction.atomic
def values_of(
    *, brand: Brand, creator_ids: Sequence[int], as_of: datetime, facts: Sequence[Fact]
) -> dict[int, dict[str, Any]]:
    """Return the values of `facts` as of a moment, for those whom the brand knew then."""
    listed = ", ".join(f"{fact.sql} AS v{n}" for n, fact in enumerate(facts)).replace("%", "%%")
    named, query = facts_query(some=True)
    statement = f"""{named}
SELECT f.creator_id, {listed} FROM (
  SELECT found.*, %(as_of)s::timestamptz AS moment FROM ({query}) found
) f"""  # noqa: S608 - names of ours
    with performance.planned_for(len(creator_ids)), connection.cursor() as cursor:
        cursor.execute(statement, parameters(brand, as_of, creator_ids))
        rows = cursor.fetchall()
    return {
        creator: {fact.key: _value(fact, value) for fact, value in zip(facts, values, strict=True)}
        for creator, *values in rows
    }


def compare(before: Values, after: Values, facts: Sequence[Fact]) -> list[FactShift]:
    """Compare each fact; p-values are adjusted for the number of facts that could be tested."""
    found = [_compare(fact, before, after) for fact in facts]
    tested = [row for row in found if row["p"] is not None]
    for row, p in zip(tested, shifts.holm([row["p"] or 0.0 for row in tested]), strict=True):
        row["p_adjusted"] = p
        row["verdict"] = _verdict(row["statistic"] or 0.0, p)
    return found


def compared(facts: Catalogue) -> list[Fact]:
    """The facts of a catalogue that a report compares."""
    return [fact for fact in facts.values() if is_compared(fact)]


def _verdict(statistic: float, p_adjusted: float) -> str:
    if p_adjusted > LEVEL:
        return UNCHANGED
    return SHIFTED if statistic >= MATERIAL else SMALL


def _compare(fact: Fact, before: Values, after: Values) -> FactShift:
    is_numeric = fact.type in NUMERIC_TYPES
    early, late = _known(fact, before), _known(fact, after)
    shift = None
    if min(len(early), len(late)) >= shifts.MINIMUM_N:
        if is_numeric:
            shift = shifts.numeric_shift(early, late)
        else:
            frequent = _frequent([*early.values(), *late.values()])
            shift = shifts.share_shift(_folded(early, frequent), _folded(late, frequent))
    return FactShift(
        fact=fact.key,
        label=fact.label,
        type=fact.type.value,
        unit=fact.unit,
        source=fact.source,
        test=KS if is_numeric else JS,
        before=_side(fact, early, len(before)),
        after=_side(fact, late, len(after)),
        statistic=None if shift is None else shift.statistic,
        p=None if shift is None else shift.p,
        p_adjusted=None,
        verdict=TOO_FEW,
    )


def _known(fact: Fact, values: Values) -> dict[int, Any]:
    """The known values by creator; those that are not numbers as weights of what they hold."""
    found = {one: held[fact.key] for one, held in values.items() if held[fact.key] is not None}
    if fact.type in NUMERIC_TYPES:
        return {one: float(value) for one, value in found.items()}
    return {one: _weights(fact, value) for one, value in found.items()}


def _weights(fact: Fact, value: Any) -> dict[str, float]:
    """What somebody holds: a choice wholly, each tag of a set wholly, an audience by shares."""
    labels = fact.choices or {}
    if fact.type is FactType.DISTRIBUTION:
        return {str(key): float(share) for key, share in value.items() if share}
    if fact.type is FactType.BOOLEAN:
        return {"yes" if value else "no": 1.0}
    held = value if fact.type is FactType.SET else [value]
    if fact.vocabulary is not None:
        keys = {number: key for key, number in fact.vocabulary.items()}
        held = [keys.get(one, str(one)) for one in held]
    return {str(labels.get(str(one), one)): 1.0 for one in held}


def _frequent(rows: Sequence[Mapping[str, float]]) -> frozenset[str]:
    totals = Counter[str]()
    for row in rows:
        totals.update(row)
    return frozenset(key for key, _ in totals.most_common(MOST_VALUES))


def _folded(
    rows: Mapping[int, Mapping[str, float]], frequent: frozenset[str]
) -> dict[int, dict[str, float]]:
    """The same with the rare values taken together."""
    folded = {}
    for one, row in rows.items():
        kept = {key: weight for key, weight in row.items() if key in frequent}
        rest = sum(weight for key, weight in row.items() if key not in frequent)
        folded[one] = kept | ({OTHERS: rest} if rest else {})
    return folded


def _side(fact: Fact, values: Mapping[int, Any], creators: int) -> Side:
    shares = None
    if fact.type not in NUMERIC_TYPES and values:
        folded = _folded(values, _frequent(list(values.values())))
        totals: dict[str, float] = {}
        for row in folded.values():
            for key, weight in row.items():
                totals[key] = totals.get(key, 0.0) + weight
        total = sum(totals.values())
        ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        shares = [(key, weight / total) for key, weight in ordered if total]
    return Side(
        creators=creators,
        n=len(values),
        quartiles=list(shifts.quartiles(list(values.values())))
        if fact.type in NUMERIC_TYPES and values
        else None,
        shares=shares,
    )


def _value(fact: Fact, value: Any) -> Any:
    """What the column holds; Django leaves JSON as text."""
    if fact.type is FactType.DISTRIBUTION and isinstance(value, str):
        return json.loads(value)
    return value


# --- the age of what is known ----------------------------------------------------------------

_NEWEST = """
SELECT c.id,
  (SELECT max(s.captured_at) FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
   WHERE p.creator_id = c.id AND s.captured_at <= %(until)s),
  (SELECT max(o.posted_at) FROM crm_post o
   WHERE o.creator_id = c.id AND o.posted_at <= %(until)s),
  (SELECT max(a.captured_at) FROM crm_audiencesnapshot a JOIN crm_profile p ON p.id = a.profile_id
   WHERE p.creator_id = c.id AND a.captured_at <= %(until)s),
  (SELECT max(v.since) FROM crm_customfield f JOIN crm_fieldvalue v ON v.field_id = f.id
   WHERE f.brand_id = %(brand)s AND v.creator_id = c.id AND v.since <= %(until)s)
FROM unnest(%(creators)s::bigint[]) c (id)
"""
SOURCES = (known.SNAPSHOTS, known.POSTS, known.AUDIENCE, "Fields of the brand")


def freshness(*, brand: Brand, creator_ids: Sequence[int], until: datetime) -> list[Freshness]:
    """Count the sample's creators by the age of their newest record, for each source of facts."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"brand": brand.pk, "creators": list(creator_ids), "until": until})
        rows = cursor.fetchall()
    found = []
    for place, source in enumerate(SOURCES, 1):
        newest = [row[place] for row in rows]
        ages = [0] * (len(AGE_BANDS) + 1)
        for moment in newest:
            if moment is not None:
                days = (until - moment).days
                ages[sum(days >= band for band in AGE_BANDS)] += 1
        found.append(
            Freshness(source=source, creators=len(rows), ages=ages, never=newest.count(None))
        )
    return found
