"""The survey: a file of answers, a rule, and what one answer is."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import SurveyChoice
from campaigns.services.survey import Taken
from crm.models import Brand, Relationship
from crm.styled import PlainForm


class AnswersForm(PlainForm):
    """A file of answers."""

    id_prefix = "answers"

    file = forms.FileField(
        label="File",
        help_text="CSV or XLSX with key, day (2026-11-22) and answer; order where it is known. "
        "Leave names and addresses of buyers out: nothing of them is needed.",
    )


class TakenForm(PlainForm):
    """What an answer is taken for."""

    id_prefix = "taken"

    choice = forms.ChoiceField(choices=SurveyChoice.choices, label="What it names")
    handle = forms.CharField(
        max_length=200,
        required=False,
        label="Creator",
        help_text="The name of a creator of yours, or @handle.",
    )
    channel = forms.CharField(
        max_length=60, required=False, label="Another way", help_text="Search, a friend, a shop."
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._brand = brand
        self.relationship: Relationship | None = None

    def clean(self) -> dict[str, Any]:
        """Find the creator who is meant, where one is."""
        said = super().clean() or self.cleaned_data
        named = str(said.get("handle") or "").strip()
        if said.get("choice") == SurveyChoice.CREATOR and named:
            rows = Relationship.objects.filter(brand=self._brand)
            by = (
                {"creator__profiles__handle__iexact": named[1:]}
                if named.startswith("@")
                else {"creator__name__iexact": named}
            )
            found = list(rows.filter(**by).distinct()[:2])
            if len(found) == 1:
                self.relationship = found[0]
            else:
                self.add_error(
                    "handle",
                    f"Several creators are called {named}: write @handle."
                    if found
                    else f"There is no {named} among your creators.",
                )
        return said

    @property
    def taken(self) -> Taken:
        """What was said."""
        data = self.cleaned_data
        return Taken(data["choice"], self.relationship, data["channel"])


class RuleForm(TakenForm):
    """What answers with these words are taken for."""

    id_prefix = "rule"
    field_order = ("words", "choice", "handle", "channel")

    words = forms.CharField(
        max_length=100, label="Answers with the words", help_text="Whole words, in any case."
    )
