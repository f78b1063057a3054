"""What campaigns that are over teach about the weights; a person accepts it or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from campaigns.choices import CampaignStatus
from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User
from segmentation.choices import ErrandStatus
from segmentation.matches.learning import Case, learn
from segmentation.models import Match, MatchLesson, MatchRow
from segmentation.services import errands
from segmentation.services.matches import weights as weights_service
from segmentation.services.matches.outcomes import Outcome, outcomes_of

# By name: tasks are above services.
TASK = "segmentation.tasks.learn_weights"
# The newest ones; older ones say little of today.
MOST_CAMPAIGNS = 100
TOP = 10


@transaction.atomic
def request(*, brand: Brand, actor: User | None, at: datetime) -> MatchLesson:
    """Have a worker ask the brand's campaigns what counted. Raises CampaignRefused."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    if MatchLesson.objects.filter(brand=brand, status=ErrandStatus.QUEUED).exists():
        raise CampaignRefused("Campaigns are being asked already.", code="under_way")
    lesson = MatchLesson.objects.create(brand=brand, requested_by=actor, requested_at=at)
    audit.record(
        brand=brand,
        verb="segmentation.match.lesson_asked",
        target=lesson,
        actor=actor,
        at=at,
        label="What campaigns teach",
    )
    errands.send(TASK, lesson)
    return lesson


def compute(*, lesson_id: int, at: datetime) -> MatchLesson | None:
    """Learn what waits; safe to call twice."""
    return errands.carry_out(
        MatchLesson.objects.select_related("brand"),
        errand_id=lesson_id,
        task=TASK,
        work=lambda lesson: _fill(lesson, at),
    )


@transaction.atomic
def decide(
    *, lesson_id: int, brand: Brand, accept: bool, reason: str, actor: User | None, at: datetime
) -> MatchLesson:
    """Take the suggested weights for the brand, or do not. Raises CampaignRefused."""
    reason = reason.strip()[: weights_service.REASON_MAX]
    lesson = MatchLesson.objects.select_for_update(no_key=True).get(pk=lesson_id, brand=brand)
    if lesson.suggested is None:
        raise CampaignRefused("Nothing is suggested here.", code="nothing_suggested")
    if lesson.is_accepted is not None:
        raise CampaignRefused("Somebody has decided about it already.", code="decided")
    if accept:
        weights_service.set_weights(
            brand=brand,
            campaign=None,
            weights=lesson.suggested,
            reason=reason or "Learned from campaigns that are over.",
            actor=actor,
            at=at,
            lesson=lesson,
        )
    lesson.is_accepted, lesson.decided_by, lesson.decided_at = accept, actor, at
    lesson.save(update_fields=["is_accepted", "decided_by", "decided_at"])
    audit.record(
        brand=brand,
        verb="segmentation.match.lesson_decided",
        target=lesson,
        actor=actor,
        at=at,
        data={"accepted": accept, "reason": reason},
        label="What campaigns teach",
    )
    return lesson


@dataclass(frozen=True)
class Calibration:
    """What came of the first of a match; of `known` it can be told whether they were above."""

    match: Match
    top: int
    chosen: int
    published: int
    on_time: int
    timed: int
    above: int
    known: int


def calibration(campaign: Campaign, top: int = TOP) -> list[Calibration]:
    """For each of the newest matches, what came of its first `top`: six queries."""
    matches = list(
        Match.objects.filter(campaign=campaign, status=ErrandStatus.DONE, as_of__isnull=False)
        .select_related("weights")
        .order_by("-requested_at", "-pk")[:5]
    )
    if not matches:
        return []
    outcomes = outcomes_of([campaign])
    first: dict[int, list[int]] = {}
    rows = MatchRow.objects.filter(match__in=matches, rank__lte=top).order_by("match", "rank")
    for match, relationship in rows.values_list("match", "relationship"):
        first.setdefault(match, []).append(relationship)
    return [
        _calibration(
            match,
            [outcomes.get((campaign.pk, one)) for one in first.get(match.pk, [])],
        )
        for match in matches
    ]


def _calibration(match: Match, found: Sequence[Outcome | None]) -> Calibration:
    told = [one for one in found if one is not None]
    return Calibration(
        match=match,
        top=len(found),
        chosen=sum(one.was_chosen for one in told),
        published=sum(one.published for one in told),
        on_time=sum(one.on_time is True for one in told),
        timed=sum(one.on_time is not None for one in told),
        above=sum(one.above_usual is True for one in told),
        known=sum(one.above_usual is not None for one in told),
    )


def _fill(lesson: MatchLesson, at: datetime) -> None:
    brand = lesson.brand
    cases = _cases(brand, at)
    in_force = weights_service.said(weights_service.in_force(brand))
    found = learn(cases, in_force)
    lesson.learned_at = at
    lesson.campaigns, lesson.engagements = found.campaigns, found.cases
    lesson.findings = {**found.to_json(), "in_force": in_force}
    lesson.suggested = dict(found.suggested) if found.suggested else None
    lesson.save(update_fields=["learned_at", "campaigns", "engagements", "findings", "suggested"])


def _cases(brand: Brand, at: datetime) -> list[Case]:
    """Creators who were asked in campaigns that are over, as the last match before saw them."""
    over = Q(status=CampaignStatus.COMPLETED) | Q(
        status=CampaignStatus.ACTIVE, ends_on__lt=at.date()
    )
    campaigns = list(
        Campaign.objects.filter(over, brand=brand).order_by("-ends_on", "-pk")[:MOST_CAMPAIGNS]
    )
    outcomes = {key: one for key, one in outcomes_of(campaigns).items() if one.was_asked}
    rows = (
        MatchRow.objects.without_objectors()
        .filter(
            match__campaign__in=campaigns,
            match__status=ErrandStatus.DONE,
            relationship__in=[relationship for _, relationship in outcomes],
        )
        .order_by("match__as_of", "match", "pk")
        .values_list("match__campaign", "relationship", "match__as_of", "parts")
    )
    # The newest that was made before anything was published wins.
    last: dict[tuple[int, int], Case] = {}
    for campaign, relationship, as_of, parts in rows.iterator(chunk_size=2_000):
        outcome = outcomes.get((campaign, relationship))
        if outcome is None or as_of is None:
            continue
        if outcome.first_published_at is not None and as_of >= outcome.first_published_at:
            continue
        points = {key: float(part["points"]) for key, part in parts.items()}
        last[campaign, relationship] = Case(campaign, points, outcome.worked)
    return list(last.values())


def lessons_of(brand: Brand) -> list[MatchLesson]:
    """The newest lessons of a brand."""
    rows = MatchLesson.objects.filter(brand=brand).select_related("requested_by", "decided_by")
    return list(rows.order_by("-requested_at", "-pk")[:20])


def taken_so_far(brand: Brand) -> tuple[int, int]:
    """How many suggestions were decided about, and how many of them were taken."""
    rows = MatchLesson.objects.filter(brand=brand, is_accepted__isnull=False)
    decided = list(rows.values_list("is_accepted", flat=True))
    return len(decided), sum(one is True for one in decided)
