"""What a brand writes on its public page, and its publication."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.models import PublicPolicy
from campaigns.services.public_policies import CONTROLLER_MAX, TEXT_MAX, Wanted
from crm.styled import PlainForm, lines

_MARKS = "Lines with # are headings, lines with - a list."


class PublicPolicyForm(PlainForm):
    """What the brand itself says; the rest comes from its settings."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    controller = forms.CharField(
        max_length=CONTROLLER_MAX,
        required=False,
        label="Who answers for the data",
        help_text="The company with its address.",
        widget=lines(3),
    )
    contact_email = forms.CharField(
        max_length=254,
        required=False,
        label="Where people write to",
        help_text="An address of e-mail.",
    )
    disclosure = forms.CharField(
        max_length=TEXT_MAX,
        required=False,
        label="What you add about advertising",
        help_text=_MARKS,
        widget=lines(4),
    )
    more = forms.CharField(
        max_length=TEXT_MAX,
        required=False,
        label="What you add at the end",
        help_text=_MARKS,
        widget=lines(4),
    )

    def __init__(self, *args: Any, policy: PublicPolicy, **kwargs: Any) -> None:
        names = (*Wanted.__dataclass_fields__, "version")
        initial = {name: getattr(policy, name) for name in names}
        super().__init__(*args, **{"initial": initial} | kwargs)

    @property
    def wanted(self) -> Wanted:
        """What the service takes."""
        return Wanted(**{name: self.cleaned_data[name] for name in Wanted.__dataclass_fields__})


class PublishForm(PlainForm):
    """The page as it was shown."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
