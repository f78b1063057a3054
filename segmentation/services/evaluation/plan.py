"""What a run has to judge: the brand's segments with their rules compiled, and what those read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from crm.models import Brand
from crm.performance import planned_for
from segmentation.choices import Cadence
from segmentation.facts.catalogue import FACTS_TABLE, catalogue, rows
from segmentation.facts.links import IN_USE
from segmentation.metrics.periods import calendar_of
from segmentation.models import Dimension, Override, Segment
from segmentation.rules.calendar import Calendar
from segmentation.rules.context import NormKey
from segmentation.rules.facts import Catalogue
from segmentation.rules.later import Asked
from segmentation.rules.reads import Norms, Reads, Scope
from segmentation.rules.references import levels, taken_before
from segmentation.rules.sql import Sql
from segmentation.services.evaluation import norms as evaluation_norms
from segmentation.services.evaluation.rules import Judged, Reading, RuleCompiler
from segmentation.services.masks import flag_of, word_of, words_for

# PostgreSQL allows 1,664 columns in a query, of which a rule takes one, a stay rule another.
MAX_SEGMENTS = 1_500
STOPPED = "The rule takes too long: it was stopped after"
# Whole pages of the table, always the same ones: a count does not flicker while somebody types.
SAMPLED = "TABLESAMPLE SYSTEM (%s) REPEATABLE (1)"


class TooManySegments(Exception):
    """More segments than one statement can evaluate; the message is fit for the user."""


@dataclass(frozen=True)
class Known:
    """A segment of the brand by its key: what is stored of it under which number."""

    pk: int
    bit: int


@dataclass(frozen=True)
class Plan:
    """The segments of a run, by dimension in order of precedence, and what it takes to judge."""

    brand: Brand
    as_of: datetime
    calendar: Calendar
    facts: Catalogue
    judged: tuple[Judged, ...]
    words: int
    reads: Reads
    # Every segment that the brand ever had.
    known: Mapping[str, Known] = field(default_factory=dict)
    norms: Norms = field(default_factory=dict)
    # Segments of the plan about which people decided for somebody, by id.
    overridden: frozenset[int] = frozenset()
    table: str = FACTS_TABLE
    # Only these creators, or those told later; None: all of the brand.
    creator_ids: tuple[int, ...] | Asked | None = None
    # Look at about so many percent of the brand's rows only; None: at all of them.
    sample_percent: float | None = None
    # How many creators move: known when the plan was evaluated.
    moved: int = 0

    def only(self, one: Judged) -> Plan:
        """The plan for one of its segments alone; others stand as the masks have them."""
        compiler = RuleCompiler(self.facts, self.as_of, self.calendar, Reads(self.facts))
        return replace(self, judged=(compiler.judge(one.segment),), reads=compiler.reads)

    def sound(self) -> list[Judged]:
        """The segments whose rule can be evaluated."""
        return [one for one in self.judged if one.rule is not None]

    def readings(self) -> tuple[Reading, ...]:
        """What the rules read, each once."""
        return tuple(
            {reading.name: reading for one in self.judged for reading in one.readings}.values()
        )

    @contextmanager
    def planned(self) -> Iterator[None]:
        """Let the planner expect many creators where a statement joins what rules read beyond."""
        if self.reads.is_empty() and not self.overridden:
            yield
            return
        with planned_for(len(self.creator_ids) if isinstance(self.creator_ids, tuple) else None):
            yield

    def from_rows(self) -> Sql:
        """The fact rows `f` of the run's creators, as a FROM item with its parameters."""
        if self.sample_percent is not None:
            text = (
                f"(SELECT c.*, %s::timestamptz AS moment FROM {self.table} c {SAMPLED} "  # noqa: S608 - a name of ours
                "WHERE c.brand_id = %s) f"
            )
            return Sql(text, (self.as_of, self.sample_percent, self.brand.pk))
        if self.creator_ids is None:
            return Sql(rows(self.table), (self.as_of, self.brand.pk))
        params = (self.as_of, self.brand.pk, self._creators())
        return Sql(rows(self.table, some=True), params)

    def enriched(
        self,
        *,
        rows_from: Sql | None = None,
        creators: Sql | None = None,
        members: Mapping[str, str] | None = None,
    ) -> Sql:
        """The fact rows with the columns that rules read beyond them.

        rows_from  other rows than those of the run
        creators   a narrower condition on whose records are summed up (see Scope)
        members    SQL of membership in segments, by key
        """
        return self.reads.enrich(
            rows_from or self.from_rows(),
            Scope(self.brand.pk, self.as_of, creators or self.scope()),
            norms=self.norms,
            segment_ids={key: one.pk for key, one in self.known.items()},
            members=members or {},
        )

    def scope(self) -> Sql:
        """The condition on whose records are looked at."""
        if self.creator_ids is not None:
            return Sql("{} = ANY(%s)", (self._creators(),))
        sampled: str = ""
        params: list[float] = [self.brand.pk]
        if self.sample_percent is not None:
            sampled, params = SAMPLED, [self.sample_percent, self.brand.pk]
        ours = f"SELECT k.creator_id FROM {self.table} k {sampled} WHERE k.brand_id = %s"  # noqa: S608 - a name of ours
        return Sql(f"{{}} IN ({ours})", tuple(params))

    def few(self) -> tuple[int, ...]:
        """The creators of a plan for some. Raises TypeError for one that is for all."""
        if not isinstance(self.creator_ids, tuple):
            raise TypeError("the plan is not for creators who are named")
        return self.creator_ids

    def _creators(self) -> list[int] | Asked:
        """Which creators, as a parameter."""
        return [*self.creator_ids] if isinstance(self.creator_ids, tuple) else Asked.CREATORS

    def levels(self) -> dict[str, int]:
        """On which level each segment is judged, by key: after all that its rule refers to."""
        ours = {one.key: one for one in self.judged}
        before = {key: link for key, link in self._before().items() if key in ours}

        def needed(key: str) -> Iterator[str]:
            for other in ours[key].needs:
                yield other
                yield from before.get(other, ())

        found, _ = levels(ours, needed)
        return found

    def _before(self) -> dict[str, tuple[str, ...]]:
        """The segments that may take a creator before another one does, by that one's key."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.judged:
            if one.segment.dimension.is_exclusive:
                siblings = [
                    (other.key, other.stay is not None)
                    for other in self.judged
                    if other.segment.dimension_id == one.segment.dimension_id
                ]
                found[one.key] = taken_before(one.key, siblings)
        return found

    def mask_member(
        self, key: str, *, old: str = "f.member_bits", none: str = "f.unknown_bits"
    ) -> str:
        """SQL of the membership in a segment as the masks have it; null where it is unknown."""
        one = self.known[key]
        word, flag = word_of(one.bit), flag_of(one.bit)
        return (
            f"CASE WHEN coalesce({old}[{word}], 0) & {flag} <> 0 THEN TRUE "
            f"WHEN coalesce({none}[{word}], 0) & {flag} = 0 THEN FALSE END"
        )


def prepare(
    *,
    brand: Brand,
    as_of: datetime,
    dimension: Dimension | None = None,
    cadence: Cadence | None = None,
    table: str = FACTS_TABLE,
    creator_ids: Sequence[int] | None = None,
) -> Plan:
    """Compile the brand's active segments; a rule that is no longer valid keeps its error.

    All of them, or those of a dimension, or those of the dimensions with a cadence. Norms are
    computed for everybody; some creators are compared with those of the last run.
    """
    facts, calendar = catalogue(brand, table), calendar_of(brand)
    segments = (
        Segment.objects.filter(brand=brand, status__in=IN_USE)
        .select_related("dimension", "active_version")
        .order_by("dimension__position", "dimension_id", "position", "key")
    )
    if dimension is not None:
        segments = segments.filter(dimension=dimension)
    if cadence is not None:
        segments = segments.filter(dimension__cadence=cadence)
    compiler = RuleCompiler(facts, as_of, calendar, Reads(facts))
    judged = tuple(compiler.judge(segment) for segment in segments)
    if len(judged) > MAX_SEGMENTS:
        raise TooManySegments(
            f"{brand} has {len(judged):,} active segments; a run takes at most {MAX_SEGMENTS:,}."
        )
    known = known_segments(brand)
    plan = Plan(
        brand=brand,
        as_of=as_of,
        calendar=calendar,
        facts=facts,
        judged=judged,
        words=words_for(one.bit for one in known.values()),
        reads=compiler.reads,
        known=known,
        table=table,
        creator_ids=None if creator_ids is None else tuple(creator_ids),
        overridden=_overridden(judged, as_of, creator_ids),
    )
    return with_norms(plan) if compiler.reads.norms else plan


def known_segments(brand: Brand) -> dict[str, Known]:
    """Every segment that the brand ever had, by key."""
    rows = Segment.objects.filter(brand=brand).values_list("key", "pk", "bit")
    return {key: Known(pk, bit) for key, pk, bit in rows}


def _overridden(
    judged: Sequence[Judged], as_of: datetime, creator_ids: Sequence[int] | None
) -> frozenset[int]:
    """The segments about which people decided for one of the creators."""
    found = Override.objects.in_force(as_of).filter(segment__in=[one.segment.pk for one in judged])
    if creator_ids is not None:
        found = found.filter(creator__in=creator_ids)
    return frozenset(found.values_list("segment", flat=True).distinct())


def with_norms(plan: Plan) -> Plan:
    """The plan with what is usual among peers.

    A rule that asks for a norm which no run has computed yet waits for the next full one.
    """
    keys = list(plan.reads.norms)
    if plan.creator_ids is None:
        return replace(plan, norms=evaluation_norms.compute(plan.from_rows(), plan.facts, keys))
    norms = evaluation_norms.stored(plan.brand, keys)
    judged = tuple(
        replace(one, rule=None, readings=()) if _asks(one) - norms.keys() else one
        for one in plan.judged
    )
    return replace(plan, norms=norms, judged=judged)


def _asks(one: Judged) -> set[NormKey]:
    """The norms that a segment's rules compare with."""
    found: set[NormKey] = set()
    if one.wording is not None:
        for rule in (one.wording.rule, one.wording.stay_rule):
            found.update(() if rule is None else evaluation_norms.asked(rule))
    return found
