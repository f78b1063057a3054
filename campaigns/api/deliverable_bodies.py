"""Pieces of content as the API tells them, and what it takes about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from campaigns.api.words import LOCK
from campaigns.choices import (
    CheckAnswer,
    ContentKind,
    DeliverableState,
    DraftState,
    Gate,
    GateOutcome,
)
from campaigns.models import Correction, Draft, GateTurn
from campaigns.services.deliverables import comments, deciding, planning, submitting
from crm.api.body import Body
from crm.api.relationships import CreatorRefSerializer
from crm.choices import PostKind

_NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}
_PLACE: dict[str, Any] = {
    "min_value": 0,
    "max_value": 1_000_000,
    "required": False,
    "allow_null": True,
    "default": None,
}


class ContentPieceSerializer(serializers.Serializer[Any]):
    """One piece of content of a creator in a campaign."""

    id = serializers.IntegerField()
    engagement = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    creator = CreatorRefSerializer()
    title = serializers.CharField()
    platform = serializers.CharField()
    form = serializers.ChoiceField(choices=PostKind.choices)
    kind = serializers.ChoiceField(choices=ContentKind.choices)
    state = serializers.ChoiceField(choices=DeliverableState.choices)
    state_since = serializers.DateTimeField()
    draft_due_on = serializers.DateField(allow_null=True)
    publish_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    published_url = serializers.CharField(allow_null=True)
    fast_lane = serializers.ListField(
        child=serializers.ChoiceField(choices=Gate.choices),
        allow_null=True,
        help_text="The gates that are left on the fast lane; null: those of the campaign.",
    )
    fast_lane_reason = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with a draft.")


class _FileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class _CorrectionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Send it with `:confirm` when it is done.")
    text = serializers.CharField()
    done_at = serializers.DateTimeField(allow_null=True)


class _EntrySerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.ChoiceField(choices=CheckAnswer.choices)
    note = serializers.CharField()


class TurnSerializer(serializers.Serializer[Any]):
    """What a gate said, or that it is its turn."""

    id = serializers.IntegerField()
    opening = serializers.IntegerField(help_text="How often the review was opened by then.")
    gate = serializers.ChoiceField(choices=Gate.choices)
    began_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="By the brand's working hours.")
    is_dropped = serializers.BooleanField(help_text="It was not asked any more.")
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.EmailField(
        source="decided_by.email", default=None, allow_null=True, read_only=True
    )
    outcome = serializers.ChoiceField(choices=GateOutcome.choices, allow_blank=True)
    reason = serializers.CharField()
    corrections = _CorrectionSerializer(many=True)
    checklist = _EntrySerializer(many=True)


class _OpinionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    outcome = serializers.ChoiceField(choices=GateOutcome.choices)
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class DraftSerializer(serializers.Serializer[Any]):
    """One version as it was handed in, and its way through the gates."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=DraftState.choices)
    text = serializers.CharField()
    links = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    round_reason = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    submitted_by = serializers.EmailField(
        source="submitted_by.email", default=None, allow_null=True, read_only=True
    )
    files = _FileSerializer(many=True)
    turns = TurnSerializer(many=True)
    opinions = _OpinionSerializer(many=True)


class CommentSerializer(serializers.Serializer[Any]):
    """A remark about a version."""

    id = serializers.IntegerField()
    draft = serializers.IntegerField(source="draft.number", help_text="The version's number.")
    answers = serializers.IntegerField(
        source="parent_id", allow_null=True, help_text="The remark that it answers."
    )
    name = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    is_visible = serializers.BooleanField(help_text="Whether the creator sees it.")
    start = serializers.IntegerField(allow_null=True)
    end = serializers.IntegerField(allow_null=True)
    quote = serializers.CharField()
    resolved_at = serializers.DateTimeField(allow_null=True)


class _LineSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    question = serializers.CharField()
    note = serializers.CharField(allow_null=True)


class WholeContentPieceSerializer(ContentPieceSerializer):
    """A piece with its drafts and remarks."""

    turn = serializers.IntegerField(
        allow_null=True, help_text="The turn that waits for a decision: send it with `:decide`."
    )
    checklist = _LineSerializer(many=True, help_text="What that gate is asked.")
    drafts = DraftSerializer(many=True)
    comments = CommentSerializer(many=True)


class HandedIn(Body):
    """The next version."""

    version = serializers.IntegerField(**LOCK)
    text = serializers.CharField(
        max_length=submitting.TEXT_MAX, required=False, allow_blank=True, default=""
    )
    links = serializers.ListField(
        child=serializers.CharField(max_length=500),
        required=False,
        max_length=submitting.LINKS_MAX,
        default=list,
    )
    note = serializers.CharField(
        max_length=submitting.NOTE_MAX, required=False, allow_blank=True, default=""
    )
    round_reason = serializers.CharField(
        max_length=submitting.REASON_MAX, required=False, allow_blank=True, default=""
    )


class CheckedLine(Body):
    """What was found about a line."""

    key = serializers.CharField(max_length=80)
    answer = serializers.ChoiceField(choices=CheckAnswer.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class GateWords(Body):
    """What is said at a gate."""

    outcome = serializers.ChoiceField(choices=GateOutcome.choices)
    reason = serializers.CharField(
        max_length=deciding.REASON_MAX, required=False, allow_blank=True, default=""
    )
    corrections = serializers.ListField(
        child=serializers.CharField(max_length=deciding.CORRECTION_MAX),
        required=False,
        max_length=deciding.CORRECTIONS,
        default=list,
    )
    answers = serializers.ListField(
        child=CheckedLine(), required=False, max_length=500, default=list
    )

    @property
    def said(self) -> deciding.Said:
        """What the services take."""
        return said_at_gate(self.validated_data)


class GateDecision(GateWords):
    """What is said at the gate whose turn it is."""

    turn = serializers.IntegerField(**_NUMBER, help_text="The turn that you saw.")

    def validate_turn(self, number: int) -> int:
        """A turn of this piece."""
        rows = GateTurn.objects.filter(draft__deliverable=self.context["deliverable"], pk=number)
        if not rows.exists():
            words = "There is no such turn of this piece."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_turn"))
        return number


def said_at_gate(given: Mapping[str, Any]) -> deciding.Said:
    """Values of GateWords as the services take them."""
    return deciding.Said(
        outcome=GateOutcome(given["outcome"]),
        reason=given["reason"],
        corrections=given["corrections"],
        answers={one["key"]: (CheckAnswer(one["answer"]), one["note"]) for one in given["answers"]},
    )


class NewRemark(Body):
    """A remark about a version: about characters of its text, or about all of it."""

    draft = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version's number."
    )
    text = serializers.CharField(max_length=comments.TEXT_MAX)
    start = serializers.IntegerField(**_PLACE)
    end = serializers.IntegerField(**_PLACE)
    answers = serializers.IntegerField(
        **_NUMBER, required=False, allow_null=True, default=None, help_text="The remark answered."
    )
    is_visible = serializers.BooleanField(default=False, help_text="The creator sees it.")

    def validate_draft(self, number: int) -> Draft:
        """A version of this piece."""
        found = Draft.objects.filter(deliverable=self.context["deliverable"], number=number).first()
        if found is None:
            words = "This piece has no such version."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_draft"))
        return found


class PieceChange(Body):
    """What to change; what is left out stays. Platform and form were approved: gates ask again."""

    version = serializers.IntegerField(**LOCK)
    platform = serializers.CharField(max_length=30, required=False, help_text="A platform's key.")
    form = serializers.ChoiceField(choices=PostKind.choices, required=False)
    kind = serializers.ChoiceField(choices=ContentKind.choices, required=False)
    title = serializers.CharField(max_length=planning.TITLE_MAX, required=False)
    draft_due_on = serializers.DateField(allow_null=True, required=False)
    rounds = serializers.IntegerField(
        min_value=1,
        max_value=planning.ROUNDS_MAX,
        allow_null=True,
        required=False,
        help_text="How many drafts were agreed; null: as many as in the campaign.",
    )


class SeenPiece(Body):
    """Which version you saw."""

    version = serializers.IntegerField(**LOCK)


class PieceAndWhy(SeenPiece):
    """Which version you saw, and why."""

    reason = serializers.CharField(max_length=planning.REASON_MAX)


class FastLane(SeenPiece):
    """The gates that are left; all of the campaign's take the piece off the fast lane."""

    gates = serializers.ListField(
        child=serializers.ChoiceField(choices=Gate.choices), min_length=1, max_length=len(Gate)
    )
    reason = serializers.CharField(
        max_length=planning.REASON_MAX,
        allow_blank=True,
        required=False,
        default="",
        help_text="Why there is no time for the others.",
    )


class DoneCorrections(Body):
    """Corrections by their ids."""

    corrections = serializers.ListField(
        child=serializers.IntegerField(**_NUMBER), min_length=1, max_length=100
    )

    def validate_corrections(self, numbers: list[int]) -> list[int]:
        """Corrections of the piece."""
        asked = Correction.objects.filter(turn__draft__deliverable=self.context["deliverable"])
        unknown = set(numbers) - set(asked.filter(pk__in=numbers).values_list("pk", flat=True))
        if unknown:
            words = f"The piece has no correction {', '.join(map(str, sorted(unknown)))}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_correction"))
        return numbers
