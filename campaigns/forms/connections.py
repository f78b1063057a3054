"""A connection as somebody found it out, that there is none, and why a row should not stand."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.forms.offers import currency_field, date_field, money_field
from campaigns.models import ConnectionEntry
from campaigns.models.connections import TIE_KINDS
from campaigns.services.connections.noting import Tie
from campaigns.services.registers.facts import STATED
from crm.styled import PlainForm

UNKNOWN = [("", "Not known"), ("yes", "Yes"), ("no", "No")]
_AS_BOOL = {"yes": True, "no": False}
_AS_WORD = {True: "yes", False: "no", None: ""}


class TieForm(PlainForm):
    """One connection; with a row, one that takes its place and says why."""

    kind = forms.ChoiceField(label="What ties them")
    source = forms.CharField(
        max_length=500, label="How you know", help_text="A mail, a post, who said so."
    )
    on = date_field("Since, or received on", "Empty: nobody knows.")
    ended_on = date_field("Ended on", "From the next day on it ties no more.")
    value = money_field("Worth", "Without VAT. Empty: nobody knows.")
    currency = currency_field()
    aim = forms.CharField(
        max_length=120,
        required=False,
        label="What it was for",
        help_text="The campaign or aim: what is for the same is added up.",
    )
    advertiser = forms.CharField(
        max_length=120,
        required=False,
        label="From whom, if not from your brand",
        help_text="Worth knowing, but no connection to you: checks leave it out.",
    )
    influence = forms.ChoiceField(
        choices=UNKNOWN, required=False, label="Has the giver a say in the content?"
    )
    written_contract = forms.ChoiceField(
        choices=UNKNOWN, required=False, label="Is there a written contract?"
    )
    evidence = forms.CharField(
        max_length=500, required=False, label="Where that is kept", help_text="A file, a link."
    )
    reason = forms.CharField(max_length=500, label="What changed, or was wrong")

    def __init__(self, *args: Any, row: ConnectionEntry | None = None, **kwargs: Any) -> None:
        if row is not None:
            names = [name for name in Tie.__dataclass_fields__ if name != "currency"]
            kwargs["initial"] = {name: getattr(row, name) for name in names} | {
                "currency": row.currency,
                "influence": _AS_WORD[row.influence],
                "written_contract": _AS_WORD[row.written_contract],
            }
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", "Choose"), *TIE_KINDS]
        currency: Any = self.fields["currency"]
        currency.choices = [("", "None"), *currency.choices[1:]]
        if row is None:
            del self.fields["reason"]

    @property
    def tie(self) -> Tie:
        """What the service takes."""
        data = {name: self.cleaned_data[name] for name in Tie.__dataclass_fields__}
        for name in ("influence", "written_contract"):
            data[name] = _AS_BOOL.get(data[name])
        return Tie(**data)


class NoneForm(PlainForm):
    """That somebody looked, and there is none."""

    on = date_field("On")
    source = forms.CharField(
        max_length=500, label="Where you looked", help_text="Who was asked, which files."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].required = True


class ReasonForm(PlainForm):
    """Why."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    reason = forms.CharField(max_length=500, label="Why")


class FactForm(PlainForm):
    """One thing that the rules ask about a person."""

    key = forms.ChoiceField(choices=[(key.value, key.label) for key in STATED], label="What")
    value = forms.CharField(
        max_length=120,
        required=False,
        label="So it is",
        help_text="Yes or no, a number, two letters of a country. Empty: not known any more.",
    )
    on = date_field("On", "Empty: today.")
    source = forms.CharField(max_length=500, label="Who says so")
