"""Legal's queue: what waits for whom, by due date or by risk, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Extract

from campaigns.choices import Gate, ReviewState, RiskTier
from campaigns.models import (
    Delegation,
    Deliverable,
    DisclosureDecision,
    DisclosureReview,
    GateTurn,
    ReviewPlan,
)
from campaigns.models.disclosure_reviews import DisclosureReviewQuerySet
from campaigns.selectors.hints import is_hinted
from crm.models import Brand, User
from crm.paging import Beside, Order, beside, keyed, place_of
from crm.permissions import Can, may

_PLACE = "deliverable__engagement__"
# Further apart than moments ever are, in seconds.
_APART = 1e11
_RANK = Case(
    When(risk=RiskTier.HIGH, then=Value(0.0)),
    When(risk=RiskTier.MEDIUM, then=Value(_APART)),
    default=Value(2 * _APART),
    output_field=FloatField(),
)
DUE_FIRST = Order("disclosures", "due_at", "id")
RISK_FIRST = Order(
    "disclosures-risk", _RANK + Extract("due_at", "epoch", output_field=FloatField()), "id"
)
DECIDED_LAST = Order("disclosures-decided", "decided_at", "id", descending=True)


def reviews_of(brand: Brand) -> DisclosureReviewQuerySet:
    """All reviews of a brand with what a row shows."""
    rows = DisclosureReview.objects.filter(brand=brand).annotate(reads_like_ad=is_hinted())
    return rows.select_related(
        "deliverable__platform",
        f"{_PLACE}campaign",
        f"{_PLACE}relationship__creator",
        "finding",
        "draft",
    )


def for_person(
    rows: QuerySet[DisclosureReview], user: User, role: str, brand: Brand, today: date
) -> QuerySet[DisclosureReview]:
    """Of these the ones that are this person's to decide: by role, by name, or in a stead.

    Never what they asked for themselves, nor what they were the first of two to decide.
    """
    if not may(role, Can.CLEAR_LEGAL):
        return rows.none()
    givers = Delegation.objects.filter(brand=brand, gate=Gate.LEGAL, receiver=user).on(today)
    kept = ReviewPlan.objects.filter(
        campaign=OuterRef(f"{_PLACE}campaign"), legal_keeper__isnull=False
    )
    by_me = kept.filter(Q(legal_keeper=user) | Q(legal_keeper__in=givers.values("giver")))
    first_was_me = DisclosureDecision.objects.filter(review=OuterRef("pk"), by=user)
    return rows.filter(Exists(by_me) | ~Exists(kept)).exclude(
        Q(requested_by=user, requested_by__isnull=False)
        | Q(Exists(first_was_me), state=ReviewState.SECOND)
    )


@dataclass(frozen=True)
class Counts:
    """How much waits."""

    waiting: int
    late: int
    high: int
    second: int


def counts_of(rows: QuerySet[DisclosureReview], now: object) -> Counts:
    """Of what waits: one query."""
    found = rows.order_by().aggregate(
        waiting=Count("pk"),
        late=Count("pk", filter=Q(due_at__lte=now)),
        high=Count("pk", filter=Q(risk=RiskTier.HIGH)),
        second=Count("pk", filter=Q(state=ReviewState.SECOND)),
    )
    return Counts(**found)


def neighbours(
    rows: QuerySet[DisclosureReview], order: Order, review: DisclosureReview
) -> Beside[DisclosureReview]:
    """What comes before and after a review in a list, though it may have left the list."""
    found = keyed(DisclosureReview.objects.filter(pk=review.pk), order).get()
    return beside(rows, order, place_of(found, order))


def campaigns_in(rows: QuerySet[DisclosureReview]) -> Sequence[tuple[str, str]]:
    """The campaigns that a list can be narrowed to, by name."""
    return list(
        rows.order_by(f"{_PLACE}campaign__name")
        .values_list(f"{_PLACE}campaign__key", f"{_PLACE}campaign__name")
        .distinct()
    )


def platforms_in(rows: QuerySet[DisclosureReview]) -> Sequence[tuple[str, str]]:
    """The platforms that a list can be narrowed to."""
    return list(
        rows.order_by("deliverable__platform__name")
        .annotate(platform=F("deliverable__platform_id"))
        .values_list("platform", "deliverable__platform__name")
        .distinct()
    )


def jurisdictions_in(rows: QuerySet[DisclosureReview]) -> list[str]:
    """The jurisdictions of the campaigns of a list."""
    found = rows.order_by().values_list(f"{_PLACE}campaign__jurisdictions", flat=True).distinct()
    return sorted({one for some in found for one in some})


def of_turns(turns: Iterable[GateTurn]) -> dict[int, int]:
    """The review behind each turn of legal's gate, by the turn: one query."""
    asked = {(turn.draft_id, turn.opening): turn.pk for turn in turns if turn.gate == Gate.LEGAL}
    rows = DisclosureReview.objects.filter(draft__in={draft for draft, _opening in asked})
    rows = rows.exclude(state=ReviewState.DROPPED).order_by("pk")
    return {
        asked[draft, opening]: pk
        for pk, draft, opening in rows.values_list("pk", "draft", "opening")
        if (draft, opening) in asked
    }


def of_piece(deliverable: Deliverable) -> list[DisclosureReview]:
    """The looks at a piece that wait or were decided, the newest first."""
    rows = DisclosureReview.objects.filter(deliverable=deliverable)
    rows = rows.exclude(state=ReviewState.DROPPED).select_related("finding", "draft")
    return list(rows.order_by("-opened_at", "-pk"))
