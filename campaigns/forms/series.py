"""Daily series: a new one, a value, a file, a note on a day, and a lift."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from campaigns.choices import SeriesKind
from campaigns.experiments.weeks import Span
from campaigns.models import Campaign, DailySeries
from campaigns.services.series.lifts import YEAR_BACK, Asked, usual_spans
from crm.models import Brand, Platform
from crm.styled import PlainForm


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class SeriesForm(PlainForm):
    """A series that is to be kept."""

    id_prefix = "series"

    name = forms.CharField(max_length=120, label="Name")
    kind = forms.ChoiceField(choices=SeriesKind.choices, label="What it counts")
    source = forms.CharField(
        max_length=200,
        required=False,
        label="Where the numbers come from",
        help_text="For example: Search Console, exact brand terms, Denmark.",
    )


class ValueForm(PlainForm):
    """A value by hand."""

    id_prefix = "value"

    day = _day("Day")
    value = forms.FloatField(min_value=0, label="Value")


class ValuesForm(PlainForm):
    """A file of values."""

    id_prefix = "values"

    file = forms.FileField(
        label="File",
        help_text="CSV or XLSX with day (2026-11-22) and value; with series where it has several.",
    )
    series = forms.ModelChoiceField(
        DailySeries.objects.none(),
        required=False,
        label="Series",
        empty_label="The rows say it",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = DailySeries.objects.filter(brand=brand).select_related("brand")
        self.fields["series"].queryset = rows  # type: ignore[attr-defined]


class DayNoteForm(PlainForm):
    """What happened on a day."""

    id_prefix = "note"

    day = _day("Day")
    title = forms.CharField(max_length=160, label="What happened")
    platform = forms.ModelChoiceField(
        Platform.objects.order_by("position", "key"),
        required=False,
        label="Platform",
        empty_label="No single one",
    )
    url = forms.CharField(max_length=500, required=False, label="Where that is said (address)")


class LiftForm(PlainForm):
    """How much more of a series came with a campaign?"""

    id_prefix = "lift"

    series = forms.ModelChoiceField(DailySeries.objects.none(), label="Series")
    control = forms.ModelChoiceField(
        DailySeries.objects.none(),
        required=False,
        label="Compared with",
        empty_label="The same series on earlier days",
        help_text="A series that the campaign cannot have touched: another market, say.",
    )
    days_back = forms.IntegerField(
        min_value=7,
        max_value=3_660,
        required=False,
        label="Days earlier",
        help_text=f"Only for the same series. {YEAR_BACK}: the same weekdays a year ago.",
    )
    before_first = _day("Before, from")
    before_last = _day("to")
    after_first = _day("After, from")
    after_last = _day("to")

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        before, after = usual_spans(campaign)
        initial = {
            "days_back": YEAR_BACK,
            "before_first": before.first,
            "before_last": before.last,
            "after_first": after.first,
            "after_last": after.last,
        }
        super().__init__(data, initial=initial)
        rows = DailySeries.objects.filter(brand=campaign.brand_id)
        for name in ("series", "control"):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """The question as the service takes it."""
        said = self.cleaned_data
        return Asked(
            series=said["series"],
            control=said["control"],
            days_back=None if said["control"] else said["days_back"],
            before=Span(said["before_first"], said["before_last"]),
            after=Span(said["after_first"], said["after_last"]),
        )


class DaysForm(PlainForm):
    """How much of a series is shown."""

    days = forms.ChoiceField(
        choices=[("90", "90 days"), ("180", "180 days"), ("400", "400 days")],
        required=False,
        label="Shown",
    )

    @property
    def span(self) -> timedelta:
        """As asked; an odd choice gives way to the usual one."""
        return timedelta(days=int((self.is_valid() and self.cleaned_data["days"]) or 90))
