"""An event, who is invited, what they answer, and the mail that asks them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms

from campaigns.choices import InvitationAct
from campaigns.forms.offers import date_field
from campaigns.models import Event
from campaigns.models.events import GUESTS_MAX
from campaigns.services.events.planning import CAPACITY_MAX, FIELDS, REASON_MAX, Values
from campaigns.services.events.record import NOTE_MAX
from campaigns.services.events.sending import LINK, NAME
from crm.models import Mailbox
from crm.services.mail.composing import SUBJECT_MAX
from crm.services.mail.composing import TEXT_MAX as MAIL_MAX
from crm.styled import PlainForm, lines


class WallClock(forms.CharField):
    """Day and time as clocks show them at the place of the event: of no zone yet."""

    def __init__(self, **values: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"})
        super().__init__(max_length=40, widget=widget, **values)

    def prepare_value(self, value: Any) -> Any:
        """As the input takes it."""
        return f"{value:%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value

    def clean(self, value: Any) -> Any:
        """A moment without a zone."""
        try:
            return datetime.fromisoformat(super().clean(value)).replace(tzinfo=None)
        except ValueError as error:
            raise forms.ValidationError("Write day and time, e.g. 2027-03-01 18:00.") from error


class EventForm(PlainForm):
    """What an event says."""

    name = forms.CharField(max_length=120, label="Name")
    starts_at = WallClock(label="Begins")
    ends_at = WallClock(label="Ends")
    zone = forms.CharField(
        max_length=60,
        label="Time zone of the place",
        help_text="For example Europe/Copenhagen. Both times are what clocks show there.",
        widget=forms.TextInput(attrs={"list": "timezones", "autocomplete": "off"}),
    )
    place = forms.CharField(max_length=120, label="Place", help_text="What it is called.")
    address = forms.CharField(max_length=300, required=False, label="Address", widget=lines(2))
    capacity = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=CAPACITY_MAX,
        label="Places",
        help_text="People, the creators' own guests included. Empty: as many as want to come.",
    )
    guests_max = forms.IntegerField(
        min_value=0, max_value=GUESTS_MAX, label="Guests each may bring"
    )
    answer_by = date_field("Answers by", "The last day on which creators can answer.")
    covers_travel = forms.BooleanField(required=False, label="The brand pays travel or a bed")
    covers = forms.CharField(
        max_length=300,
        required=False,
        label="What the brand pays",
        help_text="Trains, a night, dinner. Creators read it; it has to be disclosed.",
    )
    notes = forms.CharField(
        max_length=4_000,
        required=False,
        label="What those who come should know",
        widget=lines(4),
        help_text="Creators read it.",
    )
    hashtag = forms.CharField(
        max_length=60,
        required=False,
        label="Hashtag",
        help_text="By it, posts of the event are found, beside the brand's name and the brief's.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(
        self,
        data: Any = None,
        *,
        event: Event | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        if event is not None:
            said = {name: getattr(event, name) for name in FIELDS}
            for name in ("starts_at", "ends_at"):
                said[name] = said[name].astimezone(event.tz).replace(tzinfo=None)
            initial = said | {"version": event.version}
        super().__init__(data, initial=dict(initial or {}))

    @staticmethod
    def timezones() -> list[str]:
        """For the input of the zone."""
        return sorted(zoneinfo.available_timezones())

    def clean(self) -> dict[str, Any]:
        """Both times in the zone of the place."""
        data = super().clean() or {}
        zone = data.get("zone")
        if not zone:
            return data
        if zone not in zoneinfo.available_timezones():
            self.add_error("zone", f"{zone} is not a known time zone, e.g. Europe/Copenhagen.")
            return data
        for name in ("starts_at", "ends_at"):
            if data.get(name) is not None:
                data[name] = data[name].replace(tzinfo=zoneinfo.ZoneInfo(zone))
        return data

    @property
    def values(self) -> Values:
        """What the service takes."""
        return cast("Values", {name: self.cleaned_data[name] for name in FIELDS})


class AnswerForm(PlainForm):
    """What somebody says, or what the team does."""

    act = forms.ChoiceField(choices=InvitationAct.choices)
    guests = forms.IntegerField(min_value=0, max_value=GUESTS_MAX, required=False)
    note = forms.CharField(max_length=NOTE_MAX, required=False)
    version = forms.IntegerField(min_value=1)


class GuestAnswerForm(PlainForm):
    """The creator's own answer."""

    act = forms.ChoiceField(
        choices=[(InvitationAct.ACCEPT, "I come"), (InvitationAct.DECLINE, "I cannot come")],
        label="Your answer",
    )
    guests = forms.IntegerField(
        min_value=0,
        max_value=GUESTS_MAX,
        required=False,
        label="How many people do you bring?",
        help_text="A number is enough, no names.",
    )
    note = forms.CharField(
        max_length=NOTE_MAX,
        required=False,
        label="Anything we should know",
        widget=lines(2),
        help_text="What you eat, how you come in.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class CancelForm(PlainForm):
    """Why an event is called off."""

    reason = forms.CharField(max_length=REASON_MAX, required=False, label="Why")
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class InvitationMailForm(PlainForm):
    """The mail that asks creators whether they come."""

    mailbox = forms.ModelChoiceField(Mailbox.objects.none(), label="From", empty_label=None)
    subject = forms.CharField(max_length=SUBJECT_MAX, label="Subject")
    text = forms.CharField(
        max_length=MAIL_MAX,
        label="Mail",
        widget=lines(12),
        help_text=f"{NAME} becomes each creator's name, {LINK} the link by which they answer.",
    )

    def __init__(self, *args: Any, mailboxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mailbox"].queryset = mailboxes  # type: ignore[attr-defined]
