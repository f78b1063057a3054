"""Which tier schemes are looked at, and what counts as near a border."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.styled import PlainForm

NEAR_PERCENT = 10
NEAR = [(str(percent), f"{percent} %") for percent in (5, 10, 20)]


class TiersForm(PlainForm):
    """Two schemes and how near is near."""

    scheme = forms.ChoiceField(label="Scheme", required=False)
    other = forms.ChoiceField(label="beside", required=False)
    near = forms.ChoiceField(label="Near a border: within", choices=NEAR, required=False)
    period = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    def __init__(self, *args: Any, schemes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("scheme", "other"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = schemes
