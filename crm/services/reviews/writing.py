"""One person's review: drafted, handed in, or declined. Nobody else writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from crm.choices import NotificationKind, ReviewStatus
from crm.models import Brand, Review, User, Vetting
from crm.services.notifications import notify
from crm.services.reviews.answers import Given, checked_comment, write_answers
from crm.services.reviews.people import ReviewRefused
from crm.services.reviews.settling import close_if_complete
from crm.services.reviews.vettings import line, locked, record, refuse_unless_open, url_of


@transaction.atomic
def save_review(
    *,
    review_id: int,
    brand: Brand,
    answers: Mapping[str, Given],
    comment: str,
    actor: User,
    at: datetime,
    expected_version: int,
    is_final: bool = False,
) -> Review:
    """Keep a draft of one's own review, or hand it in (`is_final`), after which it stays.

    The answers, by key of the criterion, take the place of those that were there. With the last
    review the vetting is settled, or goes to a third person. Raises ReviewRefused, and
    Review.DoesNotExist.
    """
    review = _own(review_id, brand, actor)
    if review.version != expected_version:
        raise ReviewRefused(
            "You saved this review in another window since. Nothing was saved here; load it again.",
            code="outdated",
        )
    review.comment = checked_comment(comment)
    criteria = review.vetting.form.criteria_in_order()
    write_answers(review, criteria, answers, is_whole=is_final)
    review.version += 1
    if is_final:
        review.status, review.closed_at = ReviewStatus.SUBMITTED, at
    review.save()
    if is_final:
        record(review.vetting, "reviewed", actor, at, {"review": review.pk})
        close_if_complete(review.vetting, actor, at)
    return review


@transaction.atomic
def decline_review(*, review_id: int, brand: Brand, actor: User, at: datetime, why: str) -> Review:
    """Say that one cannot review, e.g. because one knows the creator; a draft is gone.

    Whoever asked is told, and asks somebody else. Raises ReviewRefused, Review.DoesNotExist.
    """
    review = _own(review_id, brand, actor)
    why = line(why, "why")
    if not why:
        raise ReviewRefused("Say why, so that somebody else can be asked.", "why")
    review.answers.all().delete()
    review.status, review.closed_at = ReviewStatus.DECLINED, at
    review.comment, review.why_declined = "", why
    review.version += 1
    review.save()
    vetting = review.vetting
    if vetting.requested_by is not None and vetting.requested_by != actor:
        notify(
            user=vetting.requested_by,
            brand=brand,
            kind=NotificationKind.REVIEW,
            text=f"{actor} cannot review {vetting.relationship.creator}: ask somebody else",
            url=url_of(vetting),
            at=at,
        )
    record(vetting, "declined", actor, at, {"review": review.pk})
    return review


def _own(review_id: int, brand: Brand, actor: User) -> Review:
    """One's own review that is still to be written, with its vetting locked."""
    found = Review.objects.only("vetting_id").get(pk=review_id, vetting__brand=brand)
    try:
        # First the vetting, as everybody does, so that nobody waits for each other.
        vetting = locked(found.vetting_id, brand)
    except Vetting.DoesNotExist as gone:
        raise Review.DoesNotExist from gone
    review = Review.objects.select_for_update(no_key=True).get(pk=review_id)
    review.vetting = vetting
    if review.reviewer_id != actor.pk:
        raise ReviewRefused("This review is somebody else's.", code="not_yours")
    refuse_unless_open(vetting)
    if review.status != ReviewStatus.WAITING:
        state = review.get_status_display().lower()
        raise ReviewRefused(f"This review is closed: {state}.", code="closed")
    return review
