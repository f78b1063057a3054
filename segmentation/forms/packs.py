"""Whether and how a pack's newer wording is taken over."""

from __future__ import annotations

from django import forms

from crm.styled import PlainForm


class AdoptForm(PlainForm):
    """Why, and whether it is in use from the next run or waits as a draft."""

    reason = forms.CharField(label="Reason", max_length=300, required=False)
    use = forms.ChoiceField(
        label="The newer wording",
        choices=[("now", "is in use from the next run"), ("draft", "is kept as a draft")],
        required=False,
    )
