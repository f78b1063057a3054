"""Who may review, and how a review is refused."""

from __future__ import annotations

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from crm.choices import ReviewStatus, Role, VettingStatus
from crm.models import Brand, Review, ReviewForm, User, UserRole

# Who has the capability to review (crm.permissions, which stands above services; a test compares).
REVIEWING = frozenset({Role.STRATEGIST, Role.MANAGER, Role.ANALYST, Role.ADMIN})


class ReviewRefused(Exception):
    """Nothing was done; the message is fit for the user, `field` says where, `code` for programs.

    Of one criterion `field` is "answers/" and its key.
    """

    def __init__(self, message: str, field: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.field = field
        self.code = code


def reviewers_of(brand: Brand) -> QuerySet[User]:
    """Everybody who may review for `brand`, by name."""
    return User.objects.filter(
        is_active=True, roles__brand=brand, roles__role__in=REVIEWING
    ).order_by("first_name", "email", "pk")


def may_be_asked(brand: Brand, form: ReviewForm, requester: User | None) -> QuerySet[User]:
    """Whom somebody can ask: not themselves, unless the form lets them."""
    everybody = reviewers_of(brand)
    if requester is None or form.requester_may_review:
        return everybody
    return everybody.exclude(pk=requester.pk)


def with_work(people: QuerySet[User], brand: Brand) -> QuerySet[User]:
    """With how many reviews each has to write already, as `reviews_waiting`."""
    waiting = (
        Review.objects.filter(
            reviewer=OuterRef("pk"),
            status=ReviewStatus.WAITING,
            vetting__brand=brand,
            vetting__status=VettingStatus.OPEN,
        )
        .order_by()
        .values("reviewer")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return people.annotate(reviews_waiting=Coalesce(Subquery(waiting), 0))


def is_admin(brand: Brand, user: User) -> bool:
    """Whether `user` may undo what colleagues asked for."""
    return UserRole.objects.filter(brand=brand, user=user, role=Role.ADMIN).exists()
