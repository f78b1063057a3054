"""Forecasts as people read them: of a creator, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from crm.models import Brand, Creator, Platform
from segmentation.choices import ErrandStatus, Forecasted
from segmentation.models import CreatorForecast, ExpectedViews, ForecastModel, Segment

# What is made of an outcome that nobody can tell.
NOT_YET = "Nothing is forecast yet: it is learned each night, or when somebody asks."


@dataclass(frozen=True)
class Band:
    """How forecasts did for creators with `low` to `high` pieces of their own."""

    low: int
    high: int | None
    tried: int
    held: float | None
    factor: float | None
    base_factor: float | None
    errors: Sequence[float]

    @property
    def words(self) -> str:
        """ "none", "1 to 2", "10 and more"."""
        if self.high is None:
            return f"{self.low} and more"
        return "none" if self.high == 0 else f"{self.low} to {self.high}"


@dataclass(frozen=True)
class Part:
    """What was learned of a measure on a platform, and how its trial went."""

    measure: Forecasted
    platform: str
    creators: int
    pieces: int
    tried: int
    held: float
    factor: float
    base_factor: float
    plain_factor: float
    explained: float
    bands: Sequence[Band]
    calibration: Sequence[tuple[float, float]]
    segments: Mapping[str, float]

    def band(self, own: int) -> Band:
        """The one of a creator with `own` pieces."""
        return next(
            band
            for band in self.bands
            if band.low <= own and (band.high is None or own <= band.high)
        )


@dataclass(frozen=True)
class Standing:
    """The version that forecasts rest on, read once for a page."""

    model: ForecastModel
    parts: Mapping[tuple[str, str], Part]
    # (measure, platform) to why there is none.
    absent: Mapping[tuple[str, str], str]
    currency: str

    def part(self, forecast: CreatorForecast) -> Part | None:
        """What a forecast rests on."""
        return self.parts.get((forecast.measure, forecast.platform))


def models_of(brand: Brand) -> QuerySet[ForecastModel]:
    """The versions, the newest first."""
    return ForecastModel.objects.filter(brand=brand).order_by("-number")


def standing_of(brand: Brand) -> Standing | None:
    """The newest version that is learned; None: there is none."""
    model = models_of(brand).filter(status=ErrandStatus.DONE).first()
    if model is None:
        return None
    parts = {(one["measure"], one["platform"]): _part(one) for one in model.result.get("parts", [])}
    absent = {
        (one["measure"], one["platform"]): one["why"] for one in model.result.get("absent", [])
    }
    return Standing(model, parts, absent, model.result.get("currency", brand.currency))


def _part(stored: Mapping[str, Any]) -> Part:
    trial = stored["trial"]
    return Part(
        measure=Forecasted(stored["measure"]),
        platform=stored["platform"],
        creators=stored["creators"],
        pieces=stored["pieces"],
        tried=trial["tried"],
        held=trial["held"],
        factor=trial["factor"],
        base_factor=trial["base_factor"],
        plain_factor=trial["plain_factor"],
        explained=trial["explained"],
        bands=[Band(**one) for one in trial["bands"]],
        calibration=[(level, held) for level, held in trial["calibration"]],
        segments=stored["segments"],
    )


@dataclass(frozen=True)
class Told:
    """What a creator's next piece is expected to bring, with what answers "why?"."""

    forecast: CreatorForecast
    label: str
    platform: str
    part: Part | None
    band: Band | None
    # What it is made of, in words and as a factor; the base is a count.
    lines: Sequence[tuple[str, float]]


def of_creator(brand: Brand, creator: Creator, standing: Standing) -> list[Told]:
    """All forecasts of a creator; none for one who objects to profiling."""
    rows = CreatorForecast.objects.filter(
        relationship__brand=brand,
        relationship__creator=creator,
        relationship__unprofiled_at=None,
    )
    names = platform_names()
    segments = dict(Segment.objects.filter(brand=brand).values_list("key", "name"))
    order = list(Forecasted)
    found = []
    for row in sorted(rows, key=lambda row: (order.index(Forecasted(row.measure)), row.platform)):
        part = standing.part(row)
        found.append(
            Told(
                row,
                row.get_measure_display(),
                names.get(row.platform, row.platform),
                part,
                part.band(row.own) if part else None,
                [(in_words(one["key"], segments), one["factor"]) for one in row.parts],
            )
        )
    return found


def expected_views(brand: Brand, creator: Creator) -> QuerySet[ExpectedViews]:
    """What was expected from when until when, the newest first; none of who objects to profiling.

    What rules, scores and lists read (`expected_views`).
    """
    rows = ExpectedViews.objects.filter(
        relationship__brand=brand,
        relationship__creator=creator,
        relationship__unprofiled_at=None,
    )
    return rows.order_by("-told_at", "-pk")


_WORDS = {
    "base": "What everybody's pieces bring",
    "followers": "For their followers",
    "own": "For their own pieces so far",
    "usual": "What trials were usually off by",
}


def in_words(key: str, segments: Mapping[str, str]) -> str:
    """What a factor of a forecast stands for; `segments` are names by key."""
    if key.startswith("segment:"):
        name = key.removeprefix("segment:")
        return f"For being in {segments.get(name, name)}"
    return _WORDS[key]


def platform_names() -> dict[str, str]:
    """Platforms by key, as people call them."""
    return dict(Platform.objects.values_list("key", "name"))
