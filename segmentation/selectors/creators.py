"""The segments of one creator, as the panel on the creator's page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Q

from crm.models import Brand, Creator, Profile, Relationship
from segmentation.choices import SegmentStatus
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.metrics.periods import calendar_of
from segmentation.models import CreatorFacts, Dimension, Membership, Override, Segment
from segmentation.rules import json_form
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.evaluate import Truth, evaluate
from segmentation.selectors.personas import EffectivePersona, effective_personas
from segmentation.services.changesets import last_applied


@dataclass(frozen=True)
class Other:
    """A segment that the creator is not in, and what its rule says of them all the same."""

    segment: Segment
    result: Truth
    override: Override | None = None

    @property
    def words(self) -> str:
        """What stands beside its name; empty where the rule is simply not true."""
        if self.override is not None:
            return "never in, by decision of a person"
        if self.result is None:
            return "undecided: a fact is missing"
        if not self.result:
            return ""
        return "also matches" if self.segment.dimension.is_exclusive else "decided by the next run"


@dataclass(frozen=True)
class PanelDimension:
    """The creator's stays in a dimension, in order of precedence.

    effective   the first of them, where precedence decides which one counts (personas)
    matching    segments whose rule is true all the same: of a single-valued dimension the first
                match is the member, the others "also match"
    others      the other segments in use, of which one may ask "Why not?"
    """

    dimension: Dimension
    stays: list[Stay]
    effective: Membership | None
    matching: list[Other]
    others: list[Other]


@dataclass(frozen=True)
class Stay:
    """An open stay, and the decision of a person that keeps it, where there is one."""

    membership: Membership
    override: Override | None

    @property
    def segment(self) -> Segment:
        """Where."""
        return self.membership.segment


@dataclass(frozen=True)
class Panel:
    """The segments of a creator by dimension, and the personas that count.

    is_left_alone   the creator objects to being sorted: in none from then on, whatever the ledger
                    says until the next run
    """

    dimensions: list[PanelDimension]
    personas: list[EffectivePersona]
    is_left_alone: bool = False


def find_creator(brand: Brand, uid: UUID) -> Creator | None:
    """Return the creator if the brand has a relationship with them."""
    return Creator.objects.of_brand(brand).filter(uid=uid).first()


def is_left_alone(brand: Brand, creator: Creator) -> bool:
    """Whether the creator objects to being sorted and scored by this brand."""
    known = Relationship.objects.filter(brand=brand, creator=creator)
    return known.filter(unprofiled_at__isnull=False).exists()


def find_by_name(brand: Brand, words: str) -> list[Creator]:
    """Return up to two creators of the brand whose name or handle is exactly `words`.

    Two are too many: the caller asks for the handle of one.
    """
    words = words.strip()
    handle = words.removeprefix("@")
    by_handle = Profile.objects.filter(handle__iexact=handle).values("creator")
    known = Creator.objects.of_brand(brand)
    found = known.filter(Q(name__iexact=words) | Q(pk__in=by_handle)).order_by("pk")
    return list(found.distinct()[:2])


def creator_panel(brand: Brand, creator: Creator, *, at: datetime) -> Panel:
    """Return the creator's open stays by dimension, dimensions without one too."""
    if is_left_alone(brand, creator):
        return Panel([], [], is_left_alone=True)
    segments = list(
        Segment.objects.filter(brand=brand, status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN])
        .select_related("dimension", "active_version")
        .order_by("dimension__position", "dimension__key", "position", "key")
    )
    stays = {
        stay.segment_id: stay
        for stay in Membership.objects.filter(
            segment__in=[segment.pk for segment in segments], creator=creator, left_at=None
        ).select_related("segment")
    }
    results = _results(brand, creator, segments)
    overrides = {
        one.segment_id: one
        for one in Override.objects.filter(segment__brand=brand, creator=creator)
        .in_force(at)
        .order_by("starts_at", "pk")
    }
    panel = []
    for _, group in groupby(segments, key=lambda segment: segment.dimension_id):
        members = list(group)
        dimension = members[0].dimension
        held = [
            Stay(stays[segment.pk], overrides.get(segment.pk))
            for segment in members
            if segment.pk in stays
        ]
        others = [
            Other(segment, results.get(segment.pk, False), overrides.get(segment.pk))
            for segment in members
            if segment.pk not in stays
        ]
        panel.append(
            PanelDimension(
                dimension=dimension,
                stays=held,
                effective=held[0].membership if held and dimension.has_precedence else None,
                matching=[other for other in others if other.result or other.override],
                others=[other for other in others if not other.result and not other.override],
            )
        )
    personas = effective_personas(
        [(one.dimension, [stay.membership for stay in one.stays]) for one in panel]
    )
    return Panel(panel, personas)


def _results(brand: Brand, creator: Creator, segments: Sequence[Segment]) -> Mapping[int, Truth]:
    """Return what each rule says of the creator, by segment, on the facts decided on last.

    Empty before the first run; a rule that can no longer be evaluated says nothing.
    """
    row = CreatorFacts.objects.filter(brand=brand, creator=creator).values("as_of").first()
    run = last_applied(brand, but_facts=True)
    if row is None or run is None:
        return {}
    facts, moment = catalogue(brand), max(row["as_of"], run.as_of)
    readings = read_facts(brand=brand, creator=creator, as_of=moment, facts=facts, stored=True)
    values = {key: reading.value for key, reading in readings.items()}
    if not values:
        return {}
    results: dict[int, Truth] = {}
    for segment in segments:
        if segment.active_version is None:
            continue
        try:
            rule = json_form.load(segment.active_version.rule)
            results[segment.pk] = evaluate(rule, values, facts, moment, calendar_of(brand))
        except RuleInvalid:
            continue
    return results
