"""The terms and the words of a contract, in answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.choices import (
    AiUse,
    ContentKind,
    ConversionKind,
    FeeDue,
    KillStage,
    Ownership,
    PayMetric,
    StartTrigger,
    Usage,
)
from crm.choices import PostKind


class ContractDeliverableSerializer(serializers.Serializer[Any]):
    """Something that the creator makes, so many times."""

    kind = serializers.ChoiceField(choices=ContentKind.choices)
    platform = serializers.CharField()
    form = serializers.ChoiceField(choices=PostKind.choices)
    count = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True, help_text="The day of the draft.")
    note = serializers.CharField(allow_blank=True)


class FeePartSerializer(serializers.Serializer[Any]):
    """A part of the fee: a percentage or an amount, and when it is due."""

    due = serializers.ChoiceField(choices=FeeDue.choices)
    percent = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    on = serializers.DateField(allow_null=True)
    net_days = serializers.IntegerField()


class ContractRightSerializer(serializers.Serializer[Any]):
    """A use of the content. No months: without end; no territory, no channels: all of them."""

    usage = serializers.ChoiceField(choices=Usage.choices)
    starts = serializers.ChoiceField(choices=StartTrigger.choices)
    months = serializers.IntegerField(allow_null=True)
    territory = serializers.CharField(allow_blank=True)
    channels = serializers.CharField(allow_blank=True)


class KillFeeSerializer(serializers.Serializer[Any]):
    """What the creator gets if the brand calls the work off at a stage."""

    stage = serializers.ChoiceField(choices=KillStage.choices)
    percent = serializers.DecimalField(max_digits=7, decimal_places=4)


class ResultPartSerializer(serializers.Serializer[Any]):
    """Pay by result: an amount once a threshold is reached, or so much for each."""

    metric = serializers.ChoiceField(choices=PayMetric.choices)
    days = serializers.IntegerField(help_text="After the last publication.")
    net_days = serializers.IntegerField()
    threshold = serializers.IntegerField(allow_null=True, help_text="With an amount.")
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    each = serializers.DecimalField(
        max_digits=16, decimal_places=6, allow_null=True, help_text="Without a threshold."
    )
    most = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    least = serializers.DecimalField(max_digits=12, decimal_places=2)


class CommissionPartSerializer(serializers.Serializer[Any]):
    """So much of each sale: a percentage of its value, or an amount."""

    kind = serializers.ChoiceField(choices=ConversionKind.choices)
    percent = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    each = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    months = serializers.IntegerField(
        allow_null=True, help_text="From acceptance; null: as long as the contract runs."
    )
    wait_days = serializers.IntegerField(help_text="So old a sale is when it counts.")
    minimum = serializers.DecimalField(
        max_digits=12, decimal_places=2, help_text="Less is carried to the next statement."
    )
    net_days = serializers.IntegerField()


class ContractTermsSerializer(serializers.Serializer[Any]):
    """Everything that one version agrees."""

    brand_name = serializers.CharField()
    brand_address = serializers.CharField(allow_blank=True)
    creator_name = serializers.CharField()
    creator_address = serializers.CharField(allow_blank=True)
    is_minor = serializers.BooleanField()
    guardian = serializers.CharField(allow_blank=True)
    is_virtual = serializers.BooleanField()
    studio = serializers.CharField(allow_blank=True)
    deliverables = ContractDeliverableSerializer(many=True)
    revision_rounds = serializers.IntegerField()
    review_days = serializers.IntegerField(help_text="Working days.")
    currency = serializers.CharField()
    total = serializers.DecimalField(max_digits=12, decimal_places=2)
    parts = FeePartSerializer(many=True)
    results = ResultPartSerializer(many=True)
    commission = CommissionPartSerializer(allow_null=True)
    also = serializers.CharField(allow_blank=True)
    has_equity = serializers.BooleanField()
    kill_fees = KillFeeSerializer(many=True)
    rights = ContractRightSerializer(many=True)
    ownership = serializers.ChoiceField(choices=Ownership.choices)
    ai_use = serializers.ChoiceField(choices=AiUse.choices)
    exclusive_for = serializers.CharField(allow_blank=True)
    exclusive_from = serializers.DateField(allow_null=True)
    exclusive_until = serializers.DateField(allow_null=True)
    exclusive_months = serializers.IntegerField(
        allow_null=True, help_text="After the last publication, instead of a day."
    )
    competitors = serializers.CharField(allow_blank=True)
    jurisdictions = serializers.ListField(child=serializers.CharField())
    claims = serializers.CharField(allow_blank=True)
    embargo_until = serializers.DateTimeField(allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    notice_days = serializers.IntegerField()
    law = serializers.CharField(allow_blank=True)
    special = serializers.CharField(allow_blank=True)


class SectionSerializer(serializers.Serializer[Any]):
    """A part of the document: paragraphs, then a table if there is one."""

    heading = serializers.CharField()
    text = serializers.ListField(child=serializers.CharField())
    head = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    clause = serializers.CharField(allow_blank=True, help_text="The clause that it is made from.")
    number = serializers.IntegerField(help_text="Its version; 0: as the product brings it.")
