"""Which part of an audience is to be closed, and who comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from crm.styled import PlainForm
from segmentation.choices import Forecasted
from segmentation.selectors.audiences import AudienceCoverage, country_name
from segmentation.selectors.candidates import MEASURES, Asked, Order

ORDERS = {Order.BRINGS: "brings most", Order.COST: "costs least for what it brings"}


class CandidatesForm(PlainForm):
    """A country and a platform of the audience, what counts, and the order."""

    country = forms.ChoiceField(label="Country", required=False)
    platform = forms.ChoiceField(label="Platform", required=False)
    measure = forms.ChoiceField(
        label="What counts",
        required=False,
        choices=[(one.value, one.label) for one in MEASURES],
    )
    order = forms.ChoiceField(
        label="First who",
        required=False,
        choices=[(one.value, words) for one, words in ORDERS.items()],
    )

    def __init__(self, data: Any, *, one: AudienceCoverage, names: Mapping[str, str]) -> None:
        super().__init__(data)
        audience = one.audience
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            ("", "all of the audience's" if audience.countries else "any"),
            *((code, country_name(code)) for code in audience.countries),
        ]
        self.fields["platform"].choices = [  # type: ignore[attr-defined]
            ("", "all of the audience's" if audience.platforms else "any"),
            *((key, names.get(key, key)) for key in audience.platforms),
        ]
        self.dress()

    def asked(self) -> Asked:
        """What was chosen; what was left out is as on a first visit."""
        found = self.cleaned_data
        return Asked(
            country=found["country"],
            platform=found["platform"],
            measure=Forecasted(found["measure"] or Forecasted.VIEWS),
            order=Order(found["order"] or Order.BRINGS),
        )
