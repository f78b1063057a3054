"""What the builder shows beside a rule that is being written: whom it takes, what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.models import Brand
from segmentation.models import Segment, SegmentVersion
from segmentation.rules import json_form
from segmentation.rules.difference import Difference, Kind, differences
from segmentation.rules.draft import Draft
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.rules.prose import in_words
from segmentation.selectors.builder import Person, people
from segmentation.services.preview import Preview, preview_rule


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
class Shown:
    """The panel beside a rule. Without `found` the rule cannot be run as it stands."""

    words: str
    found: Preview | None
    members: Sequence[Person]
    changes: Sequence[Difference]
    stay_changes: Sequence[Difference]
    active: SegmentVersion | None
    warnings: Sequence[str]

    @property
    def share(self) -> float | None:
        """The part of the brand's creators whom the rule takes."""
        if self.found is None or not self.found.population:
            return None
        return self.found.members / self.found.population


def shown(
    *,
    brand: Brand,
    rule: Draft,
    stay: Draft | None,
    about: About,
    facts: Catalogue,
    at: datetime,
    segment: Segment | None = None,
) -> Shown:
    """Ask whom a rule would take at `at`, and how it differs from the one in use."""
    active = None if segment is None else segment.active_version
    if rule.tree is None or not rule.ok or (stay is not None and not stay.ok):
        return Shown("", None, (), (), (), active, ())
    found = preview_rule(brand=brand, rule=rule.tree, as_of=at, facts=facts, segment=segment)
    changes: Sequence[Difference] = ()
    stay_changes: Sequence[Difference] = ()
    if active is not None:
        changes = _changes(active.rule, rule, facts)
        stay_changes = _changes(active.stay_rule, stay, facts)
    return Shown(
        words=in_words(rule.tree, facts),
        found=found,
        members=people(found.sample),
        changes=changes,
        stay_changes=stay_changes,
        active=active,
        warnings=[*_warnings(rule, about)],
    )


def _changes(before: object, after: Draft | None, facts: Catalogue) -> Sequence[Difference]:
    """What a draft changes in the rule in use, which may no longer be readable."""
    new = None if after is None else after.tree
    try:
        old = None if before is None else json_form.load(before)
    except RuleInvalid:
        return [Difference(Kind.CHANGED, "A rule that cannot be read", "this one")]
    return differences(old, new, facts)


def _warnings(rule: Draft, about: About) -> Iterator[str]:
    yield from (warning.message for warning in rule.warnings)
    if not about.purpose.strip():
        yield "Nobody has written down what the segment is for."
    if not about.has_owner:
        yield "Nobody owns the segment."
    if not about.primary_kpi:
        yield "The segment has no primary KPI: nobody will know whether it works."
