"""Papers of creators, counsel's signature, and what a brand adds to the rules."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import AdditionKind, AlertState, PaperKind, PaperState
from campaigns.disclosure.additions import REQUIREMENTS
from campaigns.forms.campaigns import jurisdictions
from campaigns.forms.offers import date_field
from campaigns.models import Permit
from campaigns.services.registers import packs as pack_service
from campaigns.services.registers.permits import Wanted
from crm.styled import PlainForm


class PermitForm(PlainForm):
    """One permit or entry in a register."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    jurisdiction = forms.ChoiceField(label="Where")
    kind = forms.ChoiceField(choices=PaperKind.choices, label="What")
    state = forms.ChoiceField(
        choices=PaperState.choices,
        label="Has the creator got it?",
        help_text="“Has none” is worth writing down: it says that somebody looked.",
    )
    number = forms.CharField(max_length=80, required=False, label="Number")
    valid_from = date_field("From")
    valid_until = date_field("Until", "Empty: without end, as far as you know.")
    checked_on = date_field("Compared with the public register on", "By you. Empty: not compared.")
    checked_at_url = forms.CharField(
        max_length=500, required=False, label="Address of that register"
    )
    note = forms.CharField(max_length=500, required=False, label="Remark")
    file = forms.FileField(
        required=False, label="The paper itself", help_text="A PDF or a picture, 25 MB at most."
    )

    def __init__(self, *args: Any, permit: Permit | None = None, **kwargs: Any) -> None:
        if permit is not None:
            names = (*Wanted.__dataclass_fields__, "version")
            kwargs["initial"] = {name: getattr(permit, name) for name in names}
        super().__init__(*args, **kwargs)
        where: Any = self.fields["jurisdiction"]
        where.choices = [("", "Choose"), *jurisdictions()]

    @property
    def wanted(self) -> Wanted:
        """What the service takes."""
        return Wanted(**{name: self.cleaned_data[name] for name in Wanted.__dataclass_fields__})


class PermitSheetForm(PlainForm):
    """A sheet of permits and entries in registers."""

    file = forms.FileField(
        label="The sheet",
        help_text="CSV or XLSX, 1,000 rows at most. All of it is taken, or nothing.",
    )


class AlertsAsked(PlainForm):
    """Which alerts a list shows."""

    state = forms.ChoiceField(choices=AlertState.choices, required=False, label="State")
    jurisdiction = forms.ChoiceField(required=False, label="Where")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["jurisdiction"]
        where.choices = [("", "Everywhere"), *jurisdictions()]


class PermitsAsked(PlainForm):
    """Which papers a list shows."""

    jurisdiction = forms.ChoiceField(required=False, label="Where")
    ends_within = forms.TypedChoiceField(
        choices=[("", "Any time"), ("7", "7 days"), ("30", "30 days"), ("60", "60 days")],
        coerce=int,
        empty_value=None,
        required=False,
        label="Ends within",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["jurisdiction"]
        where.choices = [("", "Everywhere"), *jurisdictions()]


class SignForm(PlainForm):
    """Counsel stands by the rules as they were shown."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    note = forms.CharField(
        max_length=1_000,
        required=False,
        label="Remark",
        help_text="What you compared them with, what you would watch.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AdditionForm(PlainForm):
    """A wording or a requirement beyond the pack."""

    kind = forms.ChoiceField(choices=AdditionKind.choices, label="What")
    text = forms.CharField(
        max_length=120,
        required=False,
        label="Wording",
        help_text="As people write it: #collab, or in Zusammenarbeit mit.",
    )
    variants = forms.CharField(
        max_length=2_500,
        required=False,
        label="Other spellings",
        help_text="One on each line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.CharField(
        max_length=8,
        required=False,
        label="Language of the wording",
        help_text="Two letters, as da. Empty: any.",
    )
    rule = forms.ChoiceField(
        choices=[("", "None"), *sorted(REQUIREMENTS.items(), key=lambda pair: pair[1])],
        required=False,
        label="Requirement",
    )
    starts_on = date_field("From", "Empty: today.")
    until = date_field("Until", "Empty: until you end it.")
    reason = forms.CharField(max_length=500, label="Why")

    @property
    def wanted(self) -> pack_service.Wanted:
        """What the service takes."""
        names = pack_service.Wanted.__dataclass_fields__
        data = {name: self.cleaned_data[name] for name in names}
        return pack_service.Wanted(**(data | {"variants": data["variants"].splitlines()}))
