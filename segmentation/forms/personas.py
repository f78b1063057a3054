"""The template of the innovators' rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from crm.styled import PlainForm, lines
from segmentation.rules.facts import Fact
from segmentation.services.innovators import KEYWORDS


class InnovatorForm(PlainForm):
    """Which score says that they fit, from how many points, and which professions count."""

    fit = forms.ChoiceField(label="What says that they fit")
    least = forms.FloatField(label="From", help_text="So many points, or more.")
    keywords = forms.CharField(
        label="Professions",
        widget=lines(3),
        max_length=1_500,
        initial=", ".join(KEYWORDS),
        help_text="Words that a profession contains, with commas between them.",
    )

    def __init__(self, data: Any = None, *, fits: Sequence[Fact]) -> None:
        super().__init__(data, initial={"least": 70})
        fit = self.fields["fit"]
        if isinstance(fit, forms.ChoiceField):
            fit.choices = [(fact.key, fact.label) for fact in fits]

    def clean_keywords(self) -> list[str]:
        """One by one."""
        given: str = self.cleaned_data["keywords"]
        return [one.strip() for one in re.split(r"[,\n]", given) if one.strip()]
