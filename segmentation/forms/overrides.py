"""Forcing somebody into a segment or out of it."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.models import Brand
from crm.styled import PlainForm
from segmentation.choices import OverrideKind
from segmentation.forms.fields import BrandMoment
from segmentation.services.overrides import REASON_MAX


class OverrideForm(PlainForm):
    """A decision that wins over the rule, with its reason and its end."""

    kind = forms.ChoiceField(
        label="Decision", choices=OverrideKind.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        max_length=REASON_MAX,
        label="Reason",
        help_text="Shown wherever somebody asks why the creator is here.",
    )

    def __init__(self, data: Any = None, *, brand: Brand, kind: str = "") -> None:
        super().__init__(data, initial={"kind": kind})
        self.fields["until"] = BrandMoment(
            zone=brand.timezone,
            label="Until",
            required=False,
            help_text="Then the rule decides again. Empty: until somebody withdraws it. "
            f"Time in {brand.timezone}.",
        )
        self.dress()
