"""What no segment has a number of yet: entries with their formulas, always absent, with the reason.

An entry that cannot be measured stays in the catalogue, so that nobody takes a gap for a zero, and
so that its name and formula are settled before the first number comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found
from segmentation.metrics.look import Look


def _entry(
    key: str, label: str, question: str, *, parts: tuple[str, str], basis: str, source: str
) -> Metric:
    numerator, denominator = parts
    return Metric(
        key=key,
        label=label,
        question=question,
        formula=f"{numerator} / {denominator}",
        version=1,
        numerator=numerator,
        denominator=denominator,
        basis=basis,
        unit=Unit.FRACTION,
        better=Better.HIGHER,
        minimum_n=5,
        method=Method.SHARE,
        accepts=OF_POSTS,
        source=source,
    )


_NO_SERIES = "Daily numbers are the brand's as a whole: no segment has a share of its own in them."

_WHY: Mapping[Metric, str] = {
    _entry(
        "brand_search_lift",
        "Lift of brand search",
        "How many more look for the brand, against a control?",
        parts=("searches against before", "the same of control days, less one"),
        basis="days",
        source="daily series",
    ): _NO_SERIES,
    _entry(
        "direct_lift",
        "Lift of direct traffic",
        "How many more come straight to the shop, against a control?",
        parts=("direct visits against before", "the same of control days, less one"),
        basis="days",
        source="daily series",
    ): _NO_SERIES,
}


def _measure(look: Look) -> dict[int, Sequence[Found]]:
    rows = [Found(metric=metric, reason=why) for metric, why in _WHY.items()]
    return dict.fromkeys(look.all_ids, rows)


UNTOLD = Family("untold", "Not told yet", tuple(_WHY), _measure)
