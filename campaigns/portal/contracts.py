"""The creator's contracts, for their overview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from campaigns.choices import ContractState
from campaigns.guests import Entry, Part
from campaigns.models import ContractVersion, GuestLink
from campaigns.services.offers.words import day


def fixed_versions(link: GuestLink) -> QuerySet[ContractVersion]:
    """What was sent to the creator of a link, with what it belongs to."""
    rows = ContractVersion.objects.filter(
        contract__engagement=link.engagement, fixed_at__isnull=False
    )
    return rows.select_related(
        "contract__brand",
        "contract__engagement__campaign",
        "contract__engagement__relationship__creator",
        "acceptance__recorded_by",
        "acceptance__link",
    )


def _entries(link: GuestLink, token: str, _at: datetime) -> Sequence[Entry]:
    newest: dict[int, ContractVersion] = {
        row.contract_id: row for row in fixed_versions(link).order_by("contract_id", "number")
    }
    return [
        Entry(
            row.contract.title,
            _words(row),
            reverse("guest:contract", args=[token, row.contract_id]),
            is_due=row.contract.state == ContractState.SENT,
        )
        for row in newest.values()
    ]


def _words(row: ContractVersion) -> str:
    contract, brand = row.contract, row.contract.brand
    state = ContractState(contract.state)
    if state in {ContractState.DRAFT, ContractState.IN_REVIEW, ContractState.READY}:
        return f"{brand} is preparing a new version. There is nothing to do now."
    if state is ContractState.ACCEPTED and row.ends_on:
        return f"In force until {day(row.ends_on)}."
    return {
        ContractState.SENT: "Your contract: read it, then accept it or say what does not suit you.",
        ContractState.ACCEPTED: "In force.",
        ContractState.DECLINED: f"You declined it. {brand} will come back to you.",
        ContractState.WITHDRAWN: f"{brand} has withdrawn it.",
        ContractState.SUPERSEDED: "A newer contract has taken its place.",
        ContractState.ENDED: "It has ended.",
        ContractState.TERMINATED: "It was terminated.",
    }[state]


PART = Part("Contract", _entries)
