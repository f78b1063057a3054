"""What a creator asks for about their own data."""

from __future__ import annotations

from django import forms

from crm.choices import RequestKind
from crm.services.privacy.requests import TEXT_MAX
from crm.styled import PlainForm

_SAYS = {
    RequestKind.ACCESS: "Send me a copy of it",
    RequestKind.RECTIFICATION: "Something of it is wrong",
    RequestKind.ERASURE: "Erase it",
    RequestKind.MARKETING: "Write to me no more to advertise",
    RequestKind.PROFILING: "Do not sort or score me",
    RequestKind.RESTRICTION: "Keep it, and use it for nothing",
}


class DataRequestForm(PlainForm):
    """What is wanted, and whatever else is to be said."""

    what = forms.TypedChoiceField(
        choices=list(_SAYS.items()), coerce=RequestKind, label="I ask you"
    )
    text = forms.CharField(
        max_length=TEXT_MAX,
        required=False,
        label="What we should know",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
