"""What is said of a publication: when it is planned, where it is, what somebody saw."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.services.publishing.addresses import URL_MAX
from campaigns.services.publishing.captures import SIZE_MAX, TYPES
from campaigns.services.publishing.recording import REASON_MAX
from campaigns.services.publishing.sightings import NOTE_MAX
from crm.styled import PlainForm

_MB = SIZE_MAX // 1024 // 1024


def moment_field(label: str, **values: Any) -> forms.DateTimeField:
    """A moment in the brand's time zone."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "invalid": "Write day and time, e.g. 2027-03-01 18:00.",
            "required": "Say when.",
        },
        **values,
    )


def _capture(**values: Any) -> forms.FileField:
    return forms.FileField(
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(sorted(TYPES))}), **values
    )


class PlanForm(PlainForm):
    """When a piece is to be published; empty: not planned."""

    publish_at = moment_field("Publish at", required=False)
    is_meant = forms.BooleanField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class PublishForm(PlainForm):
    """Where a piece is published, and since when."""

    url = forms.CharField(
        max_length=URL_MAX,
        required=False,
        label="Address of the post",
        help_text="Copy it from the browser or the app's share menu.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    published_at = moment_field("Published at")
    capture = _capture(
        required=False,
        label="Picture of it",
        help_text=f"A screenshot (PNG, JPEG, WebP, up to {_MB} MB). A story needs one.",
    )
    because = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Why it is written down all the same",
        help_text="Only where it was not approved, or came before the embargo ended.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class GuestPublishForm(PublishForm):
    """The same for the creator, who cannot make exceptions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["because"]


class CaptureForm(PlainForm):
    """A picture that shows a publication, or that it is not there."""

    capture = _capture(label="Picture", error_messages={"required": "Choose a picture."})
    seen_at = moment_field("Taken at")
    is_there = forms.TypedChoiceField(
        label="It shows",
        choices=[("yes", "that it is there"), ("no", "that it is gone")],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(max_length=NOTE_MAX, required=False, label="Note")


class GoneForm(PlainForm):
    """Somebody looked and did not find it."""

    seen_at = moment_field("Looked at")
    note = forms.CharField(max_length=NOTE_MAX, required=False, label="What was there in its place")


class AddressForm(PlainForm):
    """A mistyped address, put right."""

    url = forms.CharField(
        max_length=URL_MAX,
        required=False,
        label="Address of the post",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class WhyForm(PlainForm):
    """Why something is taken back."""

    reason = forms.CharField(max_length=REASON_MAX, required=False, label="Why")


class MatchForm(forms.Form):
    """Which deliverable a post is."""

    deliverable = forms.IntegerField(min_value=1, max_value=2**62)
    because = forms.CharField(max_length=REASON_MAX, required=False)
