"""Requests about data, and what is done for them."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.choices import RequestKind, RequestOrigin, RequestStatus, RetentionPurpose
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


class ToldForm(PlainForm):
    """How those who are overdue were told."""

    id_prefix = "told"
    note = forms.CharField(
        max_length=300, label="How they were told", help_text="E.g. a mail of 3 May to all of them."
    )


class PolicyForm(PlainForm):
    """What holds for all personal data of the brand."""

    contract_years = forms.IntegerField(
        min_value=0,
        max_value=30,
        label="Years that contracts outlive an erasure",
        help_text="As your law asks you to keep them. 0: they are erased with the rest.",
    )
    exempt_reason = forms.CharField(
        max_length=500,
        required=False,
        label="Why people are not told one by one",
        widget=lines(),
        help_text="Empty: they are. A disproportionate effort has to be weighed, and written down.",
    )
    exempt_url = forms.URLField(
        max_length=300,
        required=False,
        assume_scheme="https",
        label="Where everybody can read it",
    )


class NoticeTextForm(PlainForm):
    """What first mails say in one language."""

    id_prefix = "text"
    language = forms.CharField(max_length=10, label="Language", help_text="Its code: en, de, da …")
    text = forms.CharField(
        max_length=2_000,
        required=False,
        label="Text",
        widget=lines(4),
        help_text="Who you are, what you keep and why, where it is from, for how long, their "
        "rights. Empty: first mails say nothing in this language.",
    )


class RetentionForm(PlainForm):
    """Months for each purpose; an empty field keeps it as long as it likes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in RetentionPurpose:
            self.fields[f"{purpose}_months"] = forms.IntegerField(
                min_value=1, max_value=240, required=False, label=f"{purpose.label}: months"
            )
            self.fields[f"{purpose}_automatic"] = forms.BooleanField(
                required=False, label="without a yes each time"
            )
        self.dress()

    def rules(self) -> list[tuple[RetentionPurpose, int | None, bool]]:
        """As the service takes them."""
        said = self.cleaned_data
        return [
            (purpose, said[f"{purpose}_months"], said[f"{purpose}_automatic"])
            for purpose in RetentionPurpose
        ]

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Months and tick of each purpose."""
        return [
            (self[f"{purpose}_months"], self[f"{purpose}_automatic"])
            for purpose in RetentionPurpose
        ]
