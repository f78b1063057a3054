"""Measure all families for a period: what scorecards are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from crm.models import Brand
from segmentation.metrics.catalogue import FAMILIES
from segmentation.metrics.found import Found
from segmentation.metrics.look import LEDGER, WHOLE_BRAND, looking

Rows = Mapping[str, Found]


@dataclass(frozen=True)
class Measured:
    """The rows of each segment by key, and those of the brand's whole base."""

    segments: Mapping[int, Rows]
    whole: Rows


def measure(
    *,
    brand: Brand,
    segment_ids: Collection[int],
    start: datetime,
    until: datetime,
    stays: str = LEDGER,
    kept_to: datetime | None = None,
) -> Measured:
    """Measure each segment, and the whole base, for the moments start <= t < until.

    `stays` names the table of who was where when, by default the membership ledger; `kept_to` is
    the end of a quarter of which is kept what it is added up from. The number of statements does
    not depend on the number of segments or creators.
    """
    rows: dict[int, dict[str, Found]] = defaultdict(dict)
    with looking(
        brand=brand,
        segment_ids=segment_ids,
        start=start,
        until=until,
        stays=stays,
        kept_to=kept_to,
    ) as look:
        for family in FAMILIES:
            for key, found in family.measure(look).items():
                rows[key].update((row.key, row) for row in found)
    return Measured(
        segments={key: rows[key] for key in segment_ids},
        whole=rows[WHOLE_BRAND],
    )
