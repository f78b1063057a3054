"""How a creator is reached, through whom, and where parcels go."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.choices import AgentRole, ContactKind, ContactPurpose, LawfulBasis
from crm.countries import COUNTRIES
from crm.forms.base import PlainForm
from crm.models import Agent, Brand, ContactPoint, PostalAddress
from crm.services.contacts import REASON_MAX

_BASES = [("", "Nobody said"), *LawfulBasis.choices]


class GivenForm(PlainForm):
    """Where personal data comes from, and why it may be used."""

    basis = forms.ChoiceField(choices=_BASES, required=False, label="Why we may use it")
    found_in = forms.CharField(
        max_length=120, required=False, label="Where it was found", help_text="E.g. link in bio."
    )
    given_by = forms.CharField(
        max_length=120, required=False, label="Who gave it", help_text="E.g. she herself."
    )


class AboutContactForm(GivenForm):
    """What an address is for."""

    purpose = forms.ChoiceField(choices=ContactPurpose.choices, label="For")
    valid_from = forms.DateField(
        required=False,
        label="Valid from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("kind", "value", "purpose", "basis", "found_in", "given_by", "valid_from")

    @classmethod
    def of(cls, contact: ContactPoint) -> AboutContactForm:
        """As it is now."""
        return cls(
            initial={name: getattr(contact, name) for name in cls.base_fields},
            prefix=f"contact{contact.pk}",
        )


class ContactForm(AboutContactForm):
    """Another address or number."""

    kind = forms.ChoiceField(choices=ContactKind.choices, label="Kind")
    value = forms.CharField(max_length=254, label="Address or number")


class BarForm(forms.Form):
    """Whether an address may be used; an empty reason allows it."""

    reason = forms.CharField(max_length=REASON_MAX, required=False)


class AddressForm(GivenForm):
    """Where parcels go."""

    recipient = forms.CharField(max_length=200, label="Recipient")
    street = forms.CharField(
        max_length=300, label="Street and number", widget=forms.Textarea(attrs={"rows": 2})
    )
    postal_code = forms.CharField(max_length=20, required=False, label="Postal code")
    city = forms.CharField(max_length=120, label="City")
    region = forms.CharField(max_length=120, required=False, label="Region")
    country = forms.ChoiceField(choices=[("", "Not known"), *COUNTRIES], label="Country")
    phone = forms.CharField(max_length=60, required=False, label="Phone for the carrier")
    field_order = ("recipient", "street", "postal_code", "city", "region", "country", "phone")

    @classmethod
    def of(cls, address: PostalAddress | None) -> AddressForm:
        """As it is now."""
        if address is None:
            return cls(prefix="address")
        return cls(
            initial={name: getattr(address, name) for name in cls.base_fields}, prefix="address"
        )


class AgentForm(GivenForm):
    """Somebody who speaks for creators: one we know, or a new one."""

    agent = forms.ModelChoiceField(
        Agent.objects.none(), required=False, label="Known agent", empty_label="Somebody new"
    )
    name = forms.CharField(max_length=200, required=False, label="Name")
    company = forms.CharField(max_length=200, required=False, label="Company")
    role = forms.ChoiceField(choices=AgentRole.choices, label="Role")
    emails = forms.CharField(
        required=False, label="E-mail addresses", help_text="Several are parted by commas."
    )
    phone = forms.CharField(max_length=60, required=False, label="Phone")
    in_copy = forms.BooleanField(required=False, label="Put them in copy of mails")
    field_order = ("agent", "name", "company", "role", "emails", "phone", "in_copy")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        """`brand` says which agents are known."""
        super().__init__(*args, **kwargs)
        known = Agent.objects.filter(brand=brand)
        self.fields["agent"].queryset = known  # type: ignore[attr-defined]

    def clean_emails(self) -> list[str]:
        """A list."""
        return [part.strip() for part in self.cleaned_data["emails"].replace(";", ",").split(",")]

    def clean(self) -> dict[str, Any]:
        """Somebody new has a name."""
        data = super().clean() or {}
        if not data.get("agent") and not data.get("name"):
            self.add_error("name", "Choose a known agent, or say what the new one is called.")
        return data
