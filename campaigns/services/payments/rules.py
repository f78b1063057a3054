"""How a brand pays: from which amount on two people are needed, and how old a rate may be."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from campaigns.models import Payable, PayRules
from campaigns.services.days import today_of
from campaigns.services.money import AMOUNT_MAX, money
from campaigns.services.rates.converting import Rates
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User

RATE_DAYS_MAX = 31


def rules_of(brand: Brand) -> PayRules:
    """The brand's rules; the defaults, unsaved, where nobody set any."""
    return PayRules.objects.filter(brand=brand).first() or PayRules(brand=brand, version=0)


@transaction.atomic
def change_rules(
    *,
    brand: Brand,
    release_limit: Decimal | None,
    rate_days: int,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> PayRules:
    """Set them. Raises CampaignRefused."""
    rules = PayRules.objects.select_for_update(no_key=True).filter(brand=brand).first()
    version = rules.version if rules else 0
    if expected_version is not None and version != expected_version:
        raise CampaignOutdated("Somebody changed these rules since you loaded them: look again.")
    if release_limit is not None and (
        not release_limit.is_finite()
        or not 0 <= release_limit <= AMOUNT_MAX
        or release_limit != round(release_limit, 2)
    ):
        raise CampaignRefused(
            "The limit is 0 or more and has two decimal places at most.", field="release_limit"
        )
    if not 0 <= rate_days <= RATE_DAYS_MAX:
        raise CampaignRefused(f"The days go from 0 to {RATE_DAYS_MAX}.", field="rate_days")
    rules = rules or PayRules(brand=brand, version=0)
    before = [rules.release_limit, rules.rate_days]
    rules.release_limit, rules.rate_days = release_limit, rate_days
    rules.version += 1
    rules.save()
    audit.record(
        brand=brand,
        verb="campaigns.pay_rules.changed",
        target=rules,
        actor=actor,
        at=at,
        data={
            "release_limit": [before[0], release_limit],
            "rate_days": [before[1], rate_days],
        },
        label="How we pay",
    )
    return rules


def needs_release(payable: Payable, *, at: datetime) -> str:
    """Why somebody has to release an amount before it is paid; empty where nobody has to."""
    brand = payable.brand
    limit = rules_of(brand).release_limit
    if limit is None or payable.amount is None:
        return ""
    today = today_of(brand, at)
    rates = Rates(brand, currencies=[payable.currency, brand.currency], days=[today])
    here = rates.convert(payable.amount, payable.currency, brand.currency, today)
    if here is None:
        missing = rates.missing(payable.currency, brand.currency, today)
        return f"Whether it is under {money(limit, brand.currency)} is not known: {missing}."
    if here.amount < limit:
        return ""
    return f"From {money(limit, brand.currency)} on, one person releases and another one pays."
