"""Files of conversions, codes that turn out to be somebody's, and shops that send orders."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import FeedSignature
from campaigns.models import ConversionFeed, PromoCode
from campaigns.services.conversions.feeds import FIELDS, PRESETS, Wanted
from campaigns.services.money import CURRENCIES
from crm.models import Brand
from crm.styled import PlainForm

LABELS = {
    "key": "Its number",
    "at": "When",
    "value": "Value",
    "currency": "Currency",
    "code": "Code",
    "click": "Click, or the address it led to",
    "link": "Short link",
    "is_new_customer": "Whether the customer is new",
    "kind": "Kind",
}


class FileForm(PlainForm):
    """A file, and the currency of its values where it has no such column."""

    file = forms.FileField(label="File", help_text="CSV or Excel, as your shop exports it.")
    currency = forms.ChoiceField(
        required=False,
        label="Currency",
        choices=[("", "The file says it"), *((code, code) for code in CURRENCIES)],
    )


class AdoptForm(PlainForm):
    """Which code of the brand a text is."""

    written = forms.CharField(max_length=80, widget=forms.HiddenInput)
    code = forms.ModelChoiceField(queryset=PromoCode.objects.none(), label="It is the code")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code: Any = self.fields["code"]
        code.queryset = PromoCode.objects.filter(brand=brand).order_by("code")


class FeedForm(PlainForm):
    """A shop: how it signs, and where in its messages what lies."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    name = forms.CharField(max_length=80, label="Name of the shop")
    signature = forms.ChoiceField(choices=FeedSignature.choices, label="How it signs")
    secret = forms.CharField(
        max_length=200,
        required=False,
        label="Secret",
        help_text="The one that your shop gives you. Empty: one is made, or it stays as it is.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    sample = forms.CharField(
        required=False,
        max_length=100_000,
        label="Try it: a message",
        help_text="Paste one message of your shop. Nothing of it is kept.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(
        self, *args: Any, feed: ConversionFeed | None = None, preset: str = "plain", **kwargs: Any
    ) -> None:
        pointers = feed.pointers if feed else PRESETS[preset]
        usual = FeedSignature.BODY if preset == "shopify" else FeedSignature.STAMPED
        kwargs["initial"] = {
            "version": feed.version if feed else 0,
            "name": feed.name if feed else "",
            "signature": feed.signature if feed else usual,
        } | {f"at_{name}": pointers.get(name, "") for name in FIELDS}
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[f"at_{name}"] = forms.CharField(
                max_length=300,
                required=name in {"key", "at"},
                label=LABELS[name],
                widget=forms.TextInput(attrs={"class": "form-control", "spellcheck": "false"}),
            )

    @property
    def pointers(self) -> dict[str, str]:
        """The places that are named."""
        found = {name: self.cleaned_data.get(f"at_{name}", "").strip() for name in FIELDS}
        return {name: pointer for name, pointer in found.items() if pointer}

    @property
    def wanted(self) -> Wanted:
        """What the service takes."""
        data = self.cleaned_data
        return Wanted(data["name"], data["signature"], data["secret"], self.pointers)
