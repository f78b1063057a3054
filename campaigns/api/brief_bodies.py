"""What a brief says, in bodies: what is left out stays as the newest version has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rest_framework import serializers

from campaigns.api.words import LOCK, EngagementField
from campaigns.choices import Freedom
from campaigns.services.briefs import accepting, deciding
from campaigns.services.briefs.choosing import Choices
from campaigns.services.briefs.document import (
    LINE_MAX,
    LINES_MAX,
    LISTS,
    SECONDS_MAX,
    TEXT_MAX,
    Block,
    Document,
    Message,
    Step,
)
from campaigns.services.briefs.writing import REASON_MAX
from crm.api.body import Body
from crm.api.problems import BadBody, Fault
from crm.choices import PostKind


def _text(help_text: str = "") -> serializers.CharField:
    return serializers.CharField(
        max_length=TEXT_MAX, required=False, allow_blank=True, help_text=help_text
    )


def _lines(help_text: str = "") -> serializers.ListField:
    line = serializers.CharField(max_length=LINE_MAX)
    return serializers.ListField(
        child=line, required=False, max_length=LINES_MAX, help_text=help_text
    )


class MessageBody(Body):
    """Something that is to come across."""

    text = serializers.CharField(max_length=LINE_MAX)
    is_verbatim = serializers.BooleanField(default=False, help_text="To be said word for word.")


class BlockBody(Body):
    """What is made on a platform in a form."""

    platform = serializers.CharField(max_length=30, help_text="A platform's key.")
    form = serializers.ChoiceField(choices=PostKind.choices)
    count = serializers.IntegerField(min_value=1, max_value=99, default=1)
    seconds = serializers.IntegerField(
        min_value=1, max_value=SECONDS_MAX, required=False, allow_null=True, default=None
    )
    message = serializers.CharField(max_length=LINE_MAX, allow_blank=True, default="")
    advice = serializers.CharField(max_length=LINE_MAX, allow_blank=True, default="")


class BriefStepBody(Body):
    """Something that the creator does by a day."""

    title = serializers.CharField(max_length=200)
    due_on = serializers.DateField()


class NewBrief(Body):
    """The brief of a campaign for all its creators."""

    campaign = serializers.CharField(max_length=60, help_text="Its key.")


class SeenBrief(Body):
    """Which version of the brief you saw."""

    version = serializers.IntegerField(**LOCK)


class BriefChange(SeenBrief):
    """What to write; lists take the place of those that there are."""

    reason = serializers.CharField(
        max_length=REASON_MAX,
        required=False,
        allow_blank=True,
        help_text="What is new: creators who accepted the version before read it first.",
    )
    goal = _text()
    background = _text()
    audience = _text()
    product = _text()
    usage = _text("What is done with the content.")
    freedom = serializers.ChoiceField(choices=Freedom.choices, required=False)
    messages = serializers.ListField(child=MessageBody(), required=False, max_length=LINES_MAX)
    dos = _lines()
    donts = _lines()
    hashtags = _lines()
    mentions = _lines()
    links = _lines()
    inspiration = _lines("An address, then what is good about it.")
    statements = _lines("For a crisis: said word for word. Legal is asked.")
    claims = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=LINES_MAX,
        help_text="Numbers of claims, of `briefs/{id}/choices/`.",
    )
    wordings = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        max_length=LINES_MAX,
        help_text="Keys of labels, of `briefs/{id}/choices/`.",
    )
    blocks = serializers.ListField(child=BlockBody(), required=False, max_length=LINES_MAX)
    steps = serializers.ListField(child=BriefStepBody(), required=False, max_length=LINES_MAX)


class BriefDecisionBody(SeenBrief):
    """Yes or no to the version that waits."""

    is_yes = serializers.BooleanField(help_text="A no makes a draft of it again.")
    note = serializers.CharField(
        max_length=deciding.NOTE_MAX, allow_blank=True, default="", help_text="Needed with a no."
    )


class BriefAcceptanceBody(Body):
    """A creator said yes elsewhere."""

    number = serializers.IntegerField(min_value=1, max_value=9_999, help_text="Of the version.")
    engagement = EngagementField(help_text="The creator in the campaign.")
    name = serializers.CharField(max_length=accepting.NAME_MAX, help_text="Who said yes.")
    note = serializers.CharField(
        max_length=accepting.NOTE_MAX, help_text="Where it can be seen: the mail, the call."
    )


def written(before: Document, said: Mapping[str, Any], choices: Choices) -> Document:
    """The document with what a body says. Raises BadBody where a choice is none."""
    made = {name: value for name, value in said.items() if name not in {"version", "reason"}}
    for name in LISTS:
        if name in made:
            made[name] = tuple(made[name])
    for name, part in (("messages", Message), ("blocks", Block)):
        if name in made:
            made[name] = tuple(part(**line) for line in made[name])
    if "steps" in made:
        made["steps"] = tuple(
            Step(line["title"], line["due_on"].isoformat()) for line in made["steps"]
        )
    faults = []
    for name, known in (
        ("claims", choices.texts.keys()),
        ("wordings", {label.key for label in choices.labels}),
    ):
        faults += [
            Fault(f"/{name}/{number}", "unknown_choice", "It is not offered for this brief.")
            for number, one in enumerate(made.get(name, ()))
            if one not in known
        ]
    if faults:
        raise BadBody(faults)
    if "claims" in made:
        made["claims"] = choices.claims(set(made["claims"]))
    if "wordings" in made:
        made["wordings"] = choices.wordings(made["wordings"])
    return replace(before, **made)
