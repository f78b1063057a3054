"""A version of the review form, as somebody words it over REST."""

from __future__ import annotations

from rest_framework import serializers

from crm.api.body import Body
from crm.choices import CriterionKind
from crm.services.reviews.wordings import (
    CRITERIA_MAX,
    GUIDANCE_MAX,
    KEY_MAX,
    LABEL_MAX,
    LINE_MAX,
    OPTION_MAX,
    OPTIONS_MAX,
    Bar,
    Wording,
)

SCORES_COUNT = 5


class OptionBody(Body):
    """An answer of a list."""

    value = serializers.CharField(max_length=OPTION_MAX)
    label = serializers.CharField(max_length=OPTION_MAX)  # type: ignore[assignment] # a field's name


class CriterionBody(Body):
    """What is judged: on a scale, with what 1 to 5 mean, or by one of a list."""

    label = serializers.CharField(max_length=LABEL_MAX)  # type: ignore[assignment] # a field's name
    key = serializers.CharField(
        max_length=KEY_MAX,
        allow_blank=True,
        default="",
        help_text="Rules call the result review_ and this; left out, it is made from the label.",
    )
    question = serializers.CharField(max_length=LINE_MAX)
    kind = serializers.ChoiceField(choices=CriterionKind.choices, default=CriterionKind.SCALE)
    anchors = serializers.ListField(
        child=serializers.CharField(max_length=LINE_MAX),
        max_length=SCORES_COUNT,
        default=list,
        help_text="Of a scale: what 1, 2, 3, 4 and 5 mean.",
    )
    options = serializers.ListField(
        child=OptionBody(), max_length=OPTIONS_MAX, default=list, help_text="Of a list."
    )
    needs_evidence = serializers.BooleanField(default=False)
    least = serializers.IntegerField(
        min_value=1, max_value=5, allow_null=True, default=None, help_text="Scores from here pass."
    )
    most = serializers.IntegerField(
        min_value=1, max_value=5, allow_null=True, default=None, help_text="Scores up to here pass."
    )
    passing = serializers.ListField(
        child=serializers.CharField(max_length=OPTION_MAX),
        max_length=OPTIONS_MAX,
        default=list,
        help_text="Of a list: the values of answers that pass.",
    )


class ReviewFormBody(Body):
    """A whole version: what every vetting has to pass, and what is judged."""

    reviewers = serializers.IntegerField(min_value=1, max_value=2, default=2)
    dispute_from = serializers.IntegerField(min_value=1, max_value=4, default=2)
    requester_may_review = serializers.BooleanField(default=False)
    days = serializers.IntegerField(min_value=1, max_value=90, default=7)
    guidance = serializers.CharField(max_length=GUIDANCE_MAX, allow_blank=True, default="")
    criteria = serializers.ListField(child=CriterionBody(), min_length=1, max_length=CRITERIA_MAX)
    why = serializers.CharField(
        max_length=LINE_MAX, allow_blank=True, default="", help_text="Why this version."
    )
    seen_number = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The newest that you know (0: none): refused where there is another by now.",
    )

    @property
    def bar(self) -> Bar:
        """As the service takes it."""
        said = self.validated_data
        return Bar(
            reviewers=said["reviewers"],
            dispute_from=said["dispute_from"],
            requester_may_review=said["requester_may_review"],
            days=said["days"],
            guidance=said["guidance"],
        )

    @property
    def wordings(self) -> list[Wording]:
        """As the service takes them."""
        return [
            Wording(**one | {"kind": CriterionKind(one["kind"])})
            for one in self.validated_data["criteria"]
        ]
