"""Search words: a list from a file or by hand, for which campaign, and what points to the brand."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import WordLanguage
from campaigns.models import Brief, Campaign
from crm.models import Brand
from crm.styled import PlainForm, lines


class KeywordListForm(PlainForm):
    """A list that is to be made."""

    id_prefix = "list"

    name = forms.CharField(max_length=120, label="Name")
    language = forms.ChoiceField(
        choices=WordLanguage.choices,
        initial=WordLanguage.ENGLISH,
        label="Language",
        help_text="By its rules endings are the same word: shoe and shoes.",
    )
    file = forms.FileField(
        required=False,
        label="File",
        help_text="CSV or XLSX with query, and volume and intent where they are known.",
    )
    words = forms.CharField(
        required=False,
        widget=lines(4),
        max_length=50_000,
        label="Or by hand",
        help_text="A search on each line. What is not known of them stays unknown.",
    )

    def clean(self) -> dict[str, Any]:
        """Either a file or words."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(said.get("file")) == bool(said.get("words", "").strip()):
            self.add_error("file", "Give a file, or write searches below: one of the two.")
        return said


class AssignForm(PlainForm):
    """For which campaign words are; without a choice of words: the whole list."""

    id_prefix = "assign"

    campaign = forms.ModelChoiceField(Campaign.objects.none(), label="Campaign", empty_label=None)
    brief = forms.ModelChoiceField(
        Brief.objects.none(),
        required=False,
        label="Brief",
        empty_label="All of the campaign",
        help_text="Only where one segment is to write them.",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.filter(brand=brand).order_by("-starts_on", "name")
        briefs = Brief.objects.filter(campaign__brand=brand).select_related("campaign")
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        self.fields["brief"].queryset = briefs  # type: ignore[attr-defined]
        self.fields["brief"].label_from_instance = (  # type: ignore[attr-defined]
            lambda one: f"{one.campaign.name}: {one.segment_name or 'all creators'}"
        )


class SearchForm(PlainForm):
    """What points to the brand."""

    id_prefix = "search"

    hosts = forms.CharField(
        required=False,
        widget=lines(3),
        max_length=6_000,
        label="Your sites",
        help_text="A host on each line: shop.example. What is below it counts as well.",
    )
    accounts = forms.CharField(
        required=False,
        widget=lines(3),
        max_length=3_000,
        label="Your accounts",
        help_text="A name on each line, as it stands behind the @.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def clean_hosts(self) -> list[str]:
        """One from each line."""
        return _lines(self.cleaned_data["hosts"])

    def clean_accounts(self) -> list[str]:
        """One from each line."""
        return _lines(self.cleaned_data["accounts"])


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
