"""What a brand agrees to as a rule, and when legal has to look at a contract."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db import transaction

from campaigns.models import ContractRules
from campaigns.services.contracts.terms import Terms
from campaigns.services.money import money
from campaigns.services.refusals import CampaignOutdated
from crm import audit
from crm.models import Brand, User


class Wanted(TypedDict):
    """All rules of a brand."""

    legal_name: str
    address: str
    law: str
    net_days: int
    revision_rounds: int
    review_days: int
    legal_always: bool
    legal_above: Decimal | None
    legal_for_equity: bool
    legal_for_minors: bool
    legal_for_whitelisting: bool
    legal_for_special: bool


def rules_of(brand: Brand) -> ContractRules:
    """The brand's rules; where nobody wrote any, the usual ones, which are not saved."""
    return ContractRules.objects.filter(brand=brand).first() or ContractRules(
        brand=brand, version=0
    )


def why_legal(terms: Terms, rules: ContractRules) -> list[str]:
    """Why legal has to clear these terms before they are sent; nothing: it need not."""
    reasons = []
    if rules.legal_always:
        reasons.append("Legal looks at every contract.")
    if rules.legal_above is not None and terms.total:
        limit = money(rules.legal_above, rules.brand.currency)
        if terms.currency != rules.brand.currency:
            reasons.append(f"The fee is in {terms.currency}, and the limit is {limit}.")
        elif terms.total > rules.legal_above:
            reasons.append(f"The fee is above {limit}.")
    if rules.legal_for_equity and terms.has_equity:
        reasons.append("Equity is part of the pay.")
    if rules.legal_for_minors and terms.is_minor:
        reasons.append("The creator is a minor.")
    if rules.legal_for_whitelisting and terms.has_whitelisting:
        reasons.append("The brand advertises through the creator's account.")
    if rules.legal_for_special and terms.special:
        reasons.append("It has special terms.")
    return reasons


@transaction.atomic
def change_rules(
    *, brand: Brand, wanted: Wanted, actor: User, at: datetime, expected_version: int
) -> ContractRules:
    """Set all rules. Contracts that are with legal or the creator stay as they are.

    Raises CampaignOutdated.
    """
    ContractRules.objects.get_or_create(brand=brand, defaults={"version": 0})
    rules = ContractRules.objects.select_for_update(no_key=True).get(brand=brand)
    if rules.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed these rules since you loaded the page; nothing of yours was saved."
        )
    before = {name: getattr(rules, name) for name in wanted}
    changed = sorted(name for name, value in wanted.items() if before[name] != value)
    if not changed:
        return rules
    for name, value in wanted.items():
        setattr(rules, name, value)
    rules.version += 1
    rules.save()
    audit.record(
        brand=brand,
        verb="campaigns.contract_rules.changed",
        target=brand,
        actor=actor,
        at=at,
        data={"changed": changed},
        label=brand.name,
    )
    return rules
