"""A brand with the standard form, and shortcuts through a vetting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from crm.choices import ResultBasis, ReviewStatus, VettingStatus
from crm.models import (
    Answer,
    Brand,
    Relationship,
    Review,
    ReviewForm,
    User,
    Vetting,
    VettingResult,
)
from crm.services.reviews import settling, vettings, writing
from crm.services.reviews.answers import Given
from crm.services.reviews.forms import newest_form, publish_form, standard_form
from crm.services.reviews.wordings import Bar, Wording
from tests.factories import NOW, RelationshipFactory

LATER = NOW + timedelta(hours=1)


def publish(brand: Brand, actor: User, **bar: object) -> ReviewForm:
    """The standard form, with another bar where a test wants it."""
    usual, criteria = standard_form()
    wanted = Bar(**{**usual.__dict__, **bar})
    return publish_form(brand=brand, bar=wanted, criteria=criteria, actor=actor, at=NOW)


def scale(name: str, **more: object) -> Wording:
    """A criterion from 1 to 5."""
    anchors = [f"{name} {score}" for score in range(1, 6)]
    label = name.capitalize()
    return Wording(
        **{"label": label, "question": f"{name}?", "anchors": anchors, "key": name} | more
    )


def said(tone: int | None, story: int | None, risk: int | None, verdict: str | None):
    """Answers to the standard form; None: cannot say."""
    evidence = {"risk": "https://example.com/post"}
    scores = {"tone": tone, "story": story, "risk": risk}
    given = {
        key: Given(score=score, cannot_say=score is None, evidence=evidence.get(key, ""))
        for key, score in scores.items()
    }
    given["verdict"] = Given(choice=verdict, cannot_say=verdict is None)
    return given


def ask(relationship: Relationship, actor: User, *reviewers: User, **more: object) -> Vetting:
    return vettings.ask_for_vetting(
        relationship=relationship, reviewers=reviewers, actor=actor, at=NOW, **more
    )


def review_of(vetting: Vetting, user: User) -> Review:
    return Review.objects.get(vetting=vetting, reviewer=user)


def write(
    vetting: Vetting,
    user: User,
    answers: Mapping[str, Given],
    comment: str = "",
    *,
    is_final: bool = True,
    version: int | None = None,
) -> Review:
    """Hand in `user`'s review, or keep it as a draft."""
    review = review_of(vetting, user)
    return writing.save_review(
        review_id=review.pk,
        brand=vetting.brand,
        answers=answers,
        comment=comment,
        actor=user,
        at=LATER,
        expected_version=review.version if version is None else version,
        is_final=is_final,
    )


def decide(vetting: Vetting, user: User, comment: str = "Looked again.", **answers: Given):
    return settling.adjudicate(
        vetting_id=vetting.pk,
        brand=vetting.brand,
        answers=answers,
        comment=comment,
        actor=user,
        at=LATER,
    )


def past(
    brand: Brand, asker: User, reviewers: tuple[User, User], tones: Sequence[tuple[int, int]]
) -> list[Vetting]:
    """Settled vettings of as many creators, written at once: tones as given, the rest alike."""
    form = newest_form(brand)
    assert form is not None
    relationships = [RelationshipFactory(brand=brand) for _ in tones]
    vettings_made = Vetting.objects.bulk_create(
        Vetting(
            brand=brand,
            relationship=relationship,
            form=form,
            reviewers=2,
            due_on=NOW.date(),
            requested_by=asker,
            requested_at=NOW,
            status=VettingStatus.SETTLED,
            all_in_at=LATER,
            settled_at=LATER,
        )
        for relationship in relationships
    )
    reviews = Review.objects.bulk_create(
        Review(
            vetting=vetting,
            reviewer=user,
            assigned_at=NOW,
            closed_at=LATER,
            status=ReviewStatus.SUBMITTED,
        )
        for vetting in vettings_made
        for user in reviewers
    )
    tone, story, *rest = form.criteria_in_order()
    scores = [score for pair in tones for score in pair]
    Answer.objects.bulk_create(
        Answer(review=review, criterion=criterion, score=score)
        for review, given in zip(reviews, scores, strict=True)
        for criterion, score in ((tone, given), (story, 3))
    )
    VettingResult.objects.bulk_create(
        VettingResult(vetting=vetting, criterion=criterion, score=score, basis=basis)
        for vetting, pair in zip(vettings_made, tones, strict=True)
        for criterion, score, basis in (
            (tone, sum(pair) / 2, ResultBasis.MEDIAN),
            (story, 3, ResultBasis.AGREED),
            *((one, None, ResultBasis.UNKNOWN) for one in rest),
        )
    )
    return vettings_made
