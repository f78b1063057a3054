"""Forms for comparing scores and for holding one against what came later."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.models import Brand
from crm.styled import PlainForm
from segmentation.choices import BacktestOutcome
from segmentation.models import ScoreModel, ScoreVersion
from segmentation.models.score_studies import LEAST_DAYS, MOST_DAYS
from segmentation.selectors.score_studies import versions_of


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A version of a score, by the score's name."""

    def label_from_instance(self, obj: ScoreVersion) -> str:
        """With what the version is for."""
        state = " (in use)" if obj.pk == obj.model.active_version_id else ""
        return f"{obj.model.name}, version {obj.number}{state}: {obj.reason}"


class ComparisonForm(PlainForm):
    """Which two."""

    first = VersionField(queryset=ScoreVersion.objects.none(), label="First", empty_label=None)
    second = VersionField(queryset=ScoreVersion.objects.none(), label="Second", empty_label=None)

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            self.fields[name].queryset = versions_of(brand)  # type: ignore[attr-defined]


class BacktestForm(PlainForm):
    """Which version, as of which day, and what is looked at for how long."""

    version = VersionField(queryset=ScoreVersion.objects.none(), empty_label=None)
    day = forms.DateField(
        label="Score as of the end of",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    days = forms.IntegerField(
        label="Days after that", min_value=LEAST_DAYS, max_value=MOST_DAYS, initial=90
    )
    outcome = forms.ChoiceField(label="Held against", choices=BacktestOutcome.choices)

    def __init__(self, *args: Any, model: ScoreModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ScoreVersion.objects.filter(model=model).select_related("model")
        self.fields["version"].queryset = rows.order_by("-number")  # type: ignore[attr-defined]
