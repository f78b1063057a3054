"""A claim as it is written, which claims a list shows, and a text to look through."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import ClaimStatus
from campaigns.forms.campaigns import jurisdictions
from campaigns.models import Claim
from campaigns.services.claims_library import TEXT_MAX, VARIANTS_MAX, Wanted
from crm.styled import PlainForm

CHECK_MAX = 10_000


class ClaimForm(PlainForm):
    """One claim; its other wordings have a line each."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    text = forms.CharField(max_length=TEXT_MAX, label="Claim")
    variants = forms.CharField(
        required=False,
        max_length=VARIANTS_MAX * (TEXT_MAX + 2),
        label="Other words for it",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One on each line. heal* finds heals, healing and healed.",
    )
    status = forms.ChoiceField(choices=ClaimStatus.choices, label="May it be made")
    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Why, or what to say beside it",
        help_text="Creators read it in the brief. Needed where it is forbidden.",
    )
    evidence = forms.CharField(max_length=500, required=False, label="What shows that it is true")
    evidence_place = forms.CharField(max_length=300, required=False, label="Where that is kept")
    category = forms.CharField(max_length=80, required=False, label="Category")
    product = forms.CharField(
        max_length=120, required=False, label="Product", help_text="Empty: every product."
    )
    jurisdictions = forms.MultipleChoiceField(
        required=False,
        label="Holds in",
        help_text="None chosen: everywhere.",
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    valid_from = forms.DateField(
        required=False,
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_until = forms.DateField(
        required=False,
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, claim: Claim | None = None, **kwargs: Any) -> None:
        if claim is not None:
            kwargs["initial"] = {
                name: getattr(claim, name) for name in Wanted.__dataclass_fields__
            } | {"variants": "\n".join(claim.variants), "version": claim.version}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["jurisdictions"]
        field.choices = jurisdictions()

    @property
    def wanted(self) -> Wanted:
        """What the service takes."""
        data = {name: self.cleaned_data[name] for name in Wanted.__dataclass_fields__}
        return Wanted(**(data | {"variants": data["variants"].splitlines()}))


class ClaimsAsked(PlainForm):
    """Which claims the list shows."""

    status = forms.ChoiceField(
        choices=[("", "All"), *ClaimStatus.choices], required=False, label="May it be made"
    )
    q = forms.CharField(max_length=100, required=False, label="Words")


class CheckForm(PlainForm):
    """A text that somebody wants to publish."""

    text = forms.CharField(
        max_length=CHECK_MAX, label="A text", widget=forms.Textarea(attrs={"rows": 5})
    )
    jurisdiction = forms.ChoiceField(required=False, label="Published in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["jurisdiction"]
        field.choices = [("", "Everywhere"), *jurisdictions()]
