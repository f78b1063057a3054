"""What endpoints about rights share: the question, the answer, countries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rest_framework import serializers

from campaigns.choices import Usage, Verdict
from campaigns.models import Asset
from campaigns.services.rights import territories
from campaigns.services.rights.channels import channels
from campaigns.services.rights.questions import Answer, Question
from crm.api.query import Query


class CountriesText(serializers.CharField):
    """Countries as people write them: "DK,SE", "EU", "worldwide"."""

    default_error_messages = {
        "unknown_country": "“{words}” cannot be read as countries: write DK,SE, EU or worldwide."
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1_000)
        kwargs.setdefault("help_text", "`DK,SE`, `EU`, `DACH`, `NORDICS` or `worldwide`.")
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The text, which can be read."""
        text: str = super().to_internal_value(data)
        if territories.read(text)[1]:
            self.fail("unknown_country", words=text[:60])
        return text


class AskQuery(Query):
    """For what, where, on which channel, and when."""

    usage = serializers.ChoiceField(choices=Usage.choices, default=Usage.ORGANIC)
    territory = CountriesText(required=False)
    channel = serializers.CharField(
        max_length=30, required=False, help_text="A platform's key, `website`, `newsletter` ..."
    )
    on = serializers.DateField(
        required=False, help_text="The brand's day, or the first; default: today."
    )
    until = serializers.DateField(required=False, help_text="The last day of the use.")

    def validate_channel(self, value: str) -> str:
        """One that there is."""
        if value not in channels():
            raise serializers.ValidationError("There is no such channel.", "unknown_channel")
        return value

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """The days are in order."""
        on, until = values.get("on"), values.get("until")
        if until is not None and until < (on or date.min):
            fault = serializers.ErrorDetail("It would end before it begins.", "order")
            raise serializers.ValidationError({"until": [fault]})
        return values


class MayUseSerializer(serializers.Serializer[Any]):
    """May it be used? `unknown` is neither yes nor no."""

    asset = serializers.IntegerField()
    usage = serializers.ChoiceField(choices=Usage.choices)
    territory = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="As it was asked: none for worldwide, null where nobody said.",
    )
    channel = serializers.CharField(allow_null=True)
    on = serializers.DateField()
    until_asked = serializers.DateField(allow_null=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(child=serializers.CharField())
    rights = serializers.ListField(
        child=serializers.IntegerField(), help_text="Numbers of the rights that say so."
    )
    until = serializers.DateField(allow_null=True, help_text="Of a yes: the last day of it.")
    is_endless = serializers.BooleanField(help_text="Of a yes: it has no last day.")
    todo = serializers.CharField(allow_null=True)
    heed = serializers.ListField(child=serializers.CharField())


def countries_of(text: str | None) -> tuple[str, ...] | None:
    """Codes of the countries in a text that was checked; none for worldwide, None for nothing."""
    return tuple(territories.read(text)[0]) if text else None


def question_of(query: Mapping[str, Any], today: date) -> Question:
    """What is asked, by the brand's today."""
    on = query.get("on") or today
    until = query.get("until")
    return Question(
        usage=Usage(query["usage"]),
        on=on,
        until=until if until is None or until >= on else on,
        territory=countries_of(query.get("territory")),
        channel=query.get("channel"),
    )


def answer_of(asset: Asset, question: Question, found: Answer) -> dict[str, Any]:
    """The answer with its question."""
    return {
        "asset": asset.pk,
        "usage": question.usage,
        "territory": None if question.territory is None else list(question.territory),
        "channel": question.channel,
        "on": question.on,
        "until_asked": question.until,
        "verdict": found.verdict,
        "reasons": list(found.reasons),
        "rights": [right.pk for right in found.rights],
        "until": found.until,
        "is_endless": found.is_endless,
        "todo": found.todo or None,
        "heed": list(found.heed),
    }
