"""Contracts with a creator: sent, decided, amended, ended."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from campaigns.choices import ContractAct
from campaigns.models import ContractEvent
from crm.models import Relationship
from crm.timeline import Event, Source, Window, name_of

# What goes on within the brand before a contract is sent is the contract's own history.
_TOLD = {
    ContractAct.SEND: "Contract sent",
    ContractAct.ACCEPT: "Contract accepted",
    ContractAct.DECLINE: "Contract declined",
    ContractAct.WITHDRAW: "Contract withdrawn",
    ContractAct.TERMINATE: "Contract terminated",
    ContractAct.SUPERSEDE: "Contract superseded",
    ContractAct.END: "Contract ended",
}


def _contracts(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = ContractEvent.objects.filter(
        contract__engagement__relationship=relationship, act__in=list(_TOLD)
    ).select_related("contract", "version", "actor", "link")
    for row in window.rows(rows, at="at", person="actor"):
        number = f", version {row.version.number}" if row.version else ""
        title = f"{_TOLD[ContractAct(row.act)]}: {row.contract.title}{number}"
        url = reverse("campaigns:contract", args=[relationship.brand.slug, row.contract_id])
        who = row.link.name if row.link else name_of(row.actor)
        yield Event(row.at, "contract", title, who, row.note, row.pk, url, "Open contract")


CONTRACTS = Source("contract", "Contracts", "signature", _contracts)
