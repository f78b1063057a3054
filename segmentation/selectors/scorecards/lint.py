"""What is wrong with KPI sets: the same for every job, or of numbers that nobody can measure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from crm.models import Brand
from segmentation.metrics.catalogue import PART_SEPARATOR
from segmentation.models import Scorecard, Segment
from segmentation.selectors.scorecards.index import segments_in_use
from segmentation.selectors.scorecards.lines import cells_of, label_of
from segmentation.services.kpis import kpi_set

# With fewer segments one set for all of them says nothing.
ALIKE_FROM = 3


@dataclass(frozen=True)
class Finding:
    """Something about a segment's KPIs that wants a person; no segment: it is about all."""

    segment: Segment | None
    words: str


def findings(brand: Brand, period: str) -> list[Finding]:
    """What is wrong with the KPI sets of the segments in use, in a quarter. Two statements."""
    segments = segments_in_use(brand)
    cards = {
        card.segment_id: card
        for card in Scorecard.objects.filter(segment__in=segments, period=period)
    }
    found = _alike(segments)
    for segment in segments:
        if segment.pk in cards:
            found += _unmeasured(segment, cards[segment.pk])
    return found


def findings_of(segment: Segment) -> list[Finding]:
    """The same of one segment, by its newest scorecard. One statement."""
    card = Scorecard.objects.filter(segment=segment).order_by("-period").first()
    return [] if card is None else _unmeasured(segment, card)


def _alike(segments: list[Segment]) -> list[Finding]:
    """One set for all: whole dimensions of sizes are alike by their nature, so by dimension."""
    if len(segments) < ALIKE_FROM:
        return []
    counted = Counter(tuple(sorted(kpi_set(segment))) for segment in segments)
    ((_, most),) = counted.most_common(1)
    if most < len(segments):
        return []
    return [
        Finding(
            None,
            f"All {most} segments have the same KPIs. Segments with different jobs need different "
            "ones: whoever teaches is not to be judged by what they sell.",
        )
    ]


def _unmeasured(segment: Segment, card: Scorecard) -> list[Finding]:
    cells = cells_of(card)
    found = []
    for key in kpi_set(segment):
        rows = [
            cell
            for cell in cells
            if cell["key"] == key or cell["key"].startswith(key + PART_SEPARATOR)
        ]
        if not rows:
            words = "has no row in the scorecard yet: compute it again."
        elif all(row["value"] is None for row in rows):
            words = f"cannot be measured with what is known. {rows[0]['reason_if_absent'] or ''}"
        else:
            continue
        found.append(Finding(segment, f"{label_of(key)} {words.strip()} ({card.period})"))
    return found
