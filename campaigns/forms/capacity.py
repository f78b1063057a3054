"""How many creators of each tier, with how many posts: what the capacity page works out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from campaigns.selectors.capacity import Line, Measure, Usual, Whole, Wish
from crm.styled import PlainForm

CREATORS_MAX, POSTS_MAX = 100_000, 1_000


class CapacityForm(PlainForm):
    """A wish for each tier; the cost of a post begins as what the brand's own offers say."""

    id_prefix = "capacity"

    measure = forms.ChoiceField(choices=Measure.choices, required=False, label="What a post brings")

    def __init__(self, data: Any, *, usual: Sequence[Usual], measure: Measure) -> None:
        super().__init__(data or None)
        self.usual = usual
        self.fields["measure"].initial = measure
        for one in usual:
            key, name = one.tier.key, one.tier.name
            self.fields[f"{key}_creators"] = forms.IntegerField(
                min_value=0, max_value=CREATORS_MAX, required=False, label=f"Creators of {name}"
            )
            self.fields[f"{key}_posts"] = forms.IntegerField(
                min_value=1,
                max_value=POSTS_MAX,
                required=False,
                initial=1,
                label=f"Posts of each creator of {name}",
            )
            self.fields[f"{key}_fee"] = forms.DecimalField(
                min_value=0,
                max_digits=12,
                decimal_places=2,
                required=False,
                initial=one.fee,
                label=f"Cost of a post of {name}",
            )
        self.dress()

    @property
    def rows(self) -> Iterator[tuple[Usual, Any, Any, Any]]:
        """A tier with its three fields."""
        for one in self.usual:
            key = one.tier.key
            yield one, self[f"{key}_creators"], self[f"{key}_posts"], self[f"{key}_fee"]

    @property
    def whole(self) -> Whole:
        """What the wishes come to; of a form that is valid."""
        said = self.cleaned_data
        return Whole(
            [
                Line(
                    one,
                    Wish(
                        said[f"{one.tier.key}_creators"] or 0,
                        said[f"{one.tier.key}_posts"] or 1,
                        said[f"{one.tier.key}_fee"],
                    ),
                )
                for one in self.usual
            ]
        )
