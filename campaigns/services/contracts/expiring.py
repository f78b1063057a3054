"""What time does to contracts: they end on their last day, and people are told before."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from campaigns.choices import ContractAct
from campaigns.models import Contract
from campaigns.services.contracts.record import act_on, taken, tell_owner
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm.choices import NotificationKind
from crm.models import Brand
from crm.services.notifications import notify

# So long before the last day whoever sees to a contract is told, once.
NOTICE = timedelta(days=14)


def end_due(*, at: datetime) -> int:
    """End what has had its last day, by each brand's own day. Returns how many."""
    # Nowhere is it a later day than there.
    latest = at.astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    due = Contract.objects.in_force().filter(current__ends_on__lt=latest)
    ended = 0
    for contract in due.select_related("brand", "current").order_by("pk"):
        last = contract.current.ends_on if contract.current else None
        if last is not None and last < today_of(contract.brand, at):
            ended += _end(contract.pk, contract.brand, contract.version, at)
    return ended


def tell_ending(*, at: datetime) -> int:
    """Tell who sees to a contract that its last day is near; safe to call again."""
    latest = at.astimezone(ZoneInfo("Pacific/Kiritimati")).date() + NOTICE
    near = (
        Contract.objects.in_force()
        .filter(current__ends_on__lte=latest, owner__isnull=False)
        .select_related("brand", "current", "owner", "engagement__relationship__creator")
    )
    told = 0
    for contract in near.order_by("pk"):
        last = contract.current.ends_on if contract.current else None
        today = today_of(contract.brand, at)
        if last is None or contract.owner is None or not today <= last <= today + NOTICE:
            continue
        notify(
            user=contract.owner,
            brand=contract.brand,
            kind=NotificationKind.CAMPAIGN,
            text=(
                f"Ends on {last:%-d %B %Y}: {contract.title}, "
                f"{contract.engagement.relationship.creator}"
            ),
            url=reverse("campaigns:contract", args=[contract.brand.slug, contract.pk]),
            at=at,
            key=f"contract-ends:{contract.pk}:{last}",
        )
        told += 1
    return told


@transaction.atomic
def _end(contract_id: int, brand: Brand, version: int, at: datetime) -> int:
    try:
        contract = taken(contract_id, brand, ContractAct.END, version)
    except (CampaignRefused, Contract.DoesNotExist):
        return 0  # somebody was quicker
    act_on(contract, ContractAct.END, actor=None, at=at)
    tell_owner(contract, "Ended", None, at)
    return 1
