"""What slows the work down: segments that nobody uses, owns or can explain (F11, F47, F96)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q

from crm.models import Brand
from segmentation.choices import RunStatus, SegmentStatus
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.catalogue import kpi_label
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import Membership, Run, Segment, SegmentVersion
from segmentation.rules import json_form, tree
from segmentation.rules.errors import RuleInvalid
from segmentation.selectors.overlaps import SAME_CROWD, all_overlaps
from segmentation.selectors.uses import audiences_by_segment, keys_asked_for

# Two full fiscal quarters, and what there is of the running one.
QUIET_QUARTERS = 2
FORGOTTEN_DAYS = 30
# With fewer segments one KPI for all of them says nothing.
ALIKE_FROM = 3
SIZE_FACTS = frozenset({"followers", "followers_total", "tier", "is_celebrity"})


@dataclass(frozen=True)
class Finding:
    """A segment with something to be tidied up, in words; `other` is the second of a pair."""

    segment: Segment
    words: str
    other: Segment | None = None
    version: int | None = None


@dataclass(frozen=True)
class Check:
    """One thing that is looked for: what it means, what to do, and where it was found."""

    key: str
    title: str
    meaning: str
    advice: str
    findings: list[Finding] = field(default_factory=list)


@dataclass
class _Brand:
    """What several checks look at, read once."""

    brand: Brand
    at: datetime
    segments: list[Segment]

    @property
    def in_use(self) -> list[Segment]:
        return [one for one in self.segments if one.status != SegmentStatus.DRAFT]


def hygiene(brand: Brand, *, at: datetime) -> list[Check]:
    """Return every check with its findings, the ones that need a person first."""
    segments = list(
        Segment.objects.filter(brand=brand)
        .exclude(status=SegmentStatus.ARCHIVED)
        .select_related("dimension", "active_version")
        .order_by("dimension__position", "dimension_id", "position", "key")
    )
    looked_at = _Brand(brand, at, segments)
    since = quiet_since(brand, at)
    return [
        Check(
            kind.key,
            kind.title,
            kind.meaning.format(since=since),
            kind.advice,
            list(kind.find(looked_at)),
        )
        for kind in CHECKS
    ]


def quiet_since(brand: Brand, at: datetime) -> str:
    """Return the first of the quarters in which an unused segment has not moved."""
    return str(quarter_of(at, calendar_of(brand)).shift(-QUIET_QUARTERS))


# --- the checks ------------------------------------------------------------------------------


def _broken(all_of: _Brand) -> Iterator[Finding]:
    for segment in all_of.segments:
        if segment.status == SegmentStatus.BROKEN:
            yield Finding(segment, segment.broken_reason)


def _empty(all_of: _Brand) -> Iterator[Finding]:
    evaluated = set(
        Run.objects.filter(brand=all_of.brand, status=RunStatus.APPLIED)
        .filter(segments__segment__in=all_of.in_use)
        .values_list("segments__segment", flat=True)
        .distinct()
        .order_by()
    )
    for segment in all_of.in_use:
        if not segment.members_count and segment.pk in evaluated:
            yield Finding(segment, "No creator is in it after the last run.")


def _overlapping(all_of: _Brand) -> Iterator[Finding]:
    for pair in all_overlaps(all_of.brand):
        one, other, same = pair.share, pair.share_of_other, pair.segment.dimension_id
        is_same_crowd = min(one, other) > SAME_CROWD
        is_inside = (
            max(one, other) > SAME_CROWD
            and same == pair.other.dimension_id
            and not pair.segment.dimension.has_precedence
        )
        if not (is_same_crowd or is_inside):
            continue
        first, second, share, back = (
            (pair.segment, pair.other, one, other)
            if one >= other
            else (pair.other, pair.segment, other, one)
        )
        yield Finding(
            first,
            f"{share:.0%} of its members are in {second.name}, too; {back:.0%} the other way "
            f"round. Together: {pair.creators:,} creators.",
            other=second,
        )


def _unused(all_of: _Brand) -> Iterator[Finding]:
    calendar = calendar_of(all_of.brand)
    quarter = quarter_of(all_of.at, calendar).shift(-QUIET_QUARTERS)
    since = quarter_bounds(quarter, calendar).start
    old = [
        one
        for one in all_of.in_use
        if one.members_count and one.active_version and one.active_version.created_at < since
    ]
    moved = set(
        Membership.objects.filter(segment__in=old)
        .filter(Q(entered_at__gte=since) | Q(left_at__gte=since))
        .values_list("segment", flat=True)
        .distinct()
        .order_by()
    )
    asked, linked = keys_asked_for(all_of.brand), audiences_by_segment(all_of.brand)
    for segment in old:
        if segment.pk in moved or segment.key in asked or segment.pk in linked:
            continue
        yield Finding(segment, f"Its {segment.members_count:,} members are the same since then.")


def _by_size_alone(all_of: _Brand) -> Iterator[Finding]:
    facts = catalogue(all_of.brand)

    def is_size(segment: Segment) -> bool:
        if segment.active_version is None:
            return False
        try:
            rule = json_form.load(segment.active_version.rule)
        except RuleInvalid:
            return False
        leaves = list(tree.leaves(rule))
        return all(isinstance(leaf, tree.Comparison) and leaf.fact in SIZE_FACTS for leaf in leaves)

    for _, group in groupby(all_of.in_use, key=lambda one: one.dimension_id):
        segments = list(group)
        by_size = [one for one in segments if is_size(one)]
        if len(segments) > 1 and len(by_size) == len(segments):
            continue  # a tier scheme: to go by size is what it is for
        for segment in by_size:
            names = sorted(
                {
                    facts[leaf.fact].label.lower()
                    for leaf in tree.leaves(json_form.load(segment.active_version.rule))  # type: ignore[union-attr]
                    if isinstance(leaf, tree.Comparison) and leaf.fact in facts
                }
            )
            yield Finding(segment, f"It looks at {' and '.join(names)} only.")


def _same_kpi(all_of: _Brand) -> Iterator[Finding]:
    for _, group in groupby(all_of.in_use, key=lambda one: one.dimension_id):
        segments = list(group)
        kpis = {one.primary_kpi for one in segments}
        if len(segments) >= ALIKE_FROM and len(kpis) == 1 and "" not in kpis:
            [kpi] = kpis
            yield Finding(
                segments[0],
                f"All {len(segments)} segments of {segments[0].dimension.name} are judged by "
                f"“{kpi_label(kpi)}”.",
            )


def _forgotten(all_of: _Brand) -> Iterator[Finding]:
    drafts = (
        SegmentVersion.objects.filter(segment__in=all_of.segments, activated_at=None)
        .filter(created_at__lt=all_of.at - timedelta(days=FORGOTTEN_DAYS))
        .select_related("segment__active_version")
        .order_by("segment__dimension__position", "segment__position", "segment_id", "-number")
    )
    for _, group in groupby(drafts, key=lambda draft: draft.segment_id):
        draft = next(group)
        active = draft.segment.active_version
        if active is None or active.number < draft.number:
            days = (all_of.at - draft.created_at).days
            yield Finding(
                draft.segment,
                f"Version {draft.number} has been a draft for {days} days.",
                version=draft.number,
            )


def _lacking(name: str, words: str) -> Callable[[_Brand], Iterator[Finding]]:
    def find(all_of: _Brand) -> Iterator[Finding]:
        for segment in all_of.segments:
            if not getattr(segment, name):
                yield Finding(segment, words)

    return find


@dataclass(frozen=True, kw_only=True)
class _Kind:
    key: str
    title: str
    meaning: str
    advice: str
    find: Callable[[_Brand], Iterator[Finding]]


CHECKS = (
    _Kind(
        key="broken",
        title="Broken",
        meaning=(
            "The rule can no longer be evaluated. The members of the last good run stay where they "
            "are, and nobody joins."
        ),
        advice="Mend the rule in the builder, or archive the segment.",
        find=_broken,
    ),
    _Kind(
        key="empty",
        title="Empty",
        meaning="Nobody is in the segment although a run has looked for members.",
        advice="Loosen the rule, fill in the facts that it asks for, or archive the segment.",
        find=_empty,
    ),
    _Kind(
        key="overlapping",
        title="Nearly the same people",
        meaning=(
            "More than 80 % of either segment's members are in the other, too; within a dimension "
            "it is enough that one lies in the other. Not listed: a segment within one of another "
            "dimension, and within one of a dimension where the first counts (personas), since "
            "these are meant to lie across each other."
        ),
        advice="Keep one of the two, or reword the rules so that they tell people apart.",
        find=_overlapping,
    ),
    _Kind(
        key="unused",
        title="Unused",
        meaning=(
            "Nobody has joined or left since the beginning of {since}, no other rule in use asks "
            "for it and no audience is mapped to it. Whether people look at its page or its "
            "scorecard is not recorded."
        ),
        advice="Map it to an audience, refresh its rule, or archive it.",
        find=_unused,
    ),
    _Kind(
        key="no_owner",
        title="Without an owner",
        meaning="Nobody is told when the segment breaks or drifts, and nobody answers for it.",
        advice="Name an owner on the segment's page.",
        find=_lacking("owner_id", "Nobody owns it."),
    ),
    _Kind(
        key="no_purpose",
        title="Without a purpose",
        meaning="A segment without a job is a list.",
        advice="Write down what the segment is for, on its page.",
        find=_lacking("purpose", "It says nowhere what it is for."),
    ),
    _Kind(
        key="no_kpi",
        title="Without a primary KPI",
        meaning="Nobody can say whether the segment does its job.",
        advice="Choose the number that its job is judged by, on its page.",
        find=_lacking("primary_kpi", "No KPI is chosen."),
    ),
    _Kind(
        key="same_kpi",
        title="One KPI for all",
        meaning=(
            "Every segment of the dimension is judged by the same number, whatever its job is."
        ),
        advice="Give each segment the KPI of its own job, on its page.",
        find=_same_kpi,
    ),
    _Kind(
        key="size_only",
        title="By size alone",
        meaning=(
            "The rule looks at follower counts and nothing else, which says little about fit. A "
            "dimension whose segments all do so is a tier scheme and is not listed."
        ),
        advice="Add to the rule what the creators do or whom they reach.",
        find=_by_size_alone,
    ),
    _Kind(
        key="forgotten",
        title="Forgotten drafts",
        meaning=f"A wording was saved more than {FORGOTTEN_DAYS} days ago and never put in use.",
        advice="Activate it with a reason, or save a newer one.",
        find=_forgotten,
    ),
)


def check_row(check: Check) -> dict[str, Any]:
    """A check as the API shows it."""
    return {
        "key": check.key,
        "title": check.title,
        "meaning": check.meaning,
        "advice": check.advice,
        "findings": [
            {
                "segment": finding.segment.key,
                "other": finding.other.key if finding.other else None,
                "version": finding.version,
                "words": finding.words,
            }
            for finding in check.findings
        ],
    }
