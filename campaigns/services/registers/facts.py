"""What the rules ask about a person, as somebody found it out: added with its source and day."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from campaigns.choices import RuleFactKey
from campaigns.models import RuleFact
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import checking
from campaigns.services.registers.looking import look
from crm import audit
from crm.countries import COUNTRIES
from crm.models import Relationship, User

YES_NO = (RuleFactKey.UNDER_AGE, RuleFactKey.PERMIT_SHOWN)
# Who runs a virtual creator stands in a record of its own (registers/virtual.py).
STATED = tuple(key for key in RuleFactKey if key != RuleFactKey.RUN_BY)
WHOLE = (RuleFactKey.VIDEOS, RuleFactKey.MONTHLY_VIEWS)
_MOST = Decimal(10) ** 11
_COUNTRIES = {code for code, _name in COUNTRIES}


@transaction.atomic
def state_fact(
    *,
    relationship: Relationship,
    key: str,
    value: str,
    on: date | None,
    source: str,
    actor: User,
    at: datetime,
) -> RuleFact:
    """Write down what is so since a day (today, if None). An empty value: it is not known any more.

    Raises CampaignRefused.
    """
    if key not in STATED:
        raise CampaignRefused("Choose what it is about.", field="key")
    today = today_of(relationship.brand, at)
    row = RuleFact(
        relationship=relationship,
        key=key,
        value=checked(RuleFactKey(key), value),
        on=checking.day(on, "on", until=today) or today,
        source=checking.line(source, "source", 500, "Say how you know, or who said so."),
        created_by=actor,
        created_at=at,
    )
    row.save(force_insert=True)
    look(brand=relationship.brand, relationships=[relationship], at=at)
    audit.record(
        brand=relationship.brand,
        verb="campaigns.rule_fact.stated",
        target=row,
        actor=actor,
        at=at,
        # What is so of a person stays in the row: the ledger keeps that it was said.
        data={"relationship": relationship.pk, "key": row.key, "is_known": bool(row.value)},
        label=relationship.creator.name,
    )
    return row


def checked(key: RuleFactKey, value: str) -> str:
    """The value as it is kept: "yes", "12.5", "DK". Raises CampaignRefused."""
    text = checking.line(value, "value", 120)
    if not text:
        return ""
    if key in YES_NO:
        if text.lower() not in {"yes", "no"}:
            raise CampaignRefused("Write yes or no; nothing where it is not known.", field="value")
        return text.lower()
    if key == RuleFactKey.SEAT:
        if text.upper() not in _COUNTRIES:
            raise CampaignRefused("Write the two letters of the country, as FR.", field="value")
        return text.upper()
    # A comma stands between thousands: "12,5" must not become 125.
    if "," in text and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        raise CampaignRefused("Write a number, as 25000 or 12.5.", field="value")
    try:
        number = Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation as error:
        raise CampaignRefused("Write a number, as 25000 or 12.5.", field="value") from error
    most = Decimal(100) if key == RuleFactKey.AUDIENCE_UNDER_18 else _MOST
    if not number.is_finite() or not 0 <= number <= most:
        raise CampaignRefused(f"A number from 0 to {most:,.0f}.", field="value")
    if key in WHOLE and number != number.to_integral_value():
        raise CampaignRefused("A whole number.", field="value")
    return f"{number.normalize():f}"
