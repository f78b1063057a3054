"""What is said about an asset, and about where it is used."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import AiPart, AssetOrigin, Releases, Usage
from campaigns.forms.offers import date_field
from campaigns.forms.rights import CountriesField
from campaigns.models import Asset, Engagement
from campaigns.services.assets.library import TAGS_MAX, Facts, facts_with
from campaigns.services.assets.using import NOTE_MAX, REASON_MAX, Use
from campaigns.services.rights.channels import channels
from crm.models import Brand, Platform
from crm.styled import PlainForm

_NOT_SAID = [("", "Nobody said")]


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as people type them, with commas between."""
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part)


class _Place(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A creator's place in a campaign, called as both."""

    def label_from_instance(self, obj: Any) -> str:
        """Creator and campaign."""
        return f"{obj.relationship.creator.name}, {obj.campaign.name}"


class AssetForm(PlainForm):
    """A file or an address, and what is known about it."""

    file = forms.FileField(
        required=False,
        label="File",
        help_text="A picture, a film, a recording, a PDF or plain text, up to 300 MB.",
    )
    url = forms.CharField(
        max_length=500,
        required=False,
        label="Address of the post or page",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    title = forms.CharField(max_length=200, label="Title")
    origin = forms.ChoiceField(choices=AssetOrigin.choices, label="How it came to you")
    engagement = _Place(
        Engagement.objects.none(),
        required=False,
        label="Made by, in which campaign",
        empty_label="Not for a campaign",
    )
    made_by = forms.CharField(
        max_length=120,
        required=False,
        label="Made by",
        help_text="A customer's name, where it is not from a creator.",
    )
    platform = forms.ModelChoiceField(
        Platform.objects.all(), required=False, label="Platform", empty_label="None"
    )
    tags = forms.CharField(
        max_length=900,
        required=False,
        label="Tags",
        help_text=f"With commas between, {TAGS_MAX} at most.",
    )
    alt_text = forms.CharField(
        max_length=1_000,
        required=False,
        label="What is to be seen",
        help_text="For those who do not see it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ai_use = forms.ChoiceField(
        choices=[*_NOT_SAID, *AiPart.choices], required=False, label="Made by AI?"
    )
    releases = forms.ChoiceField(
        choices=[*_NOT_SAID, *Releases.choices], required=False, label="People shown"
    )
    people = forms.CharField(
        max_length=300,
        required=False,
        label="Who is shown",
        help_text="And where their release can be seen.",
    )

    def __init__(self, *args: Any, brand: Brand, asset: Asset | None = None, **kwargs: Any) -> None:
        # Ids of its own: an asset's page has three forms.
        super().__init__(*args, auto_id="about_%s", **kwargs)
        places = Engagement.objects.filter(campaign__brand=brand).select_related(
            "campaign", "relationship__creator"
        )
        self.fields["engagement"].queryset = places.order_by(  # type: ignore[attr-defined]
            "relationship__creator__name", "-pk"
        )
        self.asset = asset
        if asset is not None:
            del self.fields["file"]

    @classmethod
    def of(cls, asset: Asset) -> AssetForm:
        """The form as the asset is now."""
        names = ("url", "title", "origin", "made_by", "alt_text", "ai_use", "releases", "people")
        initial = {name: getattr(asset, name) for name in names}
        initial |= {"engagement": asset.engagement_id, "platform": asset.platform_id}
        initial |= {"tags": ", ".join(asset.tags)}
        return cls(brand=asset.brand, asset=asset, initial=initial)

    @property
    def facts(self) -> Facts:
        """What the services take; what the form does not ask stays as it is."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        data |= {"tags": tags_of(data["tags"]), "origin": AssetOrigin(data["origin"])}
        if self.asset is None:
            return Facts(**data)
        return facts_with(self.asset, **data)


class TagsForm(PlainForm):
    """Tags for several assets at once."""

    ids = forms.CharField(widget=forms.HiddenInput, required=False)
    tags = forms.CharField(max_length=400, label="Tags")
    act = forms.ChoiceField(choices=[("add", "Put on"), ("drop", "Take off")], required=False)


class UseForm(PlainForm):
    """Where it is used."""

    usage = forms.ChoiceField(choices=Usage.choices, label="For what")
    channel = forms.ChoiceField(label="On which channel")
    territory = CountriesField(label="Where")
    starts_on = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = date_field("Until", "Empty: until further notice.")
    url = forms.CharField(
        max_length=500,
        required=False,
        label="Link",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    note = forms.CharField(max_length=NOTE_MAX, required=False, label="Note")
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Why, if the rights do not allow it",
        help_text="Stays in the log; legal is told.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="use_%s", **kwargs)
        found = [("", "Choose"), *channels().items()]
        self.fields["channel"].choices = found  # type: ignore[attr-defined]

    def clean_territory(self) -> Any:
        """Everywhere is said, not left out."""
        found = self.cleaned_data["territory"]
        if found is None:
            raise forms.ValidationError("Say in which countries, or write “worldwide”.")
        return found

    @property
    def use(self) -> Use:
        """What the services take."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return Use(**data | {"usage": Usage(data["usage"])})
