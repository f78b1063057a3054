"""An audience: who they are, where they are, which creator segments are to reach them."""

from __future__ import annotations

from typing import Any

import pycountry
from django import forms
from django.core.validators import validate_slug

from crm.models import Brand, Platform
from crm.styled import PlainForm, lines
from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, Segment
from segmentation.services import audiences
from segmentation.services.edits import stamp


class AudienceForm(PlainForm):
    """People the brand wants to reach."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)
    name = forms.CharField(max_length=120, label="Name")
    description = forms.CharField(
        label="Who they are", required=False, widget=lines(), max_length=2_000
    )
    countries = forms.CharField(
        label="Countries",
        required=False,
        max_length=300,
        help_text="Two letters each, with commas: DK, SE. Empty: anywhere.",
    )
    platforms = forms.MultipleChoiceField(
        label="Platforms",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text="None chosen: any platform.",
    )
    wanted_creators = forms.IntegerField(
        label="Active creators wanted",
        min_value=1,
        max_value=audiences.MAX_WANTED,
        help_text="As many cover the audience; with fewer it is thin, with none it is a gap.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    segments = forms.MultipleChoiceField(
        label="Reached by these creator segments",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(
        self, data: Any = None, *, brand: Brand, audience: AudienceSegment | None = None
    ) -> None:
        found = audience or AudienceSegment()
        initial: dict[str, Any] = {
            "name": found.name,
            "description": found.description,
            "countries": ", ".join(found.countries),
            "platforms": found.platforms,
            "wanted_creators": found.wanted_creators,
        }
        if audience is not None:
            initial["seen"] = stamp(audience, audiences.FIELDS)
            initial["segments"] = list(audience.segments.values_list("key", flat=True))
        super().__init__(data, initial=initial)
        names = Platform.objects.order_by("position", "key").values_list("key", "name")
        self.fields["platforms"].choices = list(names)  # type: ignore[attr-defined]
        in_use = Segment.objects.filter(brand=brand).exclude(status=SegmentStatus.ARCHIVED)
        self.fields["segments"].choices = [  # type: ignore[attr-defined]
            (segment.key, f"{segment.dimension.name}: {segment.name}")
            for segment in in_use.select_related("dimension").order_by(
                "dimension__position", "dimension_id", "position", "key"
            )
        ]
        if audience is None:
            self.fields["key"] = forms.CharField(
                max_length=60,
                validators=[validate_slug],
                label="Key",
                help_text="Short name in addresses and files: letters, digits, - and _.",
            )
            self.order_fields(["seen", "name", "key"])
        self.dress()

    def clean_countries(self) -> list[str]:
        """Two letters each; what is no country is named."""
        codes = [code.strip().upper() for code in self.cleaned_data["countries"].split(",")]
        for code in filter(None, codes):
            if pycountry.countries.get(alpha_2=code) is None:
                raise forms.ValidationError(f"{code} is no country: write two letters, as DK.")
        return list(dict.fromkeys(filter(None, codes)))

    def changes(self) -> dict[str, Any]:
        """The values as the service takes them, without the segments."""
        return {
            name: self.cleaned_data[name] for name in audiences.FIELDS if name in self.cleaned_data
        }
