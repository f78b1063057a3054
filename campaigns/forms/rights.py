"""What is said when a right is written down, taken back, started, or asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import StartTrigger, Usage
from campaigns.forms.offers import date_field, months_field
from campaigns.models import Deliverable, Engagement
from campaigns.services.rights import territories
from campaigns.services.rights.channels import channels
from campaigns.services.rights.evidence import NOTE_MAX
from campaigns.services.rights.granting import REASON_MAX
from campaigns.services.rights.questions import Question
from campaigns.services.rights.terms import Terms
from crm.styled import PlainForm

WORLDWIDE = "worldwide"
_TICK = {"class": "form-check-input"}
_SAID = [("", "Nothing was said"), ("yes", "Yes"), ("no", "No")]


class CountriesField(forms.CharField):
    """Countries by code or name, or a group: "DK, Sweden, EU". The value is their codes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "DK, Sweden, EU, DACH, Nordics; or worldwide.")
        super().__init__(max_length=1_000, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """None for nothing, an empty tuple for the whole world."""
        text = super().clean(value)
        if not text.strip():
            return None
        codes, unread = territories.read(text)
        if unread:
            raise forms.ValidationError(
                f"“{unread}” cannot be read as countries: write codes or names with commas between."
            )
        return tuple(codes)


class RightForm(PlainForm):
    """The terms of a right, and where it can be seen that it was given."""

    usage = forms.ChoiceField(choices=Usage.choices, label="What may be done")
    deliverable = forms.ModelChoiceField(
        Deliverable.objects.none(),
        required=False,
        label="For",
        empty_label="Everything they make in this campaign",
    )
    territory = CountriesField(label="Where")
    channels = forms.MultipleChoiceField(
        required=False,
        label="On which channels",
        help_text="None ticked: all of them.",
        widget=forms.CheckboxSelectMultiple(attrs=_TICK),
    )
    trigger = forms.ChoiceField(choices=StartTrigger.choices, label="Starts")
    starts_on = date_field("First day", "Of a signing: leave it empty until it is signed.")
    months = months_field("For so many months")
    ends_on = date_field("Or: last day", "That day is still included.")
    is_endless = forms.BooleanField(
        required=False, label="Or: without end", widget=forms.CheckboxInput(attrs=_TICK)
    )
    may_edit = forms.ChoiceField(choices=_SAID, required=False, label="May it be cut or changed?")
    credit = forms.CharField(
        max_length=200, required=False, label="Credit line", help_text="As in: photo by @anna"
    )
    is_exclusive = forms.BooleanField(
        required=False,
        label="Exclusive: nobody else may use it",
        widget=forms.CheckboxInput(attrs=_TICK),
    )
    given_by = forms.CharField(max_length=120, required=False, label="Given by")
    note = forms.CharField(
        max_length=NOTE_MAX,
        label="Where can it be seen?",
        help_text="A mail of a day, a form, a conversation.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    document = forms.FileField(
        required=False, label="Document", help_text="PDF, a picture or plain text."
    )

    def __init__(self, *args: Any, engagement: Engagement | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channels"].choices = list(channels().items())  # type: ignore[attr-defined]
        if engagement is None:
            del self.fields["deliverable"]
            self.fields["trigger"].choices = [  # type: ignore[attr-defined]
                (value, label)
                for value, label in StartTrigger.choices
                if value != StartTrigger.PUBLICATION
            ]
        else:
            pieces = Deliverable.objects.filter(engagement=engagement).order_by("pk")
            self.fields["deliverable"].queryset = pieces  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        """What a form is filled with to say the same again."""
        return {
            "usage": terms.usage,
            "territory": ", ".join(terms.territory) or WORLDWIDE,
            "channels": list(terms.channels),
            "trigger": terms.trigger,
            "starts_on": terms.starts_on,
            "months": terms.months,
            "ends_on": terms.ends_on,
            "is_endless": terms.is_endless,
            "may_edit": {None: "", True: "yes", False: "no"}[terms.may_edit],
            "credit": terms.credit,
            "is_exclusive": terms.is_exclusive,
        }

    def clean_territory(self) -> Any:
        """Everywhere is said, not left out."""
        found = self.cleaned_data["territory"]
        if found is None:
            raise forms.ValidationError(
                "Say in which countries, or write “worldwide” where it holds everywhere."
            )
        return found

    @property
    def terms(self) -> Terms:
        """What the services take."""
        data = self.cleaned_data
        return Terms(
            usage=Usage(data["usage"]),
            territory=data["territory"],
            channels=tuple(data["channels"]),
            trigger=StartTrigger(data["trigger"]),
            starts_on=data["starts_on"],
            months=data["months"],
            ends_on=data["ends_on"],
            is_endless=data["is_endless"],
            is_exclusive=data["is_exclusive"],
            may_edit={"": None, "yes": True, "no": False}[data["may_edit"]],
            credit=data["credit"],
        )


class RevokeForm(PlainForm):
    """From when on a right holds no more, and why."""

    on = forms.DateField(
        label="From this day on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day before is the last on which it holds.",
    )
    reason = forms.CharField(
        max_length=REASON_MAX, label="Why", help_text="Also where it was written down wrongly."
    )


class StartForm(PlainForm):
    """When the contract was signed."""

    on = forms.DateField(
        label="Signed on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class AskForm(PlainForm):
    """May we use it, here, on this channel, in this way, on this day?"""

    usage = forms.ChoiceField(choices=Usage.choices, label="For what")
    territory = CountriesField(label="Where")
    channel = forms.ChoiceField(required=False, label="On which channel")
    on = date_field("On, or from")
    until = date_field("Until", "Empty: that one day.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="ask_%s", **kwargs)
        found = [("", "Not said"), *channels().items()]
        self.fields["channel"].choices = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days are in order."""
        data = super().clean() or {}
        if data.get("on") and data.get("until") and data["until"] < data["on"]:
            self.add_error("until", "It would end before it begins.")
        return data

    def question(self, today: Any) -> Question:
        """What is asked; today, where no day was said."""
        data = self.cleaned_data
        return Question(
            usage=Usage(data["usage"]),
            on=data["on"] or today,
            until=data["until"],
            territory=data["territory"],
            channel=data["channel"] or None,
        )
