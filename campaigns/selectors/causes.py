"""Causes of creators, and what a brand or a campaign brought about: in a few queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from campaigns.causes.green_claims import CATEGORY
from campaigns.causes.taxonomy import Cause, standard
from campaigns.choices import ClaimStatus, DeliverableState
from campaigns.models import (
    Campaign,
    CauseEvidence,
    CauseTag,
    Claim,
    Deliverable,
    Donation,
    Engagement,
)
from campaigns.models.engagements import BOUND
from campaigns.services.claims import is_problem
from crm.models import Brand, Relationship


@dataclass(frozen=True)
class Line:
    """What is known of one cause."""

    cause: Cause
    creators: int
    shown: int
    posts: int
    donations: tuple[tuple[str, Decimal, int], ...]

    @property
    def share(self) -> float | None:
        """How many of the creators have evidence; None where there is no creator."""
        return self.shown / self.creators if self.creators else None


@dataclass(frozen=True)
class Impact:
    """By cause, and the claims about the environment of the library."""

    lines: tuple[Line, ...]
    # Each once, whatever they stand for.
    creators: int
    shown: int
    posts: int
    claims: int
    may_be_said: int
    substantiated: int


def causes_of(relationship: Relationship) -> list[CauseTag]:
    """What the creator stands for, with what shows it: two queries."""
    rows = CauseTag.objects.filter(relationship=relationship).standing()
    return list(rows.select_related("by").prefetch_related("evidence__by"))


def donations(brand: Brand, campaign: Campaign | None = None) -> QuerySet[Donation]:
    """Those that were not taken back; of a campaign, or all."""
    rows = Donation.objects.standing().filter(brand=brand).select_related("campaign", "by")
    return rows if campaign is None else rows.filter(campaign=campaign)


def impact(brand: Brand, campaign: Campaign | None, on: date) -> Impact:
    """Creators by cause, evidence, posts, donations and claims: seven queries for any size.

    Of a campaign only who is bound to it, and what was published in it. Posts are counted for each
    cause that their creator stands for.
    """
    tags = CauseTag.objects.standing().filter(brand=brand)
    if campaign is not None:
        bound = Engagement.objects.filter(campaign=campaign, stage__in=BOUND)
        tags = tags.filter(relationship__in=bound.values("relationship"))
    evidence = CauseEvidence.objects.filter(tag=OuterRef("pk"))
    found = tags.order_by().annotate(shown=Exists(evidence))
    of_cause: dict[str, set[int]] = defaultdict(set)
    with_proof: dict[str, set[int]] = defaultdict(set)
    for cause, number, shown in found.values_list("cause", "relationship", "shown"):
        of_cause[cause].add(number)
        if shown:
            with_proof[cause].add(number)
    everybody = set().union(*of_cause.values()) if of_cause else set()
    posts = _posts(campaign, tags)
    given = defaultdict(list)
    for row in (
        donations(brand, campaign)
        .order_by("cause", "currency")
        .values("cause", "currency")
        .annotate(total=Sum("amount"), number=Count("pk"))
    ):
        given[row["cause"]].append((row["currency"], row["total"], row["number"]))
    claims = list(Claim.objects.filter(brand=brand, category=CATEGORY).in_force(on))
    sayable = [claim for claim in claims if claim.status != ClaimStatus.FORBIDDEN]
    return Impact(
        lines=tuple(
            Line(
                cause,
                len(of_cause[key]),
                len(with_proof[key]),
                sum(posts[number] for number in of_cause[key]),
                tuple(given[key]),
            )
            for key, cause in standard().causes.items()
            if of_cause[key] or given[key]
        ),
        creators=len(everybody),
        shown=len(set().union(*with_proof.values()) if with_proof else set()),
        posts=sum(posts[number] for number in everybody),
        claims=len(claims),
        may_be_said=len(sayable),
        substantiated=sum(not is_problem(claim) for claim in sayable),
    )


def _posts(campaign: Campaign | None, tags: QuerySet[CauseTag]) -> dict[int, int]:
    """How many posts each creator with a cause published."""
    rows = Deliverable.objects.filter(
        state=DeliverableState.PUBLISHED,
        engagement__relationship__in=tags.values("relationship"),
    )
    if campaign is not None:
        rows = rows.filter(engagement__campaign=campaign)
    counts = rows.order_by().values_list("engagement__relationship").annotate(Count("pk"))
    return defaultdict(int, counts)
