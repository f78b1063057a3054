"""What a creator asks for about their own data."""

from __future__ import annotations

from django import forms

from campaigns.choices import DataRequest
from campaigns.services.held import TEXT_MAX
from crm.styled import PlainForm

_SAYS = {
    DataRequest.COPY: "Send me a copy of it",
    DataRequest.CORRECT: "Something of it is wrong",
    DataRequest.ERASE: "Erase it",
}


class DataRequestForm(PlainForm):
    """What is wanted, and whatever else is to be said."""

    what = forms.TypedChoiceField(
        choices=list(_SAYS.items()), coerce=DataRequest, label="I ask you"
    )
    text = forms.CharField(
        max_length=TEXT_MAX,
        required=False,
        label="What we should know",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
