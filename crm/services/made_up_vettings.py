"""Vettings of the demo brand that are under way: unwritten, half in, and to be decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm.choices import Role, VettingStatus
from crm.models import Brand, Criterion, Review, User, Vetting
from crm.services.made_up_reviews import NUMBER
from crm.services.reviews.answers import Given
from crm.services.reviews.vettings import ask_for_vetting
from crm.services.reviews.writing import save_review

# What whoever has written says on each scale; two points apart is what people differ about.
_SAID: tuple[dict[Role, int], ...] = (
    {},
    {Role.ANALYST: 4},
    {Role.MANAGER: 2, Role.ANALYST: 5},
)
_OPEN = (VettingStatus.OPEN, VettingStatus.DISPUTED)


@transaction.atomic
def fill(*, brand: Brand, at: datetime) -> int:
    """Ask manager and analyst for reviews of those who come after the vetted; how many are open."""
    rows = brand.user_roles.select_related("user").order_by("-pk")
    people = {Role(one.role): one.user for one in rows}
    asker = people.get(Role.ADMIN)
    known = brand.relationships.filter(unprofiled_at=None, vettings=None).order_by("pk")
    vetted = Vetting.objects.filter(brand=brand).count()
    if asker is None or not {Role.MANAGER, Role.ANALYST} <= set(people) or vetted != NUMBER:
        return Vetting.objects.filter(brand=brand, status__in=_OPEN).count()
    reviewers = [people[Role.MANAGER], people[Role.ANALYST]]
    for relationship, said in zip(known.select_related("brand", "creator"), _SAID, strict=False):
        vetting = ask_for_vetting(
            relationship=relationship,
            reviewers=reviewers,
            actor=asker,
            at=at,
            reason="Could be in the next launch",
        )
        for role, score in said.items():
            _write(vetting, people[role], score, at)
    return Vetting.objects.filter(brand=brand, status__in=_OPEN).count()


def _write(vetting: Vetting, reviewer: User, score: int, at: datetime) -> None:
    review = Review.objects.get(vetting=vetting, reviewer=reviewer)
    save_review(
        review_id=review.pk,
        brand=vetting.brand,
        answers={one.key: _given(one, score) for one in vetting.form.criteria_in_order()},
        comment="",
        actor=reviewer,
        at=at,
        expected_version=review.version,
        is_final=True,
    )


def _given(criterion: Criterion, score: int) -> Given:
    evidence = "https://example.com/post" if criterion.needs_evidence else ""
    if criterion.is_scale:
        return Given(score=score, evidence=evidence)
    return Given(choice=next(iter(criterion.labels)), evidence=evidence)
