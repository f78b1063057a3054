"""What the pages show of contracts: one named bundle for each."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.choices import ContractAct, ContractState
from campaigns.models import (
    Contract,
    ContractAcceptance,
    ContractEvent,
    ContractVersion,
    Engagement,
    GuestLink,
)
from campaigns.services.contracts.document import Document, Section, document_of
from campaigns.services.contracts.rules import rules_of, why_legal
from campaigns.services.contracts.states import allowed
from campaigns.services.contracts.terms import Terms
from campaigns.services.contracts.verifying import Proof, verify
from crm.choices import Role
from crm.permissions import CAPABILITIES


@dataclass(frozen=True)
class ContractView:
    """Everything that the page of one contract shows."""

    contract: Contract
    version: ContractVersion
    versions: list[ContractVersion]
    terms: Terms
    document: Document
    # What this version says otherwise than the one before, or than the contract it amends.
    changes: list[str]
    acceptance: ContractAcceptance | None
    proof: Proof | None
    events: list[ContractEvent]
    acts: tuple[ContractAct, ...]
    # Why legal has to clear it, and whether that still has to be done.
    legal: list[str]
    links: list[GuestLink]
    amendments: list[Contract]

    @property
    def needs_legal(self) -> bool:
        """Whether it cannot be sent from the draft."""
        return bool(self.legal) and self.contract.state == ContractState.DRAFT


def contract_view(contract: Contract, role: Role, number: int | None = None) -> ContractView | None:
    """A contract with one of its versions, the newest unless said; None: no such version."""
    versions = list(
        contract.versions.select_related(
            "author", "cleared_by", "acceptance__recorded_by", "acceptance__link"
        ).order_by("number")
    )
    wanted = [row for row in versions if number is None or row.number == number]
    if not wanted:
        return None
    version = wanted[-1]
    version.contract = contract
    terms, document = Terms.of(version), document_of(contract, version)
    before = _before(contract, version, versions)
    acceptance = getattr(version, "acceptance", None)
    return ContractView(
        contract=contract,
        version=version,
        versions=versions,
        terms=terms,
        document=document,
        changes=differences(before, document) if before else [],
        acceptance=acceptance,
        proof=verify(version),
        events=list(
            contract.events.select_related("actor", "link", "version").order_by("-at", "-pk")
        ),
        acts=allowed(contract.state, CAPABILITIES[role]),
        legal=why_legal(terms, rules_of(contract.brand)),
        links=list(GuestLink.objects.filter(engagement=contract.engagement_id)[:1]),
        amendments=list(contract.amendments.order_by("pk")),
    )


def of_engagement(engagement: Engagement) -> list[Contract]:
    """The contracts of a creator in a campaign, the newest first."""
    rows = Contract.objects.filter(engagement=engagement).select_related("current")
    return list(rows.order_by("-pk"))


def differences(before: Document, after: Document) -> list[str]:
    """What differs between two documents, a sentence for each section and line of a table."""
    found = []
    old = {_key(section): section for section in before.sections}
    new = {_key(section): section for section in after.sections}
    for key, section in new.items():
        was = old.get(key)
        if was is None:
            found.append(f"{section.heading}: new")
        else:
            found += _section(was, section)
    found += [f"{was.heading}: no longer" for key, was in old.items() if key not in new]
    return found


def _section(was: Section, now: Section) -> list[str]:
    found = []
    if was.text != now.text:
        words = " ".join(now.text)
        found.append(
            f"{now.heading}: {words}" if len(words) <= 200 else f"{now.heading}: worded otherwise"
        )
    gone = [row for row in was.rows if row not in now.rows]
    found += [f"{now.heading}: {_row(row)} (new)" for row in now.rows if row not in was.rows]
    return found + [f"{now.heading}: no longer {_row(row)}" for row in gone]


def _row(row: tuple[str, ...]) -> str:
    return ", ".join(cell.replace("\n", ", ") for cell in row if cell)


def _key(section: Section) -> str:
    return section.clause or section.heading


def _before(
    contract: Contract, version: ContractVersion, versions: list[ContractVersion]
) -> Document | None:
    earlier = [row for row in versions if row.number < version.number]
    if earlier:
        return document_of(contract, earlier[-1])
    amended = contract.amends
    if amended is None or amended.current is None or amended.current.document is None:
        return None
    return Document.of(amended.current.document)
