"""Settled vettings for the demo brand: three people in pairs, one of whom gives more and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from crm.choices import ResultBasis, ReviewStatus, Role, Source, VettingStatus
from crm.models import (
    Answer,
    Brand,
    Criterion,
    CustomField,
    FieldValue,
    FormCriterion,
    Review,
    User,
    Vetting,
    VettingResult,
)
from crm.services import facts
from crm.services.reviews.forms import VETTED_ON, newest_form, publish_form, standard_form
from crm.services.reviews.settling import Outcome, outcome

NUMBER = 72
# As many weeks ago the first one was asked for; half of them in the newest seven weeks.
_WEEKS, _RECENT = 52, 7
_WORK = timedelta(days=3)
_REVIEWERS = (Role.STRATEGIST, Role.MANAGER, Role.ANALYST)


@transaction.atomic
def fill(*, brand: Brand, seed: int, at: datetime) -> int:
    """Publish the standard form and settle vettings by it; how many there are then.

    Nobody is told and nothing of it is in the ledger but the form: it never happened.
    """
    held = Vetting.objects.filter(brand=brand).count()
    roles = brand.user_roles.select_related("user").order_by("-pk")
    people = {one.role: one.user for one in roles}
    asker = people.get(Role.ADMIN)
    reviewers = [people[role] for role in _REVIEWERS if role in people]
    if held or asker is None or len(reviewers) < len(_REVIEWERS):
        return held
    random = Random(f"reviews {seed}")  # noqa: S311 - made-up data
    begun = at - timedelta(weeks=_WEEKS)
    form = newest_form(brand)
    if form is None:
        bar, criteria = standard_form()
        form = publish_form(brand=brand, bar=bar, criteria=criteria, actor=asker, at=begun)
    known = brand.relationships.filter(unprofiled_at=None).order_by("pk")
    relationships = list(known.select_related("creator")[:NUMBER])
    pairs = list(combinations(reviewers, 2))
    vettings = [
        Vetting(
            brand=brand,
            relationship=relationship,
            form=form,
            reviewers=2,
            requested_by=asker,
            requested_at=asked,
            due_on=(asked + timedelta(days=form.days)).date(),
            status=VettingStatus.SETTLED,
            all_in_at=asked + _WORK,
            settled_at=asked + _WORK,
        )
        for place, relationship in enumerate(relationships)
        for asked in [_asked(place, at, random)]
    ]
    Vetting.objects.bulk_create(vettings)
    criteria_of = form.criteria_in_order()
    bars = {line.criterion_id: line for line in form.lines.all()}
    for place, vetting in enumerate(vettings):
        _write(
            vetting,
            criteria_of,
            random,
            bars=bars,
            pair=pairs[place // 2 % len(pairs)],
            third=asker,
            # The analyst lately.
            mild=reviewers[-1] if place % 2 else None,
        )
    Vetting.objects.bulk_update(vettings, ["settled_by"])
    facts.mark_changed(
        brand=brand, creator_ids=[one.creator_id for one in relationships], cause="made_up"
    )
    return len(vettings)


def _asked(place: int, at: datetime, random: Random) -> datetime:
    """Every other one in the newest weeks."""
    weeks = random.uniform(0.6, _RECENT) if place % 2 else random.uniform(_RECENT + 14, _WEEKS - 1)
    return at - timedelta(weeks=weeks)


def _write(
    vetting: Vetting,
    criteria: Sequence[Criterion],
    random: Random,
    *,
    bars: Mapping[int, FormCriterion],
    pair: Sequence[User],
    third: User,
    mild: User | None,
) -> None:
    """Both reviews, what comes of them, and a third person's word where they are too far apart."""
    done = vetting.requested_at + _WORK
    reviews = Review.objects.bulk_create(
        Review(
            vetting=vetting,
            reviewer=user,
            assigned_by=third,
            assigned_at=vetting.requested_at,
            closed_at=done,
            status=ReviewStatus.SUBMITTED,
        )
        for user in pair
    )
    found: dict[Criterion, Outcome] = {}
    answers: list[Answer] = []
    for criterion in criteria:
        truth = random.randint(2, 4)
        said = [
            _said(criterion, truth, review, random, is_mild=user == mild)
            for review, user in zip(reviews, pair, strict=True)
        ]
        answers += said
        one = outcome(said, vetting.form.dispute_from)
        if one.basis is None:
            first = said[0]
            score = None if first.score is None else Decimal(truth)
            one = Outcome(ResultBasis.ADJUDICATED, score, first.choice)
        found[criterion] = one
    Answer.objects.bulk_create(answers)
    if any(one.basis == ResultBasis.ADJUDICATED for one in found.values()):
        vetting.settled_by = third
        decided = Review.objects.create(
            vetting=vetting,
            reviewer=third,
            is_adjudication=True,
            assigned_by=third,
            assigned_at=done,
            closed_at=done,
            status=ReviewStatus.SUBMITTED,
            comment="Looked at the newest posts again.",
        )
        Answer.objects.bulk_create(
            Answer(
                review=decided,
                criterion=criterion,
                score=None if one.score is None else int(one.score),
                choice=one.choice,
            )
            for criterion, one in found.items()
            if one.basis == ResultBasis.ADJUDICATED
        )
    VettingResult.objects.bulk_create(
        VettingResult(
            vetting=vetting,
            criterion=criterion,
            score=one.score,
            choice=one.choice,
            basis=one.basis or ResultBasis.UNKNOWN,
            passed=bars[criterion.pk].lets_pass(one.score, one.choice),
        )
        for criterion, one in found.items()
    )
    _say(vetting, found, done)


def _said(
    criterion: Criterion, truth: int, review: Review, random: Random, *, is_mild: bool
) -> Answer:
    """What somebody says where `truth` is so; who is mild gives a point more, more often."""
    answer = Answer(review=review, criterion=criterion)
    if random.random() < 0.04:
        answer.cannot_say = True
    elif criterion.is_scale:
        more = 1 if is_mild and random.random() < 0.9 else 0
        answer.score = min(max(truth + more + random.choice((-1, 0, 0, 0, 0, 0, 1)), 1), 5)
    else:
        options = list(criterion.labels)
        place = truth - 2 if random.random() < 0.85 else random.randrange(len(options))
        answer.choice = options[min(place, len(options) - 1)]
    if criterion.needs_evidence and not answer.cannot_say:
        answer.evidence = "https://example.com/post"
    return answer


def _say(vetting: Vetting, found: Mapping[Criterion, Outcome], at: datetime) -> None:
    """What was found, as the facts that a vetting writes."""
    day = at.astimezone(ZoneInfo(vetting.brand.timezone)).date()
    told: dict[str, object] = {VETTED_ON: day}
    for criterion, one in found.items():
        if one.score is not None or one.choice is not None:
            told[criterion.field_key] = one.choice if one.score is None else float(one.score)
    fields = CustomField.objects.filter(brand=vetting.brand, key__in=told).in_use()
    FieldValue.objects.bulk_create(
        FieldValue(
            field=field,
            creator_id=vetting.relationship.creator_id,
            since=at,
            source=Source.MANUAL,
            note=f"Vetting {vetting.pk}, version {vetting.form.number} of the review form",
            author=vetting.requested_by,
            **{field.column: told[field.key]},
        )
        for field in fields
    )
