"""What a gift is, and what is said when it takes a step."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.forms.offers import currency_field, date_field, money_field
from campaigns.models import Gift
from campaigns.services.gifts import NOTE_MAX, Details, Step
from crm.models import Brand, User
from crm.selectors import people_of
from crm.styled import PlainForm


class GiftForm(PlainForm):
    """What it is, what it is worth, who sees to it."""

    product = forms.CharField(max_length=200, label="Product")
    variant = forms.CharField(
        max_length=120, required=False, label="Variant", help_text="Size, colour, flavour."
    )
    value = money_field("Value", "What it is worth: a gift is a material connection.")
    currency = currency_field()
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Seen to by", empty_label="Nobody yet"
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, gift: Gift) -> GiftForm:
        """The form as the gift is now."""
        names = ("product", "variant", "value", "currency")
        initial = {name: getattr(gift, name) for name in names}
        return cls(brand=gift.brand, initial=initial | {"owner": gift.owner_id})

    @property
    def details(self) -> Details:
        """What the services take."""
        return Details(**self.cleaned_data)


class StepForm(PlainForm):
    """What can be said with a step; a page shows what belongs to it."""

    on = date_field("On", "Today, unless it was earlier.")
    carrier = forms.CharField(max_length=60, required=False, label="Carrier")
    tracking = forms.CharField(max_length=120, required=False, label="Tracking number")
    post_url = forms.CharField(
        max_length=500,
        required=False,
        label="Address of the post",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    note = forms.CharField(max_length=NOTE_MAX, required=False, label="Note")

    @property
    def step(self) -> Step:
        """What the services take."""
        return Step(**self.cleaned_data)
