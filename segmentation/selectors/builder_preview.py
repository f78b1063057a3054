"""What the builder shows beside a rule that is being written: whom it takes, what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.limits import TookTooLong, limited
from crm.models import Brand
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules import json_form
from segmentation.rules.difference import Difference, Kind, differences
from segmentation.rules.draft import Draft, draft_of_form
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.selectors.builder import Person, people
from segmentation.selectors.evidence import fact_label
from segmentation.selectors.overlaps import SAME_CROWD
from segmentation.services.preview import Preview, preview_rule

MEMBERS_SHOWN = 10
# Nobody waits longer for a count; the statement is stopped.
LONGEST_SECONDS = 10


@dataclass(frozen=True)
class About:
    """What a segment is known by, as it stands or as it is being filled in."""

    purpose: str
    primary_kpi: str
    has_owner: bool

    @classmethod
    def of(cls, segment: Segment) -> About:
        """What is written down of a segment."""
        return cls(segment.purpose, segment.primary_kpi, segment.owner_id is not None)


@dataclass(frozen=True)
class Near:
    """Somebody outside who misses a threshold by little, and what of."""

    person: Person
    subject: str


@dataclass(frozen=True)
class Shown:
    """The panel beside a rule. Without `found` the rule cannot be run as it stands: `fault`."""

    fault: str
    found: Preview | None = None
    members: Sequence[Person] = ()
    near: Sequence[Near] = ()
    # What is missing by label, with the number of unknowns who lack it; most first.
    missing: Sequence[tuple[str, int]] = ()
    active: SegmentVersion | None = None
    changes: Sequence[Difference] = ()
    stay_changes: Sequence[Difference] = ()
    warnings: Sequence[str] = ()

    @property
    def share(self) -> float | None:
        """The part of the brand's creators whom the rule takes."""
        if self.found is None or not self.found.population:
            return None
        return self.found.members / self.found.population

    @property
    def margin(self) -> float | None:
        """The uncertainty of that part; None where everybody was looked at."""
        if self.found is None or not self.found.is_estimate or not self.found.population:
            return None
        return self.found.margin / self.found.population


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A version as it is being written; `near_percent` and the others are what the form says."""

    rule: Draft
    stay: Draft | None
    minimum_stay_days: int
    near_percent: int
    unknown_policy: str

    @property
    def ok(self) -> bool:
        """Whether its rules can be run."""
        return self.rule.ok and (self.stay is None or self.stay.ok)


def shown(
    *,
    brand: Brand,
    wanted: Wanted,
    about: About,
    facts: Catalogue,
    at: datetime,
    segment: Segment | None = None,
    dimension: Dimension | None = None,
) -> Shown:
    """Ask whom a rule would take at `at`, and how it differs from the one in use.

    `dimension` is where a segment that is being made would be.
    """
    if wanted.rule.tree is None or not wanted.ok:
        return Shown("The count comes as soon as the rule is complete.")
    found = _found(
        brand=brand, wanted=wanted, facts=facts, at=at, segment=segment, dimension=dimension
    )
    if found is None:
        return Shown(
            "Counting takes too long for a look in passing. The rule can be saved and run all the "
            "same; fewer related records or peers would make it quicker."
        )
    near = {person.pk: person for person in people([miss.creator_id for miss in found.near])}
    active = None if segment is None else segment.active_version
    return Shown(
        "",
        found=found,
        members=people(found.sample[:MEMBERS_SHOWN]),
        near=[
            Near(near[miss.creator_id], fact_label(miss.subject, facts))
            for miss in found.near
            if miss.creator_id in near
        ],
        missing=sorted(
            ((fact_label(name, facts), creators) for name, creators in found.missing.items()),
            key=lambda pair: (-pair[1], pair[0]),
        ),
        active=active,
        changes=() if active is None else _changes(active.rule, wanted.rule, facts),
        stay_changes=() if active is None else _changes(active.stay_rule, wanted.stay, facts),
        warnings=[*_overlaps(found, segment, dimension), *_warnings(wanted.rule, about)],
    )


def shown_version(version: SegmentVersion, facts: Catalogue, *, at: datetime) -> Shown:
    """Ask what putting a saved version in use would change."""
    segment = version.segment
    stays = version.stay_rule
    wanted = Wanted(
        rule=draft_of_form(version.rule, facts, segment=segment.key),
        stay=None if stays is None else draft_of_form(stays, facts, segment=segment.key),
        minimum_stay_days=version.minimum_stay_days,
        near_percent=version.near_percent,
        unknown_policy=version.unknown_policy,
    )
    return shown(
        brand=segment.brand,
        wanted=wanted,
        about=About.of(segment),
        facts=facts,
        at=at,
        segment=segment,
    )


def _found(
    *,
    brand: Brand,
    wanted: Wanted,
    facts: Catalogue,
    at: datetime,
    segment: Segment | None,
    dimension: Dimension | None,
) -> Preview | None:
    """Whom the rule takes; None where the database would take longer than anybody waits."""
    if wanted.rule.tree is None:
        return None
    try:
        with limited(LONGEST_SECONDS):
            return preview_rule(
                brand=brand,
                rule=wanted.rule.tree,
                as_of=at,
                facts=facts,
                segment=segment,
                dimension=dimension,
                stay_rule=None if wanted.stay is None else wanted.stay.tree,
                minimum_stay_days=wanted.minimum_stay_days,
                near_percent=wanted.near_percent,
                unknown_policy=wanted.unknown_policy,
            )
    except TookTooLong:
        return None


def _changes(before: object, after: Draft | None, facts: Catalogue) -> Sequence[Difference]:
    """What a draft changes in the rule in use, which may no longer be readable."""
    new = None if after is None else after.tree
    try:
        old = None if before is None else json_form.load(before)
    except RuleInvalid:
        return [Difference(Kind.CHANGED, "A rule that cannot be read", "this one")]
    return differences(old, new, facts)


def _overlaps(
    found: Preview, segment: Segment | None, dimension: Dimension | None
) -> Iterator[str]:
    """The segments in use that hold the same people; those that come first are told apart."""
    home = dimension if segment is None else segment.dimension
    robbed = []
    for met in found.shared:
        other, size = met.segment, max(met.segment.members_count, met.creators)
        share, back = met.creators / found.members, met.creators / size
        is_near = home is not None and other.dimension_id == home.pk
        if met in found.taken:
            continue
        if is_near and other.dimension.is_exclusive and back > SAME_CROWD:
            robbed.append(f"{other.name} ({back:.0%})")
        elif min(share, back) > SAME_CROWD or (
            is_near
            and not (other.dimension.is_exclusive or other.dimension.has_precedence)
            and max(share, back) > SAME_CROWD
        ):
            yield (
                f"{share:.0%} of those whom it takes are in {other.name} ({other.dimension.name}), "
                f"too, and {back:.0%} the other way round: one of the two may be enough."
            )
    if robbed and home is not None:
        names = ", ".join(robbed)
        yield f"It takes most members of what comes after it in {home.name}: {names}."


def _warnings(rule: Draft, about: About) -> Iterator[str]:
    yield from (warning.message for warning in rule.warnings)
    if not about.purpose.strip():
        yield "Nobody has written down what the segment is for."
    if not about.has_owner:
        yield "Nobody owns the segment."
    if not about.primary_kpi:
        yield "The segment has no primary KPI: nobody will know whether it works."
