"""What the rules make of a post, as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.choices import DisclosureVerdict, ItemResult


class RuleSourceSerializer(serializers.Serializer[Any]):
    """Where a rule was read."""

    id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    date = serializers.CharField()
    kind = serializers.CharField()


class CheckedLayerSerializer(serializers.Serializer[Any]):
    """One question, answered by the items below it."""

    key = serializers.CharField()
    result = serializers.ChoiceField(choices=ItemResult.choices)
    reason = serializers.CharField()
    sources = RuleSourceSerializer(many=True)


class CheckedItemSerializer(CheckedLayerSerializer):
    """A line of the checklist; `engine`: what the rules saw where a person answered."""

    layer = serializers.CharField()
    question = serializers.CharField()
    confidence = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    blocks = serializers.BooleanField(help_text="Not passed, it stands in the way of sufficient.")
    hard = serializers.BooleanField(help_text="Failed, it stops the post whatever the label says.")
    decided_by = serializers.CharField()
    engine = serializers.ChoiceField(choices=ItemResult.choices, allow_null=True)


class CheckedJurisdictionSerializer(serializers.Serializer[Any]):
    """The verdict of one jurisdiction."""

    key = serializers.CharField()
    name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=DisclosureVerdict.choices)
    reason = serializers.CharField()
    layers = CheckedLayerSerializer(many=True)
    items = CheckedItemSerializer(many=True)
    blocked_by = serializers.ListField(child=serializers.CharField())
    not_asked = serializers.ListField(child=serializers.CharField())
    pack = serializers.DictField(child=serializers.CharField(), allow_null=True)


class DisclosureFindingSerializer(serializers.Serializer[Any]):
    """What the rules make of it: research, not law. The strictest jurisdiction first."""

    verdict = serializers.ChoiceField(choices=DisclosureVerdict.choices)
    strictest = serializers.CharField()
    reason = serializers.CharField()
    layers = CheckedLayerSerializer(many=True, help_text="Of the strictest jurisdiction.")
    per_jurisdiction = CheckedJurisdictionSerializer(many=True)
    matches = serializers.ListField(
        child=serializers.DictField(), help_text="Wordings in the text; places are code points."
    )
    marks = serializers.ListField(child=serializers.DictField())
    conflicts = serializers.ListField(child=serializers.DictField())
    language = serializers.CharField(allow_null=True)
    language_guessed = serializers.BooleanField()
    fold = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    at = serializers.DateField(help_text="The day whose rules count.")
    sensitive = serializers.BooleanField(help_text="A person looks, whatever the verdict.")
    lexicon = serializers.CharField()
    disclaimer = serializers.CharField()
