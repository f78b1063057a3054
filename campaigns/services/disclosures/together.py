"""Several published posts decided at once: only those that nobody could tell apart by the rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from campaigns.choices import ReviewStage, ReviewState, RiskTier
from campaigns.models import DisclosureFinding, DisclosureReview
from campaigns.services.disclosures import finding as findings
from campaigns.services.disclosures.deciding import Decided, decide
from campaigns.services.disclosures.record import CLEAR
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import Brand, User

MOST = 50
_RELATED = (
    "finding",
    "deliverable__platform",
    "deliverable__engagement__campaign",
    "deliverable__engagement__relationship__creator",
)


@dataclass(frozen=True)
class Group:
    """Posts that are alike in all that the rules look at."""

    reviews: Sequence[DisclosureReview]

    @property
    def first(self) -> DisclosureReview:
        """One that stands for all."""
        return self.reviews[0]


@dataclass(frozen=True)
class Sorted:
    """What can be decided together, and what cannot, with why."""

    groups: Sequence[Group]
    others: Sequence[tuple[DisclosureReview, str]]


def sort(reviews: Iterable[DisclosureReview]) -> Sorted:
    """Put posts that are alike together; one alone is none. Asks the database nothing."""
    alike: dict[str, list[DisclosureReview]] = {}
    others: list[tuple[DisclosureReview, str]] = []
    for review in reviews:
        if words := why_alone(review):
            others.append((review, words))
        else:
            alike.setdefault(_kind_of(review), []).append(review)
    groups = []
    for some in alike.values():
        if len(some) > 1:
            groups.append(Group(some))
        else:
            others.append((some[0], "No other post is like it."))
    return Sorted(groups, others)


def why_alone(review: DisclosureReview) -> str:
    """Why a review is decided by itself; empty: it may go with others of its kind."""
    if review.stage != ReviewStage.LIVE:
        return "It is a draft: its gate asks for more than its disclosure."
    if review.state != ReviewState.WAITING:
        return f"It is “{review.get_state_display().lower()}”."
    if review.risk != RiskTier.LOW or review.needs_second:
        return f"It is of {review.get_risk_display().lower()} risk."
    if review.finding is None or review.finding.result is None:
        return "The rules could not be asked."
    return _why_not_plain(review.finding, review.finding.result)


def _why_not_plain(found: DisclosureFinding, result: Mapping[str, Any]) -> str:
    if found.verdict not in CLEAR:
        return f"The rules say “{found.get_verdict_display().lower()}”."
    for conflict in result["conflicts"]:
        return str(conflict["reason"])
    if result["sensitive"]:
        return "It is about sensitive goods."
    lines = findings.items(found).values()
    is_open = any(line["result"] == "unknown" and line["blocks"] for line in lines)
    return "A line of its checklist is open." if is_open else ""


@transaction.atomic
def decide_together(
    *, brand: Brand, versions: Mapping[int, int], actor: User, at: datetime
) -> list[DisclosureReview]:
    """Decide as the rules say about posts that are all alike, each recorded; all or none.

    `versions` are the numbers of the reviews as they were looked at. Raises CampaignRefused.
    """
    if len(versions) > MOST:
        raise CampaignRefused(f"{MOST} are the most at once.", code="too_many")
    reviews = list(
        DisclosureReview.objects.filter(brand=brand, pk__in=versions)
        .select_related(*_RELATED)
        .order_by("pk")
    )
    if len(reviews) != len(versions) or not reviews:
        raise CampaignOutdated("Some of these are not there any more: look at them again.")
    for review in reviews:
        if words := why_alone(review):
            raise CampaignRefused(
                f"“{review.deliverable}” is decided by itself: {words}", code="not_alike"
            )
    if len(reviews) < 2 or len({_kind_of(review) for review in reviews}) > 1:
        raise CampaignRefused(
            "These are not of one kind: campaign, platform, form, rules or verdict differ. Decide "
            "them one by one.",
            code="not_alike",
        )
    together = uuid4()
    return [
        decide(
            review_id=review.pk,
            brand=brand,
            said=Decided(review.finding.verdict if review.finding else "", together=together),
            actor=actor,
            at=at,
            expected_version=versions[review.pk],
        )
        for review in reviews
    ]


def _kind_of(review: DisclosureReview) -> str:
    """What two posts have in common that are alike: all that the rules look at but their words."""
    found, piece = review.finding, review.deliverable
    case = found.case if found else {}
    return json.dumps(
        [
            piece.engagement.campaign_id,
            piece.platform_id,
            piece.form,
            found.verdict if found else "",
            found.packs if found else {},
            str(found.on if found else ""),
            [
                [one["key"], one["verdict"], sorted((i["key"], i["result"]) for i in one["items"])]
                for one in (found.result or {}).get("per_jurisdiction", ())
            ]
            if found
            else [],
            case.get("creator", {}).get("kind"),
            sorted({one["kind"] for one in case.get("connections") or ()}),
        ],
        sort_keys=True,
        default=str,
    )
