"""What a rule would do, before anybody saves it: one pass over the facts, nothing is written.

Up to near.EXACT_UP_TO creators everybody is looked at. Beyond, a sample of whole pages of the table
is, and the counts are estimates and marked so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import sqrt

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from crm.models import Brand
from segmentation.choices import SegmentStatus, UnknownPolicy
from segmentation.metrics.periods import calendar_of
from segmentation.models import CreatorFacts, Dimension, Override, Segment, SegmentVersion
from segmentation.rules import tree
from segmentation.rules.facts import Catalogue
from segmentation.rules.reads import Reads
from segmentation.rules.sql import COMPUTED, Sql
from segmentation.services.evaluation import near
from segmentation.services.evaluation import norms as evaluation_norms
from segmentation.services.evaluation.counts import missing_of, null_masks
from segmentation.services.evaluation.diff import Verdict, judged_rows
from segmentation.services.evaluation.near import Loosened
from segmentation.services.evaluation.plan import Plan, known_segments
from segmentation.services.evaluation.rules import Judged, RuleCompiler
from segmentation.services.masks import flag_of, flags_in, word_of, words_for
from segmentation.services.wordings import NEAR_PERCENT, Wording

SAMPLE = 20
NEAR_SAMPLE = 10
# A 95 % confidence interval, in standard errors.
CONFIDENCE = 1.96


@dataclass(frozen=True)
class NearMiss:
    """Somebody outside who would be in, were the threshold of `subject` a little lower."""

    creator_id: int
    subject: str


@dataclass(frozen=True)
class Met:
    """Another segment, and how many of those whom the rule takes are in it."""

    segment: Segment
    creators: int


@dataclass(frozen=True)
class Preview:
    """How many creators a rule takes, each number of creators whom the brand knows.

    population      all of them
    members         for whom the rule is true
    unknown         for whom something missing leaves it open
    inside          who would be in the segment by its rules and people's decisions, but for those
                    whom a segment that comes first in a single-valued dimension has already
    taken           such segments, with how many of those whom the rule takes they have
    shared          the other segments, with how many of those whom the rule takes are in them
    joined, left    who would move, were this the rule of `segment`; None without a segment
    sample          ids of members, most followers first
    facts_as_of     when the newest of the facts changed; None where the brand has no facts yet
    missing         how many of the unknowns lack each thing that the rule reads
    near_count      who is outside, but within `near_percent` of one threshold
    near            some of them, most followers first, each with the threshold's subject
    is_estimate     only a sample was looked at: the counts are scaled up from it
    margin          half the width of the 95 % confidence interval of `members`; 0 where exact
    """

    population: int
    members: int
    inside: int
    unknown: int
    joined: int | None
    left: int | None
    sample: tuple[int, ...]
    facts_as_of: datetime | None
    missing: Mapping[str, int] = field(default_factory=dict)
    taken: tuple[Met, ...] = ()
    shared: tuple[Met, ...] = ()
    near_count: int = 0
    near: tuple[NearMiss, ...] = ()
    is_estimate: bool = False
    margin: int = 0


def preview_rule(
    *,
    brand: Brand,
    rule: tree.Node,
    as_of: datetime,
    facts: Catalogue,
    segment: Segment | None = None,
    stay_rule: tree.Node | None = None,
    minimum_stay_days: int = 0,
    near_percent: int = NEAR_PERCENT,
    unknown_policy: str | None = None,
    dimension: Dimension | None = None,
) -> Preview:
    """Evaluate `rule` over the brand's facts as they stand; relative dates count from `as_of`.

    Members of other segments are those that creators are in now. `dimension` is where a new segment
    would come last; `segment` has a place already. Peers are those of the last run, else of the
    sample. `unknown_policy` is the segment's own unless another is given. Raises RuleInvalid.
    """
    wording = Wording(rule, stay_rule, minimum_stay_days, near_percent)
    compiler = RuleCompiler(facts, as_of, calendar_of(brand), Reads(facts))
    known = known_segments(brand)
    judged = compiler.judge_wording(
        _alone(segment, unknown_policy, 1 + max((one.bit for one in known.values()), default=-1)),
        SegmentVersion(),
        wording,
    )
    loosened = near.loosened(rule, near_percent, compiler)
    size = near.creators_of(brand)
    plan = Plan(
        brand=brand,
        as_of=as_of,
        calendar=compiler.calendar,
        facts=facts,
        judged=(judged,),
        words=words_for([judged.bit, *(one.bit for one in known.values())]),
        reads=compiler.reads,
        known=known,
        overridden=_overridden(segment, as_of),
        sample_percent=near.sample_percent(size),
    )
    plan = _with_norms(plan)
    others = list(in_use(brand).exclude(pk=judged.segment.pk))
    found = _look(plan, judged, loosened, others, coming_first(others, segment, dimension))
    if plan.sample_percent is not None:
        found = _scaled(found, size)
    newest = CreatorFacts.objects.filter(brand=brand).aggregate(newest=Max("as_of"))["newest"]
    return replace(
        found,
        joined=None if segment is None else found.joined,
        left=None if segment is None else found.left,
        facts_as_of=newest,
    )


def in_use(brand: Brand) -> QuerySet[Segment]:
    """The brand's segments that have members."""
    return Segment.objects.filter(
        brand=brand, status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN]
    ).select_related("dimension")


def coming_first(
    others: Sequence[Segment], segment: Segment | None, dimension: Dimension | None
) -> list[Segment]:
    """Those of the others who take a creator before the segment does: it gets who is left."""
    place = segment.dimension if segment is not None else dimension
    if place is None or not place.is_exclusive:
        return []
    return [
        other
        for other in others
        if other.dimension_id == place.pk
        and (segment is None or (other.position, other.key) < (segment.position, segment.key))
    ]


def _alone(segment: Segment | None, unknown_policy: str | None, free_bit: int) -> Segment:
    """The segment as if it were alone in its dimension; an empty one where there is none."""
    return Segment(
        pk=0 if segment is None else segment.pk,
        key="" if segment is None else segment.key,
        bit=free_bit if segment is None else segment.bit,
        dimension=Dimension(pk=0),
        unknown_policy=unknown_policy
        or (UnknownPolicy.LEAVE_OUT if segment is None else segment.unknown_policy),
    )


def _overridden(segment: Segment | None, as_of: datetime) -> frozenset[int]:
    if segment is None:
        return frozenset()
    decided = Override.objects.in_force(as_of).filter(segment=segment).exists()
    return frozenset([segment.pk] if decided else [])


def _with_norms(plan: Plan) -> Plan:
    """The plan with the norms of the last run; those it did not compute are computed now."""
    asked = list(plan.reads.norms)
    if not asked:
        return plan
    norms = dict(evaluation_norms.stored(plan.brand, asked))
    lacking = [key for key in asked if key not in norms]
    norms.update(evaluation_norms.compute(plan.from_rows(), plan.facts, lacking))
    return replace(plan, norms=norms)


def _look(
    plan: Plan,
    judged: Judged,
    loosened: Sequence[Loosened],
    others: Sequence[Segment],
    first_come: Sequence[Segment],
) -> Preview:
    """What the rule does to the rows that are looked at."""
    verdict = Verdict.of(judged, 0, plan, "e")
    readings = [reading for reading in judged.readings if reading.can_miss]
    nulls = null_masks(readings, plan)
    moved = [
        Sql(f"{one.sql.text} AS near{number}", one.sql.params)
        for number, one in enumerate(loosened)
    ]
    rows = judged_rows(
        plan, Sql("f.followers"), Sql(f"{nulls.text} AS nulls", nulls.params), *moved
    )
    is_near = " OR ".join(f"e.near{number}" for number in range(len(moved))) or "FALSE"
    subject = " ".join(f"WHEN e.near{number} THEN {number}" for number in range(len(moved)))
    # Of the segments that come first a creator is a member, or is not: there are words for each.
    words = sorted({word_of(other.bit) for other in others})
    taken = " OR ".join(
        f"e.o{word} & {flags} <> 0"
        for word in words
        if (flags := flags_in(word, [other.bit for other in first_come]))
    )
    # What a person decided comes before any order.
    taken = f"({taken or 'FALSE'}) AND NOT ({verdict.forced_in or 'FALSE'})"
    held = " OR ".join(f"(s.word = {word} AND t.o{word} & s.flag <> 0)" for word in words)
    masks = "".join(f", e.o{word}" for word in words)
    # Judged once, in a query of its own: every count looks at the results.
    told = f"""SELECT e.creator_id, e.followers, e.nulls, {verdict.was_in} AS was_in, e.r0 AS takes,
  {taken} AS is_taken{masks},
  coalesce({verdict.belongs()}, FALSE) AS belongs, {verdict.is_unknown()} AS is_unknown,
  CASE WHEN e.r0 IS NOT TRUE AND ({is_near}) THEN CASE {subject or "WHEN FALSE THEN 0"} END END
    AS near
FROM {rows.text} WHERE e.is_known {COMPUTED}"""  # noqa: S608 - compiled rules: values are parameters
    first = "ORDER BY followers DESC NULLS LAST, creator_id"
    counted = f"""WITH told AS MATERIALIZED ({told})
SELECT count(*), count(*) FILTER (WHERE takes), count(*) FILTER (WHERE is_unknown),
  count(*) FILTER (WHERE belongs AND NOT is_taken),
  count(*) FILTER (WHERE belongs AND NOT was_in AND NOT is_taken),
  count(*) FILTER (WHERE was_in AND NOT belongs),
  count(*) FILTER (WHERE near IS NOT NULL AND NOT belongs),
  ARRAY(SELECT creator_id FROM told WHERE takes {first} LIMIT {SAMPLE}),
  ARRAY(SELECT ARRAY[creator_id, near] FROM told WHERE near IS NOT NULL AND NOT belongs {first}
    LIMIT {NEAR_SAMPLE}),
  (SELECT jsonb_agg(jsonb_build_array(nulls, creators)) FROM (
    SELECT nulls, count(*) AS creators FROM told WHERE is_unknown GROUP BY 1) lacking),
  (SELECT jsonb_object_agg(bit, creators) FROM (
    SELECT s.bit, sum(t.creators) AS creators
    FROM (SELECT count(*) AS creators{masks} FROM told e WHERE takes
      {"GROUP BY " + masks[2:] if masks else ""}) t
    JOIN unnest(%s::integer[], %s::integer[], %s::bigint[]) AS s (bit, word, flag)
      ON {held or "FALSE"} GROUP BY 1) held)
FROM told"""  # noqa: S608 - see `told`
    with transaction.atomic(), plan.planned(), connection.cursor() as cursor:
        bits = [other.bit for other in others]
        places = [bits, [word_of(bit) for bit in bits], [flag_of(bit) for bit in bits]]
        cursor.execute(counted, [*rows.params, *places])
        (
            population,
            members,
            unknown,
            inside,
            joined,
            left,
            near_count,
            sample,
            misses,
            lacking,
            by_bit,
        ) = cursor.fetchone()
    counts: dict[str, int] = json.loads(by_bit or "{}")
    shared = [Met(one, counts[str(one.bit)]) for one in others if str(one.bit) in counts]
    shared.sort(key=lambda met: -met.creators)
    return Preview(
        population=population,
        members=members,
        inside=inside,
        unknown=unknown,
        joined=joined,
        left=left,
        sample=tuple(sample),
        facts_as_of=None,
        missing=missing_of(
            readings, json.loads(lacking or "[]"), [reading.name for reading in readings]
        ),
        taken=tuple(met for met in shared if met.segment in first_come),
        shared=tuple(shared),
        near_count=near_count,
        near=tuple(NearMiss(pk, loosened[number].subject) for pk, number in misses),
    )


def _scaled(found: Preview, size: int) -> Preview:
    """The counts of a sample as those of all `size` creators."""
    looked_at = max(found.population, 1)
    share = found.members / looked_at

    def scale(count: int | None) -> int:
        return round((count or 0) * size / looked_at)

    return replace(
        found,
        population=size,
        members=scale(found.members),
        inside=scale(found.inside),
        unknown=scale(found.unknown),
        joined=scale(found.joined),
        left=scale(found.left),
        near_count=scale(found.near_count),
        missing={name: scale(count) for name, count in found.missing.items()},
        taken=tuple(replace(met, creators=scale(met.creators)) for met in found.taken),
        shared=tuple(replace(met, creators=scale(met.creators)) for met in found.shared),
        is_estimate=True,
        margin=round(CONFIDENCE * sqrt(share * (1 - share) / looked_at) * size),
    )
