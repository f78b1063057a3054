"""A stored report of attribution, as pages, files and tools read it: with today's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.attribution.agreement import Agreement, compare, in_words
from campaigns.attribution.events import Key
from campaigns.attribution.formulas import FORMULAS, Formula, Model
from campaigns.attribution.results import Attribution, Credit
from campaigns.attribution.settings import Settings
from crm.models import Creator
from segmentation.models import AttributionReport, Dimension, Segment

SHOWN, DRAWN = 50, 15
GONE = "A creator who is gone"


@dataclass(frozen=True, slots=True)
class Share:
    """What one model says of one creator or segment; `conversions` None: the model cannot say."""

    formula: Formula
    conversions: float | None
    value: float | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A creator or a segment under every model, in the order of the catalogue."""

    key: Key
    name: str
    uid: str
    shares: tuple[Share, ...]
    role: Mapping[str, float]

    @property
    def assisted(self) -> float:
        """Conversions with them on the way, but not last."""
        return self.role.get("introduced", 0.0) + self.role.get("influenced", 0.0)

    @property
    def known(self) -> list[float]:
        """The shares of the models that can say."""
        return [one.share for one in self.shares if one.share is not None]


@dataclass(frozen=True, slots=True)
class Table:
    """A dimension: its segments under every model, and what is outside of all of them."""

    name: str
    lines: tuple[Line, ...]
    outside: tuple[float | None, ...]
    counted_again: float


@dataclass(frozen=True, slots=True)
class Page:
    """A report that was computed."""

    report: AttributionReport
    counts: Mapping[str, Any]
    formulas: tuple[Formula, ...]
    parameters: Mapping[Model, str]
    absent: tuple[tuple[Formula, str], ...]
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    words: tuple[str, ...]
    agreement: Agreement

    @property
    def chart(self) -> dict[str, Any]:
        """From the lowest to the highest share that a model gives; the dot is last touch."""
        first = self.lines[:DRAWN]
        return {
            "type": "forest",
            "unit": "fraction",
            "x": [line.name for line in first],
            "series": [
                {
                    "name": "Last touch, and from the lowest to the highest model",
                    "data": [line.shares[0].share for line in first],
                    "low": [min(line.known, default=None) for line in first],
                    "high": [max(line.known, default=None) for line in first],
                }
            ],
        }


def read(report: AttributionReport) -> Page:
    """All of a report: three queries (creators, segments, dimensions)."""
    models = report.found["models"]
    answers = [_answer(stored) for stored in models]
    keys = [credit["key"] for stored in models for credit in stored["credits"]]
    names = names_of(keys)
    agreement = compare(answers)
    roles = {role["key"]: role for role in report.found["roles"]}
    by_key = _by_key(models)
    lines = sorted(
        (
            Line(key, *names.get(key, (GONE, "")), _shares(models, by_key, key), roles.get(key, {}))
            for key in dict.fromkeys(keys)
        ),
        key=lambda line: (-max(line.known, default=0.0), line.name),
    )
    return Page(
        report=report,
        counts=report.found["counts"],
        formulas=tuple(answer.formula for answer in answers),
        parameters={answer.formula.model: answer.parameters for answer in answers},
        absent=tuple(
            (answer.formula, answer.reason_if_absent)
            for answer in answers
            if answer.reason_if_absent is not None
        ),
        lines=tuple(lines),
        tables=tuple(_tables(report)),
        words=in_words(agreement, lambda key: names.get(key, (GONE, ""))[0]),
        agreement=agreement,
    )


def names_of(keys: Sequence[Key]) -> dict[Key, tuple[str, str]]:
    """The names of creators and where their pages are."""
    rows = Creator.objects.filter(pk__in={key for key in keys if isinstance(key, int)})
    return {pk: (name, str(uid)) for pk, name, uid in rows.values_list("pk", "name", "uid")}


@dataclass(frozen=True, slots=True)
class Way:
    """The creators whom people met, in order, and what came of it for all who went this way."""

    names: tuple[str, ...]
    conversions: float
    lost: float
    value: float | None


def ways(report: AttributionReport, creator: int) -> list[Way]:
    """The ways over a creator that most people went who converted."""
    stored = report.paths.get(str(creator), [])
    names = names_of([key for way in stored for key in way["creators"]])
    return [
        Way(
            tuple(names.get(key, (GONE, ""))[0] for key in way["creators"]),
            way["conversions"],
            way["lost"],
            way["value"],
        )
        for way in stored
    ]


def settings_in_words(settings: Settings) -> list[tuple[str, str]]:
    """What a report was computed with."""
    return [
        ("Window", _length(settings.window.total_seconds())),
        ("Visit", _length(settings.visit.total_seconds())),
        ("Codes against links", settings.code_rule.label),
        (
            "After a conversion",
            "People begin anew" if settings.fresh_start else "Earlier touches still count",
        ),
        (
            "Position-based",
            f"First {settings.first_share * 100:g} %, last {settings.last_share * 100:g} %",
        ),
        ("Half-life of time decay", _length(settings.half_life.total_seconds())),
    ]


def columns() -> tuple[str, ...]:
    """The columns of the file."""
    models = [formula.label for formula in FORMULAS.values()]
    return (
        "creator",
        *(f"{label}, conversions" for label in models),
        *(f"{label}, value" for label in models),
        *(f"{label}, share" for label in models),
        "assisted",
        "alone",
        "closed",
        "introduced",
        "influenced",
    )


def rows(page: Page) -> Iterator[tuple[object, ...]]:
    """The report as rows of a file: one a creator."""
    for line in page.lines:
        role = line.role
        yield (
            line.name,
            *(one.conversions for one in line.shares),
            *(one.value for one in line.shares),
            *(one.share for one in line.shares),
            line.assisted,
            *(role.get(name, 0.0) for name in ("alone", "closed", "introduced", "influenced")),
        )


def _answer(stored: Mapping[str, Any]) -> Attribution:
    formula = FORMULAS[Model(stored["model"])]
    return Attribution(
        formula=formula,
        parameters=stored["parameters"],
        conversions=stored["conversions"],
        valued=stored["valued"],
        value=stored["value"],
        credits=tuple(
            Credit(one["key"], one["conversions"], one["value"], one["share"])
            for one in stored["credits"]
        ),
        reason_if_absent=stored["reason"],
    )


def _by_key(models: Sequence[Mapping[str, Any]]) -> list[dict[Key, Mapping[str, Any]]]:
    return [{one["key"]: one for one in stored["credits"]} for stored in models]


def _shares(
    models: Sequence[Mapping[str, Any]], credits_: Sequence[Mapping[Key, Any]], key: Key
) -> tuple[Share, ...]:
    found = []
    for stored, by_key in zip(models, credits_, strict=True):
        model, credit = FORMULAS[Model(stored["model"])], by_key.get(key)
        if stored["reason"] is not None:
            found.append(Share(model, None, None, None, None, None))
        elif credit is None:
            found.append(Share(model, 0.0, None, 0.0, None, None))
        else:
            low, high = credit.get("interval") or (None, None)
            found.append(
                Share(model, credit["conversions"], credit["value"], credit["share"], low, high)
            )
    return tuple(found)


def _tables(report: AttributionReport) -> Iterator[Table]:
    stored = report.found["dimensions"]
    dimensions = dict(Dimension.objects.filter(brand=report.brand_id).values_list("key", "name"))
    segments = dict(Segment.objects.filter(brand=report.brand_id).values_list("key", "name"))
    for one in stored:
        keys = dict.fromkeys(
            credit["key"] for model in one["models"] for credit in model["credits"]
        )
        by_key = _by_key(one["models"])
        lines = [
            Line(key, segments.get(key, str(key)), "", _shares(one["models"], by_key, key), {})
            for key in keys
        ]
        yield Table(
            name=dimensions.get(one["dimension"], one["dimension"]),
            lines=tuple(sorted(lines, key=lambda line: (-max(line.known, default=0.0), line.name))),
            outside=tuple(
                None if model["reason"] is not None else model["outside"] for model in one["models"]
            ),
            counted_again=max((model["counted_again"] for model in one["models"]), default=0.0),
        )


def _length(seconds: float) -> str:
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds and seconds % size == 0:
            number = int(seconds // size)
            return f"{number:,} {word}{'' if number == 1 else 's'}"
    return f"{seconds:g} seconds"
