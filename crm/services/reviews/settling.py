"""What comes of the reviews: the median, or a third person's word where they are too far apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from crm.choices import (
    NotificationKind,
    ResultBasis,
    ReviewStatus,
    VettingStatus,
)
from crm.models import Answer, Brand, Criterion, Review, User, Vetting, VettingResult
from crm.services.field_values import FieldValuesRefused, set_values
from crm.services.notifications import notify_all
from crm.services.reviews.answers import Given, checked_comment, write_answers
from crm.services.reviews.forms import VETTED_ON
from crm.services.reviews.people import REVIEWING, ReviewRefused
from crm.services.reviews.vettings import locked, record, url_of


@dataclass(frozen=True)
class Outcome:
    """What the reviews say of a criterion; without a basis they are too far apart."""

    basis: ResultBasis | None
    score: Decimal | None = None
    choice: str | None = None


def outcome(answers: Sequence[Answer], dispute_from: int) -> Outcome:
    """What one or two answers to a criterion come to."""
    said = [answer for answer in answers if not answer.cannot_say]
    if not said:
        return Outcome(ResultBasis.UNKNOWN)
    first = said[0]
    if len(said) == 1:
        basis = ResultBasis.SINGLE if len(answers) == 1 else ResultBasis.ONE_OF_TWO
        score = None if first.score is None else Decimal(first.score)
        return Outcome(basis, score, first.choice)
    second = said[1]
    if first.score is None or second.score is None:
        is_same = first.choice == second.choice
        return Outcome(ResultBasis.AGREED, choice=first.choice) if is_same else Outcome(None)
    if abs(first.score - second.score) >= dispute_from:
        return Outcome(None)
    basis = ResultBasis.AGREED if first.score == second.score else ResultBasis.MEDIAN
    return Outcome(basis, Decimal(first.score + second.score) / 2)


def outcomes(vetting: Vetting) -> dict[Criterion, Outcome]:
    """By criterion, in the form's order; of the reviews that are in."""
    rows = Answer.objects.filter(
        review__vetting=vetting,
        review__status=ReviewStatus.SUBMITTED,
        review__is_adjudication=False,
    )
    by_criterion: dict[int, list[Answer]] = {}
    for answer in rows.order_by("review_id", "pk"):
        by_criterion.setdefault(answer.criterion_id, []).append(answer)
    return {
        criterion: outcome(by_criterion.get(criterion.pk, ()), vetting.form.dispute_from)
        for criterion in vetting.form.criteria_in_order()
    }


def disputed(vetting: Vetting) -> list[Criterion]:
    """About what the reviewers are too far apart."""
    return [criterion for criterion, found in outcomes(vetting).items() if found.basis is None]


def close_if_complete(vetting: Vetting, actor: User, at: datetime) -> None:
    """Once the last review is in: settle the vetting, or leave it to a third person.

    Within the transaction that holds the vetting.
    """
    handed_in = Review.objects.filter(vetting=vetting, status=ReviewStatus.SUBMITTED).count()
    if handed_in < vetting.reviewers:
        return
    vetting.all_in_at = at
    found = outcomes(vetting)
    if all(one.basis is not None for one in found.values()):
        _settle(vetting, found, actor, at, settled_by=None)
        return
    vetting.status = VettingStatus.DISPUTED
    vetting.save()
    open_ones = sum(one.basis is None for one in found.values())
    _tell_requester(
        vetting,
        f"The reviewers of {vetting.relationship.creator} differ: a third person has to decide",
        at,
    )
    record(vetting, "disputed", actor, at, {"criteria": open_ones})


@transaction.atomic
def adjudicate(
    *,
    vetting_id: int,
    brand: Brand,
    answers: Mapping[str, Given],
    comment: str,
    actor: User,
    at: datetime,
) -> Vetting:
    """Settle what the reviewers differ about, as somebody who did not review it.

    The reasons are required: they are what the reviewers learn from. Raises ReviewRefused,
    Vetting.DoesNotExist.
    """
    vetting = locked(vetting_id, brand)
    if vetting.status != VettingStatus.DISPUTED:
        raise ReviewRefused("There is nothing to decide about this vetting.", code="closed")
    _refuse_third_person(vetting, actor)
    comment = checked_comment(comment)
    if not comment:
        raise ReviewRefused("Say why: the two reviewers learn from it.", "comment")
    found = outcomes(vetting)
    open_ones = [criterion for criterion, one in found.items() if one.basis is None]
    if any(given.cannot_say for given in answers.values()):
        key = next(key for key, given in answers.items() if given.cannot_say)
        raise ReviewRefused("You decide: choose one, or let somebody else do it.", f"answers/{key}")
    review = Review.objects.create(
        vetting=vetting,
        reviewer=actor,
        is_adjudication=True,
        status=ReviewStatus.SUBMITTED,
        assigned_by=actor,
        assigned_at=at,
        closed_at=at,
        comment=comment,
    )
    for answer in write_answers(review, open_ones, answers, is_whole=True):
        found[answer.criterion] = Outcome(
            ResultBasis.ADJUDICATED,
            None if answer.score is None else Decimal(answer.score),
            answer.choice,
        )
    _settle(vetting, found, actor, at, settled_by=actor)
    return vetting


def may_adjudicate(vetting: Vetting, user: User) -> str:
    """Why `user` cannot be the third person, fit for the user; empty where they can."""
    if Review.objects.filter(vetting=vetting, reviewer=user).exists():
        return "You were asked for a review of this creator: somebody else has to decide."
    if vetting.requested_by_id == user.pk and not vetting.form.requester_may_review:
        return "You asked for this vetting: the form wants somebody else to decide."
    return ""


def _refuse_third_person(vetting: Vetting, actor: User) -> None:
    if not actor.roles.filter(brand=vetting.brand, role__in=REVIEWING).exists():
        raise ReviewRefused("Your role does not review.")
    why_not = may_adjudicate(vetting, actor)
    if why_not:
        raise ReviewRefused(why_not, code="not_a_third_person")


def _settle(
    vetting: Vetting,
    found: Mapping[Criterion, Outcome],
    actor: User,
    at: datetime,
    *,
    settled_by: User | None,
) -> None:
    vetting.status, vetting.settled_at, vetting.settled_by = VettingStatus.SETTLED, at, settled_by
    vetting.save()
    bars = {line.criterion_id: line for line in vetting.form.lines_in_order()}
    VettingResult.objects.bulk_create(
        [
            VettingResult(
                vetting=vetting,
                criterion=criterion,
                score=one.score,
                choice=one.choice,
                basis=one.basis,
                passed=bars[criterion.pk].lets_pass(one.score, one.choice),
            )
            for criterion, one in found.items()
            if one.basis is not None
        ]
    )
    _tell_requester(vetting, f"{vetting.relationship.creator} is vetted", at)
    record(
        vetting,
        "settled",
        actor,
        at,
        {"form": vetting.form.number, "is_adjudicated": settled_by is not None},
    )
    _write_facts(vetting, found, actor, at)


def _write_facts(
    vetting: Vetting, found: Mapping[Criterion, Outcome], actor: User, at: datetime
) -> None:
    """What was found, as facts. What nobody could say leaves the fact as it was."""
    values: dict[str, Any] = {VETTED_ON: at.astimezone(ZoneInfo(vetting.brand.timezone)).date()}
    for criterion, one in found.items():
        if one.score is not None:
            values[criterion.field_key] = float(one.score)
        elif one.choice is not None:
            values[criterion.field_key] = one.choice
    note = f"Vetting {vetting.pk}, version {vetting.form.number} of the review form"
    while values:
        try:
            set_values(
                brand=vetting.brand,
                creator_ids=[vetting.relationship.creator_id],
                values=values,
                at=at,
                actor=actor,
                note=note,
            )
        except FieldValuesRefused as refusal:
            # Somebody archived the field, or took an answer out of its list: the result stands in
            # the vetting all the same.
            values = {key: value for key, value in values.items() if key not in refusal.problems}
        else:
            return


def _tell_requester(vetting: Vetting, text: str, at: datetime) -> None:
    if vetting.requested_by is not None:
        notify_all(
            users=[vetting.requested_by],
            brand=vetting.brand,
            kind=NotificationKind.REVIEW,
            text=text,
            url=url_of(vetting),
            at=at,
        )
