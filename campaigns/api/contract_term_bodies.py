"""The terms of a contract as bodies name them: what is left out stays as the draft has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from campaigns.api.offer_terms import DeliverableBody
from campaigns.api.words import LOCK
from campaigns.choices import (
    AiUse,
    ConversionKind,
    FeeDue,
    KillStage,
    Ownership,
    PayMetric,
    StartTrigger,
    Usage,
)
from campaigns.services.contracts import checking
from campaigns.services.contracts.terms import FeePart, KillFee, Right, Terms
from campaigns.services.contracts.variable import (
    NET_DAYS_MAX,
    RESULTS_MAX,
    WAIT_DAYS_MAX,
    CommissionPart,
    ResultPart,
)
from campaigns.services.contracts.writing import TITLE_MAX
from campaigns.services.offers.wanted import DELIVERABLES_MAX, MONTHS_MAX, Deliverable
from campaigns.services.payments.results import DAYS_MAX, THRESHOLD_MAX
from crm.api.body import Body

REASON_MAX = 1_000
_LEFT: dict[str, Any] = {"required": False}
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_UNSAID: dict[str, Any] = {"required": False, "allow_null": True, "default": None}
_MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}
_PERCENT: dict[str, Any] = {"max_digits": 7, "decimal_places": 4}
_NET: dict[str, Any] = {
    "min_value": 0,
    "max_value": NET_DAYS_MAX,
    "required": False,
    "help_text": "Left out: as the brand's rules of contracts say.",
}


class FeePartBody(Body):
    """A part of the fee: a percentage or an amount, and when it is due."""

    due = serializers.ChoiceField(choices=FeeDue.choices, default=FeeDue.PUBLICATION)
    percent = serializers.DecimalField(**_PERCENT, **_UNSAID)
    amount = serializers.DecimalField(**_MONEY, **_UNSAID)
    on = serializers.DateField(**_UNSAID, help_text="With `due` a day.")
    net_days = serializers.IntegerField(**_NET)


class ContractRightBody(Body):
    """A use of the content."""

    usage = serializers.ChoiceField(choices=Usage.choices)
    starts = serializers.ChoiceField(
        choices=[StartTrigger.PUBLICATION, StartTrigger.SIGNING], default=StartTrigger.PUBLICATION
    )
    months = serializers.IntegerField(
        min_value=1, max_value=MONTHS_MAX, **_UNSAID, help_text="Null: without end."
    )
    territory = serializers.CharField(
        max_length=checking.LINE_MAX, allow_blank=True, default="", help_text="Empty: everywhere."
    )
    channels = serializers.CharField(
        max_length=checking.LINE_MAX, allow_blank=True, default="", help_text="Empty: all channels."
    )


class KillFeeBody(Body):
    """What the creator gets if the brand calls the work off at a stage."""

    stage = serializers.ChoiceField(choices=KillStage.choices)
    percent = serializers.DecimalField(**_PERCENT, min_value=0, max_value=100)


class ResultPartBody(Body):
    """Pay by result: an amount once a threshold is reached, or so much for each."""

    metric = serializers.ChoiceField(choices=PayMetric.choices)
    days = serializers.IntegerField(
        min_value=0, max_value=DAYS_MAX, default=30, help_text="After the last publication."
    )
    net_days = serializers.IntegerField(**_NET)
    threshold = serializers.IntegerField(min_value=1, max_value=THRESHOLD_MAX, **_UNSAID)
    amount = serializers.DecimalField(**_MONEY, **_UNSAID, help_text="With a threshold.")
    each = serializers.DecimalField(
        max_digits=16, decimal_places=6, **_UNSAID, help_text="Without a threshold."
    )
    most = serializers.DecimalField(**_MONEY, **_UNSAID)
    least = serializers.DecimalField(**_MONEY, default=Decimal(0))


class CommissionPartBody(Body):
    """So much of each sale: a percentage of its value, or an amount."""

    kind = serializers.ChoiceField(choices=ConversionKind.choices, default=ConversionKind.ORDER)
    percent = serializers.DecimalField(**_PERCENT, **_UNSAID)
    each = serializers.DecimalField(**_MONEY, **_UNSAID)
    months = serializers.IntegerField(
        min_value=1,
        max_value=MONTHS_MAX,
        **_UNSAID,
        help_text="From acceptance; null: as long as the contract runs.",
    )
    wait_days = serializers.IntegerField(min_value=0, max_value=WAIT_DAYS_MAX, default=30)
    minimum = serializers.DecimalField(**_MONEY, default=Decimal(0))
    net_days = serializers.IntegerField(**_NET)


class ContractTermsBody(Body):
    """What to change in the terms. A list takes the place of the one that there is."""

    brand_name = serializers.CharField(max_length=checking.NAME_MAX, **_TEXT)
    brand_address = serializers.CharField(max_length=500, **_TEXT)
    creator_name = serializers.CharField(max_length=checking.NAME_MAX, **_TEXT)
    creator_address = serializers.CharField(max_length=500, **_TEXT)
    is_minor = serializers.BooleanField(**_LEFT)
    guardian = serializers.CharField(max_length=120, **_TEXT)
    is_virtual = serializers.BooleanField(**_LEFT)
    studio = serializers.CharField(max_length=checking.NAME_MAX, **_TEXT)
    deliverables = serializers.ListField(
        child=DeliverableBody(), max_length=DELIVERABLES_MAX, **_LEFT
    )
    revision_rounds = serializers.IntegerField(
        min_value=0, max_value=checking.REVISIONS_MAX, **_LEFT
    )
    review_days = serializers.IntegerField(
        min_value=1, max_value=checking.REVIEW_DAYS_MAX, **_LEFT, help_text="Working days."
    )
    currency = serializers.CharField(max_length=3, **_LEFT)
    total = serializers.DecimalField(**_MONEY, **_LEFT)
    parts = serializers.ListField(child=FeePartBody(), max_length=checking.PARTS_MAX, **_LEFT)
    results = serializers.ListField(child=ResultPartBody(), max_length=RESULTS_MAX, **_LEFT)
    commission = CommissionPartBody(required=False, allow_null=True)
    also = serializers.CharField(max_length=checking.TEXT_MAX, **_TEXT)
    has_equity = serializers.BooleanField(**_LEFT)
    kill_fees = serializers.ListField(child=KillFeeBody(), max_length=len(KillStage), **_LEFT)
    rights = serializers.ListField(child=ContractRightBody(), max_length=len(Usage), **_LEFT)
    ownership = serializers.ChoiceField(choices=Ownership.choices, **_LEFT)
    ai_use = serializers.ChoiceField(choices=AiUse.choices, **_LEFT)
    exclusive_for = serializers.CharField(max_length=checking.LINE_MAX, **_TEXT)
    exclusive_from = serializers.DateField(required=False, allow_null=True)
    exclusive_until = serializers.DateField(required=False, allow_null=True)
    exclusive_months = serializers.IntegerField(
        min_value=1, max_value=MONTHS_MAX, required=False, allow_null=True
    )
    competitors = serializers.CharField(max_length=checking.TEXT_MAX, **_TEXT)
    jurisdictions = serializers.ListField(
        child=serializers.CharField(max_length=2), max_length=50, **_LEFT
    )
    claims = serializers.CharField(max_length=2_000, **_TEXT)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    notice_days = serializers.IntegerField(min_value=0, max_value=checking.NOTICE_MAX, **_LEFT)
    law = serializers.CharField(max_length=120, **_TEXT)
    special = serializers.CharField(max_length=checking.SPECIAL_MAX, **_TEXT)


class ContractDraftChange(Body):
    """The draft as it is to be: what is left out stays."""

    version = serializers.IntegerField(**LOCK)
    title = serializers.CharField(max_length=TITLE_MAX, required=False)
    reason = serializers.CharField(
        max_length=REASON_MAX, **_TEXT, help_text="Why this version: for your team."
    )
    terms = ContractTermsBody(required=False)


def changed(before: Terms, said: Mapping[str, Any], *, net_days: int) -> Terms:
    """The terms with what a body says; `net_days` is what the brand's rules say."""
    made = dict(said)
    usual = {"net_days": net_days}
    for name, part in (("parts", FeePart), ("results", ResultPart)):
        if name in said:
            made[name] = tuple(part(**(usual | line)) for line in said[name])
    if said.get("commission") is not None:
        made["commission"] = CommissionPart(**(usual | said["commission"]))
    for name, line_of in (
        ("deliverables", Deliverable),
        ("rights", Right),
        ("kill_fees", KillFee),
    ):
        if name in said:
            made[name] = tuple(line_of(**line) for line in said[name])
    if "jurisdictions" in said:
        made["jurisdictions"] = tuple(said["jurisdictions"])
    return replace(before, **made)
