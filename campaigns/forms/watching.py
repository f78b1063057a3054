"""The watch over posts: its settings, numbers by hand, words about an alert, what is shown."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import PostMeasure
from campaigns.models import Campaign, WatchSettings
from campaigns.selectors.watching.curves import LABELS
from campaigns.services.watching.answering import REASON_MAX
from campaigns.services.watching.deciding import Decided
from crm.models import Brand, Platform
from crm.services.post_counts import COUNT_MAX, COUNTS
from crm.styled import PlainForm


def _platform_field() -> forms.ChoiceField:
    names = Platform.objects.order_by("name").values_list("key", "name")
    return forms.ChoiceField(
        required=False, choices=[("", "All platforms"), *names], label="Platform"
    )


class WatchForm(PlainForm):
    """When a post is compared, and with how many."""

    measure = forms.ChoiceField(choices=PostMeasure.choices, label="What is compared")
    hours = forms.IntegerField(
        min_value=6,
        max_value=168,
        label="Hours after which a post is read",
        help_text="Numbers taken from then on, until it is twice as old, are of one age.",
    )
    low_percent = forms.IntegerField(
        min_value=1,
        max_value=40,
        label="Below the usual: worse than all but so many of 100 posts",
    )
    peers_min = forms.IntegerField(
        min_value=5,
        max_value=1_000,
        label="Posts of others that are enough to compare with",
        help_text="With fewer, a post is compared with the account's own.",
    )
    creators_min = forms.IntegerField(
        min_value=10,
        max_value=10_000,
        label="Creators who have to post before a whole platform is said to move",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, kept: WatchSettings) -> WatchForm:
        """The form as things are."""
        return cls(initial={name: getattr(kept, name) for name in cls.base_fields})

    @property
    def said(self) -> Decided:
        """The settings that were sent."""
        data = self.cleaned_data
        return Decided(
            measure=data["measure"],
            hours=data["hours"],
            low_percent=data["low_percent"],
            peers_min=data["peers_min"],
            creators_min=data["creators_min"],
        )


class WhyBelowForm(PlainForm):
    """Why a post did not do better, or why a shift is not noted."""

    reason = forms.CharField(max_length=REASON_MAX, label="Why")


class NoteShiftForm(PlainForm):
    """What the timeline says."""

    title = forms.CharField(max_length=160, required=False, label="What the timeline says")


class AlertsForm(PlainForm):
    """Which posts to show."""

    state = forms.ChoiceField(
        required=False,
        choices=[("", "To be looked at"), ("all", "All"), ("answered", "Answered")],
        label="State",
    )
    mine = forms.ChoiceField(
        required=False, choices=[("", "Everybody's"), ("1", "Mine")], label="Whose"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"] = _platform_field()
        self.dress()


class TimesForm(PlainForm):
    """Whose posting times."""

    creator = forms.UUIDField(required=False, widget=forms.HiddenInput)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        to_field_name="key",
        required=False,
        empty_label="All creators",
        label="Creators of",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.filter(brand=brand).order_by("-starts_on", "name", "pk")
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        self.fields["platform"] = _platform_field()
        self.dress()


class CountsForm(PlainForm):
    """Numbers of a post that somebody read off."""

    id_prefix = "counts"

    captured_at = forms.DateTimeField(
        label="Read off at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COUNTS:
            self.fields[name] = forms.IntegerField(
                min_value=0, max_value=COUNT_MAX, required=False, label=LABELS[name]
            )
        self.dress()

    @property
    def counts(self) -> dict[str, int]:
        """What was filled in; an empty field is not known, and no zero."""
        return {
            name: self.cleaned_data[name] for name in COUNTS if self.cleaned_data[name] is not None
        }
