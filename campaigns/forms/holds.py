"""What is said with a pause, and when it is lifted."""

from __future__ import annotations

from django import forms

from crm.services.holds import REASON_MAX
from crm.styled import PlainForm, lines


def until_field() -> forms.DateTimeField:
    """A moment of the brand, or none."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        required=False,
        label="Until",
        widget=widget,
        help_text="It goes on by itself then. Left empty: until somebody lifts the pause.",
    )


class PauseForm(PlainForm):
    """Why, and until when."""

    reason = forms.CharField(
        max_length=REASON_MAX,
        label="Why",
        widget=lines(),
        help_text="Your team reads it wherever it is stopped. Creators only read that work is "
        "paused. Name no health, faith or other private matters.",
    )
    until = until_field()


class LiftForm(PlainForm):
    """Why it may go on."""

    reason = forms.CharField(max_length=REASON_MAX, label="What has changed")
