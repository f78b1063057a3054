"""Ask for a vetting, give it to somebody else, take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from crm import audit
from crm.choices import NotificationKind, ReviewStatus, VettingStatus
from crm.models import Brand, Relationship, Review, User, Vetting
from crm.services.notifications import notify_all
from crm.services.reviews.forms import newest_form
from crm.services.reviews.people import ReviewRefused, is_admin, may_be_asked

REASON_MAX = 300
DUE_MAX = timedelta(days=366)


@transaction.atomic
def ask_for_vetting(
    *,
    relationship: Relationship,
    reviewers: Sequence[User],
    actor: User,
    at: datetime,
    reason: str = "",
    due_on: date | None = None,
) -> Vetting:
    """Ask one or two people, as the form wants, for a review of a creator. Raises ReviewRefused."""
    brand = relationship.brand
    # One at a time of a creator: whoever asks meanwhile finds this one.
    Relationship.objects.select_for_update(no_key=True).get(pk=relationship.pk)
    form = newest_form(brand)
    if form is None:
        raise ReviewRefused(
            "Your brand has no review form yet: a strategist or an admin makes one.",
            code="no_form",
        )
    if Vetting.objects.filter(relationship=relationship).unsettled().exists():
        raise ReviewRefused(
            f"A vetting of {relationship.creator} is open already.", code="already_open"
        )
    today = at.astimezone(ZoneInfo(brand.timezone)).date()
    due_on = due_on or today + timedelta(days=form.days)
    if not today <= due_on <= today + DUE_MAX:
        raise ReviewRefused("Choose a day from today on, within a year.", "due_on")
    _refuse_reviewers(brand, form.reviewers, reviewers, may_be_asked(brand, form, actor))
    vetting = Vetting.objects.create(
        brand=brand,
        relationship=relationship,
        form=form,
        reviewers=form.reviewers,
        reason=line(reason, "reason"),
        due_on=due_on,
        requested_by=actor,
        requested_at=at,
    )
    Review.objects.bulk_create(
        [
            Review(vetting=vetting, reviewer=user, assigned_by=actor, assigned_at=at)
            for user in reviewers
        ]
    )
    _tell_asked(vetting, reviewers, actor, at)
    record(vetting, "asked", actor, at, {"form": form.number, "reviews": form.reviewers})
    return vetting


@transaction.atomic
def assign_review(
    *,
    vetting_id: int,
    brand: Brand,
    reviewer: User,
    actor: User,
    at: datetime,
    instead_of: int | None = None,
) -> Review:
    """Ask somebody for a review that nobody has, or (`instead_of`, a review's id) not yet written.

    What was drafted of a review that is given to somebody else is gone. Raises ReviewRefused, or
    Vetting.DoesNotExist.
    """
    vetting = locked(vetting_id, brand)
    refuse_unless_open(vetting)
    reviews = list(Review.objects.filter(vetting=vetting))
    if any(review.reviewer_id == reviewer.pk for review in reviews):
        raise ReviewRefused(f"{reviewer} was asked for this one before.", "reviewer")
    if not may_be_asked(brand, vetting.form, vetting.requested_by).filter(pk=reviewer.pk).exists():
        raise ReviewRefused(_not_eligible(brand, reviewer), "reviewer")
    taking_part = Review.objects.filter(vetting=vetting).taking_part()
    if instead_of is not None:
        given = taking_part.filter(pk=instead_of, status=ReviewStatus.WAITING).first()
        if given is None:
            raise ReviewRefused("This review was handed in or given away meanwhile.")
        given.answers.all().delete()
        given.status, given.closed_at, given.comment = ReviewStatus.RELEASED, at, ""
        given.version += 1
        given.save()
    elif taking_part.count() >= vetting.reviewers:
        raise ReviewRefused(
            "Everybody who is needed was asked. Say instead of whom this person is to review."
        )
    made = Review.objects.create(
        vetting=vetting, reviewer=reviewer, assigned_by=actor, assigned_at=at
    )
    _tell_asked(vetting, [reviewer], actor, at)
    record(vetting, "assigned", actor, at, {"review": made.pk, "instead_of": instead_of})
    return made


@transaction.atomic
def withdraw_vetting(
    *, vetting_id: int, brand: Brand, actor: User, at: datetime, why: str
) -> Vetting:
    """Take a vetting back that is not settled: by whoever asked, or an admin.

    Reviews that nobody else could read yet stay unread. Raises ReviewRefused, Vetting.DoesNotExist.
    """
    vetting = locked(vetting_id, brand)
    if not vetting.is_open:
        raise ReviewRefused("This vetting is settled or withdrawn already.", code="closed")
    if actor.pk != vetting.requested_by_id and not is_admin(brand, actor):
        raise ReviewRefused("Only who asked for the vetting, or an admin, can withdraw it.")
    why = line(why, "why")
    if not why:
        raise ReviewRefused("Say why it is withdrawn: reviewers read it.", "why")
    was_disputed = vetting.status == VettingStatus.DISPUTED
    vetting.status, vetting.settled_at, vetting.settled_by = VettingStatus.WITHDRAWN, at, actor
    vetting.why_withdrawn = why
    vetting.save()
    waiting = Review.objects.filter(vetting=vetting, status=ReviewStatus.WAITING)
    notify_all(
        users=[review.reviewer for review in waiting.select_related("reviewer") if review.reviewer],
        brand=brand,
        kind=NotificationKind.REVIEW,
        text=f"{actor} withdrew the vetting of {vetting.relationship.creator}: no review is needed",
        url=url_of(vetting),
        at=at,
    )
    record(vetting, "withdrawn", actor, at, {"was_disputed": was_disputed})
    return vetting


def locked(vetting_id: int, brand: Brand) -> Vetting:
    """The vetting, for this transaction alone."""
    return (
        Vetting.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "form", "relationship__creator", "requested_by")
        .get(pk=vetting_id, brand=brand)
    )


def refuse_unless_open(vetting: Vetting) -> None:
    """Raises ReviewRefused where no review is waited for any more."""
    if vetting.status == VettingStatus.WITHDRAWN:
        raise ReviewRefused(f"The vetting was withdrawn: {vetting.why_withdrawn}", code="closed")
    if vetting.status != VettingStatus.OPEN:
        raise ReviewRefused("All reviews of this vetting are in already.", code="closed")


def line(text: str, field: str) -> str:
    """One line of text. Raises ReviewRefused where it is too long."""
    text = " ".join(text.split())
    if len(text) > REASON_MAX:
        raise ReviewRefused(f"This has {len(text):,} characters; {REASON_MAX} are the most.", field)
    return text


def url_of(vetting: Vetting) -> str:
    """Where the vetting is seen."""
    return reverse("crm:vetting", args=[vetting.brand.slug, vetting.pk])


def record(
    vetting: Vetting, act: str, actor: User | None, at: datetime, data: Mapping[str, Any]
) -> None:
    """In the ledger and the timeline: ids and counts; never what a review or a reason says."""
    audit.record(
        brand=vetting.brand,
        verb=f"crm.vetting.{act}",
        target=vetting.relationship,
        actor=actor,
        at=at,
        data={"vetting": vetting.pk, **data},
        label=vetting.relationship.creator.name,
    )


def _refuse_reviewers(brand: Brand, needed: int, reviewers: Sequence[User], eligible: Any) -> None:
    if len({user.pk for user in reviewers}) != needed or len(reviewers) != needed:
        people = "one person" if needed == 1 else "two different people"
        raise ReviewRefused(f"The review form asks for {people}.", "reviewers")
    known = set(eligible.values_list("pk", flat=True))
    for user in reviewers:
        if user.pk not in known:
            raise ReviewRefused(_not_eligible(brand, user), "reviewers")


def _not_eligible(brand: Brand, user: User) -> str:
    return (
        f"{user} cannot review this: reviewers are strategists, managers, analysts and admins of "
        f"{brand}, and whoever asks reviews only where the form allows it."
    )


def _tell_asked(vetting: Vetting, reviewers: Sequence[User], actor: User, at: datetime) -> None:
    notify_all(
        users=[user for user in reviewers if user != actor],
        brand=vetting.brand,
        kind=NotificationKind.REVIEW,
        text=f"{actor} asks for your review of {vetting.relationship.creator}",
        url=url_of(vetting),
        at=at,
    )
