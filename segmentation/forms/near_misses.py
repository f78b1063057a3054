"""Which near misses to show: of which segment, by what, and how near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from django import forms

from crm.sent import row_number
from segmentation.models import RunSegment, Segment
from segmentation.selectors.evidence import fact_label
from segmentation.selectors.names import full_name
from segmentation.selectors.near_misses import NearList


class Narrowing(TypedDict):
    """What is asked of `near_list`."""

    subject: str | None
    within: int | None


class NearForm(forms.Form):
    """By address. What cannot be understood narrows nothing: the choices depend on the segment."""

    def __init__(self, asked: Mapping[str, str], *, segments: Sequence[RunSegment]) -> None:
        """`segments` are those that the run looked at, in the order in which they are offered."""
        of_key = {row.segment.key: row.segment for row in segments}
        first = next(iter(of_key), "")
        key = asked.get("segment", first)
        self.segment: Segment | None = of_key.get(key, of_key.get(first))
        fact, within = asked.get("fact", ""), asked.get("within", "")
        self.narrowing = Narrowing(subject=fact or None, within=row_number(within))
        super().__init__(
            initial={
                "segment": self.segment.key if self.segment else "",
                "fact": fact,
                "within": within,
            }
        )
        self.fields["segment"] = _select(
            "Segment", "near-segment", [(one.key, full_name(one)) for one in of_key.values()]
        )

    def offer(self, asked: NearList | None) -> None:
        """Offer what the list can be narrowed to."""
        if asked is None:
            return
        facts = [(name, fact_label(name, asked.facts)) for name in asked.subjects]
        self.fields["fact"] = _select("By", "near-fact", [("", "Anything"), *facts])
        steps = [(str(step), f"{step} %") for step in asked.steps]
        self.fields["within"] = _select("Within", "near-within", steps)
        self.initial["within"] = str(asked.within)


def _select(label: str, name: str, choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "form-select", "id": name})
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=widget)
