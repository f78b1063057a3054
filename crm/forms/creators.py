"""Creators, how the brand stands with them, and notes."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms

from crm.choices import CreatorType, Stage
from crm.countries import COUNTRIES
from crm.forms.base import PlainForm, Styled
from crm.models import Brand, Creator, Platform, Relationship, User
from crm.selectors import people_of
from crm.services.notes import NOTE_MAX
from crm.services.relationships import NEXT_STEP_MAX, REASON_MAX

MAX_FOLLOWERS = 10**12
_COUNTRIES = [("", "Not known"), *COUNTRIES]
_ZONES = [("", "Not known"), *((name, name) for name in sorted(available_timezones()))]


class NewCreatorForm(PlainForm):
    """A creator by hand, with the account that they are known by."""

    name = forms.CharField(max_length=200, label="Name")
    platform = forms.ModelChoiceField(Platform.objects.all(), label="Platform", empty_label=None)
    handle = forms.CharField(
        max_length=500, label="Handle", help_text="Or the address of the profile."
    )
    followers = forms.IntegerField(
        min_value=0,
        max_value=MAX_FOLLOWERS,
        required=False,
        label="Followers",
        help_text="As of today, if you know it.",
    )
    country = forms.ChoiceField(choices=_COUNTRIES, required=False, label="Country")
    email = forms.EmailField(
        required=False, label="E-mail", help_text="Seen by your brand only.", max_length=254
    )


class NewProfileForm(PlainForm):
    """Another account of a creator, or a newer count of a known one."""

    platform = forms.ModelChoiceField(Platform.objects.all(), label="Platform", empty_label=None)
    handle = forms.CharField(max_length=500, label="Handle or address")
    followers = forms.IntegerField(
        min_value=0, max_value=MAX_FOLLOWERS, required=False, label="Followers today"
    )


class CreatorForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """What is known of a creator as a person."""

    country = forms.ChoiceField(choices=_COUNTRIES, required=False, label="Country")
    timezone = forms.ChoiceField(
        choices=_ZONES,
        required=False,
        label="Time zone",
        help_text="Mails go out by it. Where nobody said, the country's is taken.",
    )
    is_celebrity = forms.NullBooleanField(
        required=False,
        label="Celebrity",
        widget=forms.Select(choices=[("unknown", "Nobody said"), ("true", "Yes"), ("false", "No")]),
        help_text="A celebrity is in the celebrity tier whatever the count.",
    )

    class Meta:
        model = Creator
        fields = [
            "name",
            "creator_type",
            "country",
            "language",
            "timezone",
            "profession",
            "is_celebrity",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["creator_type"].choices = CreatorType.choices  # type: ignore[attr-defined]
        self.dress()


class RelationshipForm(PlainForm):
    """How the brand stands with the creator: stage, owner, next step. One save for all three."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    stage = forms.ChoiceField(choices=Stage.choices, label="Stage")
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Reason",
        help_text="Needed to and from lapsed and declined.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Owner", empty_label="Nobody"
    )
    next_step = forms.CharField(max_length=NEXT_STEP_MAX, required=False, label="Next step")
    next_step_on = forms.DateField(
        required=False,
        label="By",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        """`brand` says who can be the owner."""
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, relationship: Relationship) -> RelationshipForm:
        """The form as the relationship is now."""
        return cls(
            brand=relationship.brand,
            initial={
                "version": relationship.version,
                "stage": relationship.stage,
                "owner": relationship.owner_id,
                "next_step": relationship.next_step,
                "next_step_on": relationship.next_step_on,
            },
        )

    def clean(self) -> dict[str, Any]:
        """A day without a step is a slip."""
        data = super().clean() or {}
        if data.get("next_step_on") and not data.get("next_step"):
            self.add_error("next_step", "Say what is to be done by that day.")
        return data


class MoveForm(forms.Form):
    """A move on the board."""

    to = forms.ChoiceField(choices=Stage.choices)
    reason = forms.CharField(max_length=REASON_MAX, required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class NoteForm(PlainForm):
    """A note."""

    text = forms.CharField(
        max_length=NOTE_MAX,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": ""}),
        help_text="@ names a colleague and tells them.",
    )


class NewNoteForm(NoteForm):
    """A note, and who may read it."""

    is_restricted = forms.BooleanField(
        required=False, label="Restricted: read by me, legal and admins only"
    )
