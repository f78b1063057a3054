"""A contract is sent: from then on it stays as it is, and the creator sees it behind their link."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import ContractAct, ContractState, GuestKind
from campaigns.models import Contract, GuestLink
from campaigns.services.contracts.checking import ready_to_send
from campaigns.services.contracts.document import document_of
from campaigns.services.contracts.record import act_on, checked_note, taken
from campaigns.services.contracts.rules import rules_of, why_legal
from campaigns.services.contracts.terms import Terms
from campaigns.services.days import today_of
from campaigns.services.documents import digest_of
from campaigns.services.guests import make_link
from campaigns.services.holds import refuse_held
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers.gate import refuse_without_consent, refuse_without_permit
from crm.models import Brand, User


@transaction.atomic
def send(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str = "",
) -> Contract:
    """Fix the version, and put it on the creator's pages; they get a link if they have none.

    No mail is sent by this. Raises CampaignRefused, Contract.DoesNotExist.
    """
    contract = taken(contract_id, brand, ContractAct.SEND, expected_version)
    note = checked_note(note, ContractAct.SEND, is_needed=False)
    version, engagement = contract.current, contract.engagement
    if version is None:
        raise CampaignRefused("There is no version to send.")
    if not engagement.campaign.is_open or not engagement.is_open:
        raise CampaignRefused(
            f"{engagement.relationship.creator} has no open place in {engagement.campaign}: "
            "there is nothing to agree on.",
            code="campaign_closed",
        )
    refuse_held(brand, relationship=engagement.relationship, campaign=engagement.campaign, at=at)
    terms = Terms.of(version)
    ready_to_send(terms)
    markets = {*engagement.campaign.jurisdictions, *terms.jurisdictions}
    refuse_without_permit(engagement.relationship, sorted(markets), today_of(brand, at))
    refuse_without_consent(engagement.relationship, today_of(brand, at))
    document = document_of(contract, version).to_json()
    digest = digest_of(document)
    if contract.state == ContractState.DRAFT:
        if reasons := why_legal(terms, rules_of(brand)):
            raise CampaignRefused(
                f"Legal has to clear it first. {' '.join(reasons)}", code="legal_needed"
            )
    elif version.cleared_digest != digest:
        raise CampaignRefused(
            "The brand's clauses changed after legal cleared this contract. Take it back to the "
            "draft, and ask legal again.",
            code="legal_needed",
        )
    version.document, version.digest, version.fixed_at = document, digest, at
    version.save()
    act_on(contract, ContractAct.SEND, actor=actor, at=at, note=note)
    links = GuestLink.objects.filter(engagement=engagement, kind=GuestKind.PORTAL)
    if not links.open_at(at).exists():
        make_link(target=engagement, name=engagement.relationship.creator.name, actor=actor, at=at)
    return contract
