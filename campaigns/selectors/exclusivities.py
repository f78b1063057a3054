"""What creators are exclusive for: promised to us in contracts and offers, or to others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Max, Q
from django.urls import reverse

from campaigns.choices import ContractState, DeliverableState, OfferState
from campaigns.models import Contract, Deliverable, ExclusiveElsewhere, Offer
from crm.models import Brand


@dataclass(frozen=True)
class Promise:
    """For what a creator is exclusive, and until when; None: it is not known, or not over yet."""

    relationship: int
    category: str
    until: date | None
    url: str
    # To whom, where it is not us; why we know.
    to: str = ""
    source: str = ""
    since: date | None = None

    def ended(self, on: date) -> bool:
        """Whether it was over on a day."""
        return self.until is not None and self.until < on


def promised_to_us(brand: Brand, relationships: Collection[int]) -> Iterator[Promise]:
    """By contracts in force or ended, and by accepted offers without one: three queries."""
    contracts = list(
        Contract.objects.filter(
            engagement__relationship__in=relationships,
            # A contract ends before what was promised for afterwards does.
            state__in=(ContractState.ACCEPTED, ContractState.ENDED),
        )
        .select_related("current__acceptance", "engagement")
        .order_by("-state_since", "-pk")
    )
    last = _last_publications(brand, contracts)
    for contract in contracts:
        version = contract.current
        if version is None or not version.exclusive_for:
            continue
        until = version.exclusive_until
        if version.exclusive_months is not None:
            day = last.get(contract.engagement_id)
            until = day + relativedelta(months=version.exclusive_months) if day else None
        yield Promise(
            contract.engagement.relationship_id,
            version.exclusive_for,
            until,
            reverse("campaigns:contract", args=[brand.slug, contract.pk]),
            since=version.exclusive_from or version.acceptance.on,
        )
    offers = Offer.objects.filter(
        Q(relationship__in=relationships),
        state=OfferState.ACCEPTED,
        current__exclusive_months__isnull=False,
    ).exclude(pk__in=[contract.offer_id for contract in contracts if contract.offer_id])
    for offer in offers.select_related("current").order_by("-state_since", "-pk"):
        terms = offer.current
        if terms is None or terms.exclusive_months is None:
            continue
        since = offer.state_since.date()
        yield Promise(
            offer.relationship_id,
            terms.exclusive_for,
            since + relativedelta(months=terms.exclusive_months),
            reverse("campaigns:offer", args=[brand.slug, offer.pk]),
            since=since,
        )


def promised_to_others(relationships: Collection[int]) -> Iterator[Promise]:
    """What somebody found out and wrote down: one query."""
    rows = ExclusiveElsewhere.objects.filter(relationship__in=relationships)
    for row in rows.select_related("relationship__creator", "relationship__brand").order_by("-pk"):
        relationship = row.relationship
        yield Promise(
            row.relationship_id,
            row.category,
            row.until,
            reverse(
                "campaigns:exclusivities",
                args=[relationship.brand.slug, relationship.creator.uid],
            ),
            to=row.to or "somebody else",
            source=row.source,
        )


def _last_publications(brand: Brand, contracts: Collection[Contract]) -> Mapping[int, date]:
    """The day of the last publication, by engagement, where all pieces are published."""
    waiting = [
        contract.engagement_id
        for contract in contracts
        if contract.current and contract.current.exclusive_months is not None
    ]
    if not waiting:
        return {}
    rows = (
        Deliverable.objects.filter(engagement__in=waiting)
        .exclude(state=DeliverableState.CANCELLED)
        .order_by()
        .values("engagement")
        .annotate(
            last=Max("published_at"),
            left=Count("pk", filter=~Q(state=DeliverableState.PUBLISHED)),
        )
    )
    return {
        row["engagement"]: row["last"].date() for row in rows if row["last"] and not row["left"]
    }
