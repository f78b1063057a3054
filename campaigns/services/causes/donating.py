"""Money that went to a cause, with what proves it: written down once, taken back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from campaigns.causes.taxonomy import standard
from campaigns.models import Campaign, Donation
from campaigns.services.causes.tagging import address_of, fields_of
from campaigns.services.contracts.files import Paper
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from campaigns.services.registers import checking
from crm import audit
from crm.models import Brand, User


@dataclass(frozen=True)
class Given:
    """What was given, to whom, and when."""

    cause: str
    recipient: str
    amount: Decimal
    currency: str
    on: date
    note: str = ""
    url: str = ""
    campaign: Campaign | None = None


@transaction.atomic
def donate(
    *, brand: Brand, given: Given, paper: Paper | None, actor: User, at: datetime
) -> Donation:
    """Write a donation down. Raises CampaignRefused."""
    if given.cause not in standard().causes:
        raise CampaignRefused("Choose a cause of the list.", field="cause")
    if given.amount <= 0:
        raise CampaignRefused("More than zero.", field="amount")
    if given.campaign is not None and given.campaign.brand_id != brand.pk:
        raise CampaignRefused("There is no such campaign.", field="campaign")
    address = address_of(given.url)
    if not address and paper is None:
        raise CampaignRefused(
            "Give a receipt as a file, or a link that proves it: without, nothing is counted.",
            field="file",
        )
    made = Donation.objects.create(
        brand=brand,
        campaign=given.campaign,
        cause=given.cause,
        recipient=checking.line(given.recipient, "recipient", 200, "Say who was given it."),
        amount=given.amount.quantize(Decimal("0.01")),
        currency=checking.amount(given.amount, given.currency),
        on=checking.day(given.on, "on", until=today_of(brand, at)) or given.on,
        note=checking.line(given.note, "note", 500),
        url=address,
        by=actor,
        created_at=at,
        **fields_of(paper),
    )
    _record(made, "added", actor, at)
    return made


@transaction.atomic
def withdraw(*, donation_id: int, brand: Brand, why: str, actor: User, at: datetime) -> Donation:
    """It should not have been written down. Raises CampaignRefused, Donation.DoesNotExist."""
    rows = Donation.objects.select_for_update(no_key=True, of=("self",)).select_related("brand")
    found = rows.get(pk=donation_id, brand=brand)
    if found.withdrawn_at is not None:
        raise CampaignRefused("It was taken back already.", code="outdated")
    said = checking.line(why, "why", 500)
    if not said:
        raise ReasonNeeded("Say why it is taken back.")
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = at, actor, said
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    _record(found, "withdrawn", actor, at)
    return found


def _record(found: Donation, verb: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=found.brand,
        verb=f"campaigns.donation.{verb}",
        target=found,
        actor=actor,
        at=at,
        data={"key": found.cause, "amount": found.amount, "currency": found.currency},
    )
