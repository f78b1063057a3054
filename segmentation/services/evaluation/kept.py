"""What few creators are judged by, kept by the process until something changes that it is made of.

Creators whose facts change come by the hundred a minute, a few at a time, and compiling a brand's
rules takes longer than evaluating them for a few. The key of what is kept is the text of all that
it depends on, so that no process needs to be told of a change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from django.db import connection

from crm.models import Brand
from crm.statements import prepared
from segmentation.choices import RunStatus, StageRuleKind
from segmentation.facts.catalogue import catalogue_of
from segmentation.facts.links import IN_USE
from segmentation.facts.vocabulary import asked
from segmentation.metrics.periods import calendar_of
from segmentation.models import Segment
from segmentation.models.stage_suggestions import LIVE
from segmentation.rules.facts import Catalogue
from segmentation.rules.later import LaterCalendar, Statement
from segmentation.rules.reads import Reads
from segmentation.services.evaluation.few import statement_of
from segmentation.services.evaluation.plan import STOPPED, Known, Plan, known_segments, with_norms
from segmentation.services.evaluation.rules import Judged, RuleCompiler
from segmentation.services.masks import words_for

# Attributes of a brand and their columns.
_BRAND = {field.attname: field.column for field in Brand._meta.concrete_fields}
# Of one brand, by the segments about which people decided: a brand has few decisions about people.
STATEMENTS = 16
# Whether there is something to do for suggestions of stages: a rule, or what one suggested.
_SUGGESTS = f"""EXISTS (SELECT FROM segmentation_stageruleversion v
    JOIN segmentation_stagerule r ON r.id = v.stage_rule_id
    WHERE r.brand_id = b.id AND r.kind = '{StageRuleKind.SUGGEST.value}' AND v.used_until IS NULL)
  OR EXISTS (SELECT FROM segmentation_stagesuggestion g
    WHERE g.brand_id = b.id AND g.status IN ({", ".join(f"'{one}'" for one in LIVE)}))"""  # noqa: S608 - names of ours
_APPLIED = "FROM segmentation_run r WHERE r.brand_id = %(brand)s AND r.applied_at IS NOT NULL"
_STANDING = f"""
SELECT EXISTS (SELECT {_APPLIED} AND r.status = '{RunStatus.APPLIED.value}'),
  greatest(
    (SELECT max(r.as_of) FROM segmentation_run r
      WHERE r.brand_id = %(brand)s AND r.status = '{RunStatus.APPLIED.value}'),
    (SELECT max(r.rolled_back_at) FROM segmentation_run r
      WHERE r.brand_id = %(brand)s AND r.rolled_back_at IS NOT NULL)),
  (SELECT max(r.applied_at) {_APPLIED}),
  {asked("b.id", "b.tier_scheme_id")},
  (SELECT json_agg(json_build_array(s.id, s.key, s.bit, s.status, s.broken_reason, s.position,
      s.unknown_policy, s.active_version_id, d.id, d.position, d.is_exclusive) ORDER BY s.id)
    FROM segmentation_segment s JOIN segmentation_dimension d ON d.id = s.dimension_id
    WHERE s.brand_id = %(brand)s)::text,
  ARRAY(SELECT DISTINCT o.segment_id
    FROM segmentation_override o JOIN segmentation_segment s ON s.id = o.segment_id
    WHERE s.brand_id = %(brand)s AND o.creator_id = ANY(%(creators)s)
      AND (o.ends_at IS NULL OR o.ends_at > %(at)s)),
  {_SUGGESTS},
  {", ".join(f"b.{name}" for name in _BRAND.values())}
FROM crm_brand b WHERE b.id = %(brand)s"""  # noqa: S608 - names of ours


@dataclass(frozen=True)
class Standing:
    """How a brand stands when some of its creators are looked at; its lock is held.

    creator_ids  those
    is_segmented  a run was applied
    ledger_at     the moment at which the ledger was last written
    applied_at    when that was done
    overridden    segments about which people decided for one of the creators, by id
    suggests      whether rules of stages suggest moves, or suggested some that wait
    """

    brand: Brand
    creator_ids: tuple[int, ...]
    is_segmented: bool
    ledger_at: datetime | None
    applied_at: datetime | None
    vocabulary: str
    segments: str
    overridden: frozenset[int]
    suggests: bool


def read_standing(brand_id: int, creator_ids: Sequence[int], at: datetime) -> Standing:
    """Ask for all of it in one statement."""
    values = {"brand": brand_id, "creators": list(creator_ids), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(*prepared(_STANDING, values))
        found = cursor.fetchone()
    is_segmented, ledger_at, applied_at, vocabulary, segments, overridden, suggests, *row = found
    return Standing(
        Brand.from_db(connection.alias, list(_BRAND), row),
        tuple(creator_ids),
        is_segmented,
        ledger_at,
        applied_at,
        vocabulary,
        segments or "",
        frozenset(overridden),
        suggests,
    )


def plan_for(standing: Standing, as_of: datetime) -> tuple[Plan, Statement]:
    """The plan for some creators and what evaluates it.

    They are compared with the norms of the last run.
    """
    brand = standing.brand
    kept = _kept(brand, standing.vocabulary, standing.segments)
    plan = Plan(
        brand=brand,
        as_of=as_of,
        calendar=calendar_of(brand),
        facts=kept.facts,
        judged=kept.judged,
        words=kept.words,
        reads=kept.reads,
        known=kept.known,
        creator_ids=standing.creator_ids,
        overridden=standing.overridden & kept.ids,
    )
    if kept.reads.norms:
        plan = with_norms(plan)
        return plan, statement_of(plan)
    if plan.overridden not in kept.statements:
        if len(kept.statements) == STATEMENTS:
            kept.statements.clear()
        kept.statements[plan.overridden] = statement_of(plan)
    return plan, kept.statements[plan.overridden]


@dataclass(frozen=True)
class _Kept:
    """The parts of a plan that are the same whenever it is, and whoever is looked at."""

    facts: Catalogue
    judged: tuple[Judged, ...]
    reads: Reads
    known: Mapping[str, Known]
    words: int
    ids: frozenset[int]
    # By the segments about which people decided: they ask for more.
    statements: dict[frozenset[int], Statement] = field(default_factory=dict)


@lru_cache(maxsize=256)
def _kept(brand: Brand, vocabulary: str, segments: str) -> _Kept:
    """Compile the brand's rules, with moments told later."""
    facts = catalogue_of(brand, vocabulary)
    calendar = LaterCalendar()
    compiler = RuleCompiler(facts, _NO_MOMENT, calendar, Reads(facts))
    in_use = (
        Segment.objects.filter(brand=brand, status__in=IN_USE)
        .select_related("dimension", "active_version")
        .order_by("dimension__position", "dimension_id", "position", "key")
    )
    judged = tuple(_unless_stopped(compiler.judge(segment)) for segment in in_use)
    known = known_segments(brand)
    words = words_for(one.bit for one in known.values())
    ids = frozenset(one.segment.pk for one in judged)
    return _Kept(facts, judged, compiler.reads, known, words, ids)


# Of a calendar that gives no moments nobody asks from which they count.
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


def _unless_stopped(one: Judged) -> Judged:
    """A rule that was too slow for everybody is not tried for a few: the next full run does."""
    reason = one.segment.broken_reason
    return one.stopped(reason) if reason.startswith(STOPPED) else one
