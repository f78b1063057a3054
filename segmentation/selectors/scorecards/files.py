"""Scorecards and comparisons as rows of a file, and as the data of a PDF: one shape for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from crm.exports import About
from crm.models import Brand
from segmentation.metrics.catalogue import family_of
from segmentation.models import Scorecard
from segmentation.selectors.scorecards.card import ScorecardPage, targets_in
from segmentation.selectors.scorecards.comparison import Comparison
from segmentation.selectors.scorecards.lines import Line, cells_of, line_of
from segmentation.selectors.scorecards.standing import Standing, standing_of

HEAD = (
    "Segment",
    "Quarter",
    "Family",
    "Metric",
    "Key",
    "Value",
    "Unit",
    "95 % from",
    "95 % to",
    "Rests on",
    "Of what",
    "Creators",
    "All creators of the brand",
    "Change",
    "Change since",
    "Target",
    "Target reached",
    "Why there is no value",
    "Formula",
    "Source",
)


def rows_of_card(card: Scorecard) -> Iterator[list[object]]:
    """Every row of a scorecard, also those without a value."""
    targets = targets_in(card)
    for cell in cells_of(card):
        target = targets.get(cell["key"])
        standing = None if target is None else standing_of(cell, target)
        yield _row(card.segment.name, card.period, line_of(cell), standing)


def rows_of_comparison(comparison: Comparison) -> Iterator[list[object]]:
    """A line for each metric and segment."""
    for row in comparison.rows:
        for place in row.places:
            if place.line is not None:
                yield _row(place.name, comparison.period, place.line, place.target)


def about(brand: Brand, title: str, period: str, at: datetime, as_of: datetime | None) -> About:
    """What a workbook is."""
    return [
        ("Brand", brand.name),
        ("What", title),
        ("Quarter", period),
        ("Looked at up to", as_of),
        ("Written", at),
        ("Empty", "not known, or not counted by this metric; never zero"),
    ]


def pdf_of_card(page: ScorecardPage, brand: Brand) -> dict[str, Any]:
    """What templates/pdf/scorecard.typ reads, for one scorecard."""
    card = page.card
    sections = [("What it is judged by", page.kpis), *page.others]
    return {
        "title": f"{card.segment.dimension.name}: {card.segment.name}, {card.period}",
        "brand": brand.name,
        "purpose": card.segment.purpose,
        "span": _span(card),
        "as_of": card.as_of.isoformat(),
        "sections": [
            {
                "title": title,
                "words": [],
                "rows": [_pdf_row(row.line, row.line.name, row.target) for row in rows],
            }
            for title, rows in sections
            if rows
        ],
    }


def pdf_of_comparison(comparison: Comparison, brand: Brand, title: str) -> dict[str, Any]:
    """The same for a comparison: a section for each metric."""
    some = next(iter(comparison.cards.values()), None)
    return {
        "title": title,
        "brand": brand.name,
        "purpose": "",
        "span": "" if some is None else _span(some),
        "as_of": "" if some is None else some.as_of.isoformat(),
        "sections": [
            {
                "title": row.label,
                "words": row.words,
                "rows": [
                    _pdf_row(place.line, place.name, place.target)
                    for place in row.places
                    if place.line is not None
                ],
            }
            for row in comparison.rows
        ],
    }


def latest(cards: Sequence[Scorecard]) -> datetime | None:
    """The end of what was looked at, of several scorecards."""
    return max((card.as_of for card in cards), default=None)


def _row(segment: str, period: str, line: Line, target: Standing | None) -> list[object]:
    cell, change = line.cell, line.cell["change"]
    interval, benchmark = cell["interval"], cell["benchmark"]
    return [
        segment,
        period,
        family_of(line.metric).label,
        line.name,
        cell["key"],
        cell["value"],
        cell["unit"],
        interval and interval["low"],
        interval and interval["high"],
        cell["n"],
        cell["n_unit"],
        cell["n_creators"],
        benchmark and benchmark["value"],
        change and change["difference"],
        change and change["period"],
        target and target.target,
        target and target.words,
        cell["reason_if_absent"],
        cell["formula"],
        cell["source"],
    ]


def _pdf_row(line: Line, name: str, target: Standing | None) -> dict[str, str]:
    return {
        "name": name,
        "value": line.value or "not known",
        "interval": line.interval,
        "n": line.n if line.value else (line.cell["reason_if_absent"] or ""),
        "benchmark": line.benchmark,
        "change": line.change,
        "target": "" if target is None else f"{target.target_words}. {target.words}.",
    }


def _span(card: Scorecard) -> str:
    return f"{card.starts_at:%Y-%m-%d} to {card.as_of:%Y-%m-%d}"
