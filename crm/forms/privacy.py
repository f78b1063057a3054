"""Requests about data, and what is done for them."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.choices import RequestKind, RequestOrigin, RequestStatus
from crm.forms.base import PlainForm
from crm.models import Brand, Relationship
from crm.selectors import relationships_of
from crm.services.privacy import erasing, requests
from crm.styled import lines

_BY_HAND = [one for one in RequestOrigin.choices if one[0] != RequestOrigin.PORTAL]


class RequestForm(PlainForm):
    """What somebody asked, by mail, on the phone or in a letter."""

    kind = forms.TypedChoiceField(
        choices=RequestKind.choices, coerce=RequestKind, label="What they ask for"
    )
    who = forms.CharField(
        max_length=requests.NAME_MAX,
        label="Who asks",
        help_text="The creator's handle, e-mail address or name as you have it; else any name.",
    )
    origin = forms.TypedChoiceField(choices=_BY_HAND, coerce=RequestOrigin, label="How it came")
    received_on = forms.DateField(
        label="On which day", widget=forms.DateInput(attrs={"type": "date"})
    )
    text = forms.CharField(
        max_length=requests.TEXT_MAX, required=False, label="In their words", widget=lines()
    )

    def __init__(self, brand: Brand, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brand = brand

    def whom(self) -> Relationship | None:
        """The one creator of the brand who goes by what was written; None: nobody, or several."""
        said = self.cleaned_data["who"].strip().removeprefix("@")
        rows = relationships_of(self.brand).select_related("brand", "creator")
        for column, value in (
            ("creator__profiles__handle", said.lower()),
            ("creator__contact_points__value", said.lower()),
            ("creator__name__iexact", said),
        ):
            asked = rows.filter(**{column: value})
            if column.startswith("creator__contact"):
                asked = asked.filter(creator__contact_points__brand=self.brand)
            found = list(asked.distinct()[:2])
            if len(found) == 1:
                return found[0]
        return None


class IdentityForm(PlainForm):
    """How it is known that who asks is who they say."""

    id_prefix = "identity"
    how = forms.CharField(
        max_length=requests.REASON_MAX,
        label="How you know that it is them",
        help_text="E.g. they answered from the address we have. Ask for no copy of a passport.",
    )


class ExtendForm(PlainForm):
    """More time, which the law gives once."""

    id_prefix = "extend"
    months = forms.TypedChoiceField(
        choices=[(1, "One month more"), (2, "Two months more")], coerce=int, label="How much longer"
    )
    because = forms.CharField(
        max_length=requests.REASON_MAX,
        label="Why",
        help_text="The person has to be told, within the first month.",
    )


class CloseForm(PlainForm):
    """What came of it."""

    id_prefix = "close"
    status = forms.TypedChoiceField(
        choices=[one for one in RequestStatus.choices if one[0] != RequestStatus.OPEN],
        coerce=RequestStatus,
        label="It was",
    )
    outcome = forms.CharField(
        max_length=requests.OUTCOME_MAX, label="What they were answered", widget=lines(2)
    )


class EraseForm(PlainForm):
    """The last question before there is no way back."""

    id_prefix = "erase"
    reason = forms.CharField(
        max_length=erasing.REASON_MAX,
        label="Why they are erased",
        help_text="Kept in the ledger: name nobody here.",
    )
    is_sure = forms.BooleanField(label="I have read what goes. There is no way back.")


class LiftForm(PlainForm):
    """Why somebody may be used again."""

    id_prefix = "lift"
    because = forms.CharField(max_length=300, label="Why it is lifted")
