"""A virtual creator as a brand knows it, and the people whom it is like."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import BasedOn, DignityView, LikenessPart, PaperState
from campaigns.forms.offers import date_field
from campaigns.models import Likeness, VirtualCreator
from campaigns.services.registers.virtual import Person, Wanted
from crm.styled import PlainForm, lines

_UNKNOWN = ("", "Not known")
_AS_BOOL = {"yes": True, "no": False}
_AS_WORD = {True: "yes", False: "no", None: ""}


def _version() -> forms.IntegerField:
    return forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )


class VirtualForm(PlainForm):
    """What is to be known of the character."""

    version = _version()
    owner = forms.CharField(
        max_length=200,
        required=False,
        label="Owner or studio",
        help_text="Who runs the character and signs for it.",
    )
    contact_name = forms.CharField(max_length=120, required=False, label="Whom you write to there")
    contact_email = forms.CharField(max_length=254, required=False, label="Their e-mail address")
    is_ai_made = forms.ChoiceField(
        choices=[_UNKNOWN, ("yes", "Yes"), ("no", "No: drawn, animated or played by people")],
        required=False,
        label="Is it made by AI?",
    )
    based_on = forms.ChoiceField(
        choices=[_UNKNOWN, *BasedOn.choices],
        required=False,
        label="Whom is it modelled on?",
        help_text="Face, voice, body or story of anybody who lives or lived.",
    )
    ip_owner = forms.CharField(
        max_length=200, required=False, label="Who holds the rights in the character"
    )
    ip_terms = forms.CharField(
        max_length=500, required=False, label="What you may do with it", widget=lines(2)
    )
    ip_until = date_field("Until", "Empty: without end, as far as you know.")
    dignity = forms.ChoiceField(
        choices=[("", "Nobody looked"), *DignityView.choices],
        required=False,
        label="Does it respect the people it is like?",
        help_text="No caricature of a group, no body nobody can have, nobody's work used unpaid.",
    )
    dignity_note = forms.CharField(
        max_length=500, required=False, label="What you found", widget=lines(2)
    )

    def __init__(self, *args: Any, virtual: VirtualCreator | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"version": 0}
        if virtual is not None:
            names = (*Wanted.__dataclass_fields__, "version")
            initial = {name: getattr(virtual, name) for name in names}
            initial["is_ai_made"] = _AS_WORD[virtual.is_ai_made]
        super().__init__(*args, **{"initial": initial} | kwargs)

    @property
    def wanted(self) -> Wanted:
        """What the service takes."""
        data = {name: self.cleaned_data[name] for name in Wanted.__dataclass_fields__}
        return Wanted(**data | {"is_ai_made": _AS_BOOL.get(data["is_ai_made"])})


class LikenessForm(PlainForm):
    """Somebody whom the character is like, and their consent."""

    version = _version()
    person = forms.CharField(max_length=200, label="Who")
    parts = forms.MultipleChoiceField(
        choices=LikenessPart.choices,
        label="What the character has of them",
        widget=forms.CheckboxSelectMultiple,
    )
    consent = forms.ChoiceField(
        choices=[
            ("", "Nobody asked"),
            (PaperState.HELD, "They consented"),
            (PaperState.NONE, "They did not consent"),
        ],
        required=False,
        label="Did they consent?",
    )
    scope = forms.CharField(
        max_length=500, required=False, label="To what", help_text="Platforms, countries, goods."
    )
    valid_from = date_field("From")
    valid_until = date_field("Until", "Empty: without end, as far as you know.")
    file = forms.FileField(
        required=False,
        label="The consent itself",
        help_text="A PDF or a picture, 25 MB at most.",
    )

    def __init__(self, *args: Any, likeness: Likeness | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        if likeness is not None:
            names = (*Person.__dataclass_fields__, "version")
            initial = {name: getattr(likeness, name) for name in names}
        super().__init__(*args, **{"initial": initial} | kwargs)

    @property
    def wanted(self) -> Person:
        """What the service takes."""
        return Person(**{name: self.cleaned_data[name] for name in Person.__dataclass_fields__})
