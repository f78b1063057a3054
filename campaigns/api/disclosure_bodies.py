"""What goes in and comes out of the reviews of disclosures."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.api.deliverable_bodies import GateWords
from campaigns.api.disclosure_findings import DisclosureFindingSerializer, RuleSourceSerializer
from campaigns.api.words import LOCK
from campaigns.choices import (
    DisclosureVerdict,
    EvidenceFileKind,
    EvidenceSource,
    ItemResult,
    ReviewStage,
    ReviewState,
    RiskTier,
)
from campaigns.models import Evidence
from campaigns.services.disclosures import again, answers, deciding, gathering
from campaigns.services.disclosures.asking import VERDICTS
from crm.api.body import Body, NumberField
from crm.api.pagination import Row
from crm.api.query import MomentField


class ReviewedCreatorSerializer(serializers.Serializer[Any]):
    """Whose content it is."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class DisclosureSerializer(serializers.Serializer[Any]):
    """One look of legal at one piece."""

    id = serializers.IntegerField()
    deliverable = serializers.IntegerField()
    title = serializers.CharField()
    platform = serializers.CharField()
    form = serializers.CharField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    creator = ReviewedCreatorSerializer()
    stage = serializers.ChoiceField(choices=ReviewStage.choices)
    draft = serializers.IntegerField(allow_null=True, help_text="The version; null: published.")
    state = serializers.ChoiceField(choices=ReviewState.choices)
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    risk = serializers.ChoiceField(choices=RiskTier.choices)
    risk_reasons = serializers.ListField(child=serializers.CharField())
    needs_second = serializers.BooleanField(help_text="Two people decide.")
    engine = serializers.ChoiceField(
        choices=DisclosureVerdict.choices, allow_null=True, help_text="What the rules said last."
    )
    strictest = serializers.CharField(allow_null=True)
    problem = serializers.CharField(allow_null=True, help_text="Why the rules cannot be asked.")
    verdict = serializers.ChoiceField(
        choices=DisclosureVerdict.choices, allow_null=True, help_text="What people decided."
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with a decision.")


class ReviewedItemSerializer(serializers.Serializer[Any]):
    """A line of the checklist in one jurisdiction."""

    key = serializers.CharField()
    layer = serializers.CharField()
    jurisdiction = serializers.CharField()
    question = serializers.CharField()
    result = serializers.ChoiceField(choices=ItemResult.choices)
    reason = serializers.CharField()
    engine = serializers.ChoiceField(choices=ItemResult.choices, allow_null=True)
    blocks = serializers.BooleanField()
    is_hard = serializers.BooleanField()
    note = serializers.CharField(allow_null=True)
    confidence = serializers.CharField(allow_null=True)
    sources = RuleSourceSerializer(many=True)
    answered_by = serializers.EmailField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    evidence = serializers.IntegerField(allow_null=True)


class EvidenceFileSerializer(serializers.Serializer[Any]):
    """A file of a snapshot."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EvidenceFileKind.choices)
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[Any]):
    """What a piece was like at a moment; null: nobody captured it."""

    id = serializers.IntegerField()
    source = serializers.ChoiceField(choices=EvidenceSource.choices)  # type: ignore[assignment]
    captured_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    url = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)
    visible_text = serializers.CharField(allow_null=True)
    frames = serializers.ListField(child=serializers.CharField(), allow_null=True)
    spoken = serializers.CharField(allow_null=True)
    platform_tool = serializers.BooleanField(allow_null=True)
    label_seconds = serializers.FloatField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    is_retouched = serializers.BooleanField(allow_null=True)
    is_synthetic = serializers.BooleanField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    digest = serializers.CharField(help_text="SHA-256 of all that it shows.")
    files = EvidenceFileSerializer(many=True)


class DisclosureDecisionSerializer(serializers.Serializer[Any]):
    """What one reviewer decided."""

    verdict = serializers.ChoiceField(choices=DisclosureVerdict.choices)
    reason = serializers.CharField(allow_null=True)
    is_second = serializers.BooleanField()
    by = serializers.EmailField(allow_null=True)
    on_behalf_of = serializers.EmailField(allow_null=True)
    at = serializers.DateTimeField()
    together = serializers.UUIDField(allow_null=True, help_text="The same for what went together.")


class WholeDisclosureSerializer(DisclosureSerializer):
    """A review with its checklist, its evidence and what people decided."""

    finding = DisclosureFindingSerializer(allow_null=True)
    finding_digest = serializers.CharField(allow_null=True)
    finding_at = serializers.DateTimeField(allow_null=True)
    rules_of = serializers.DateField(allow_null=True, help_text="The day whose rules count.")
    packs = serializers.DictField(allow_null=True, help_text="Version and digest of each pack.")
    unsigned = serializers.ListField(
        child=serializers.CharField(), help_text="Rules that counsel has not signed off."
    )
    checklist = ReviewedItemSerializer(many=True)
    evidence = EvidenceSerializer(many=True)
    decisions = DisclosureDecisionSerializer(many=True)


class VerdictBody(Body):
    """What you decide. `gate` only of a draft; without it the gate still waits."""

    version = serializers.IntegerField(**LOCK)
    verdict = serializers.ChoiceField(choices=[(one.value, one.label) for one in VERDICTS])
    reason = serializers.CharField(
        max_length=deciding.REASON_MAX,
        required=False,
        allow_blank=True,
        default="",
        help_text="Needed where it is not what the rules say (`reason_needed`).",
    )
    gate = GateWords(required=False, allow_null=True, default=None)


class ReopenedReview(Body):
    """Why something that was decided is looked at again."""

    version = serializers.IntegerField(**LOCK)
    reason = serializers.CharField(max_length=again.WHY_MAX)


class ItemAnswerBody(Body):
    """What you found about an item of the checklist."""

    version = serializers.IntegerField(**LOCK)
    key = serializers.CharField(max_length=200)
    result = serializers.ChoiceField(choices=ItemResult.choices)
    note = serializers.CharField(
        max_length=answers.NOTE_MAX, required=False, allow_blank=True, default=""
    )
    evidence = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, allow_null=True, default=None
    )


def _text(most: int = gathering.TEXT_MAX, **values: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=most, required=False, allow_null=True, allow_blank=True, **values
    )


class EvidenceBody(Body):
    """What you saw; what is null or left out, nobody captured."""

    captured_at = MomentField()
    url = _text(gathering.URL_MAX)
    title = _text()
    text = _text(help_text="The whole caption.")
    visible_text = _text(help_text="As much as is seen without a tap.")
    frames = serializers.ListField(
        child=serializers.CharField(max_length=gathering.FRAME_MAX, allow_blank=True),
        max_length=gathering.FRAMES_MAX,
        required=False,
        allow_null=True,
    )
    spoken = _text()
    platform_tool = serializers.BooleanField(required=False, allow_null=True)
    label_seconds = NumberField(required=False, allow_null=True, min_value=0)
    seconds = NumberField(required=False, allow_null=True, min_value=0)
    is_retouched = serializers.BooleanField(required=False, allow_null=True)
    is_synthetic = serializers.BooleanField(required=False, allow_null=True)
    language = _text(10)
    note = serializers.CharField(
        max_length=gathering.NOTE_MAX, required=False, allow_blank=True, default=""
    )


def evidence_row(one: Evidence) -> Row:
    """A snapshot as the API shows it; its files are at hand."""
    names = (
        "title", "text", "visible_text", "frames", "spoken", "platform_tool", "label_seconds",
        "seconds", "is_retouched", "is_synthetic", "source", "captured_at", "recorded_at", "digest",
    )  # fmt: skip
    files = ("id", "kind", "name", "content_type", "size", "sha256")
    return {name: getattr(one, name) for name in names} | {
        "id": one.pk,
        "url": one.url or None,
        "language": one.language or None,
        "note": one.note or None,
        "files": [{name: getattr(file, name) for name in files} for file in one.files.all()],
    }
