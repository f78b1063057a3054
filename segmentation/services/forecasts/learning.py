"""Learn a brand's forecasts anew: a version of the model, and each creator's next piece.

A worker does it each night and when somebody asks; numpy comes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from django.db import connection

from crm.performance import planned_for
from segmentation.choices import Forecasted
from segmentation.forecasting.history import Floats
from segmentation.forecasting.learning import Learned, Told, learn, tell
from segmentation.forecasting.trial import Band, Errors, Trial, calibration, errors_of, try_out
from segmentation.models import ForecastModel
from segmentation.services.forecasts import expecting
from segmentation.services.forecasts.gathering import Part, parts_of

# Fewer creators with a piece, or fewer pieces, teach nothing.
LEAST_CREATORS, LEAST_PIECES = 20, 40
# An error of the trial that is kept for sums: so many steps from the lowest to the highest.
STEPS = 40
# Levels at which the picture of calibration looks.
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_COLUMNS = "relationship_id, platform, measure, model_id, low, middle, high, spread, own, parts"


def fill(model: ForecastModel, at: datetime) -> None:
    """Learn everything of the model's brand up to `at`, and tell each creator's next piece."""
    parts, absent = [], []
    with planned_for(None), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM segmentation_creatorforecast x USING crm_relationship r "
            "WHERE r.id = x.relationship_id AND r.brand_id = %s",
            [model.brand_id],
        )
        for part in parts_of(model.brand, at):
            if why := _too_little(part):
                absent.append({"measure": part.measure, "platform": part.platform, "why": why})
                continue
            learned = learn(part.history)
            errors = errors_of(part.history)
            trial = try_out(errors, model.level)
            told = tell(learned, part.history)
            _write(cursor, model, part, learned=learned, told=told, trial=trial)
            parts.append(_kept(part, learned, errors, trial))
    expecting.keep(model, at)
    model.as_of = at
    model.result = {"currency": model.brand.currency, "parts": parts, "absent": absent}
    model.save(update_fields=["as_of", "result"])


def _too_little(part: Part) -> str:
    creators = len(np.unique(part.history.creator))
    pieces = len(part.history.creator)
    if creators >= LEAST_CREATORS and pieces >= LEAST_PIECES:
        return ""
    what = {Forecasted.PRICE: "prices", Forecasted.ORDERS: "places in campaigns"}.get(
        part.measure, "posts"
    )
    return (
        f"{pieces} {what} of {creators} creators are known; it takes {LEAST_PIECES} of "
        f"{LEAST_CREATORS} creators."
    )


def _write(
    cursor: Any, model: ForecastModel, part: Part, *, learned: Learned, told: Told, trial: Trial
) -> None:
    ends = trial.ends(told.pieces)
    low, middle, high = (
        np.maximum(np.expm1(told.middle + ends[:, at] * told.spread), 0.0) for at in range(3)
    )
    factors = _factors(part, learned, told, ends)
    statement = f"COPY segmentation_creatorforecast ({_COLUMNS}) FROM STDIN"
    with cursor.cursor.copy(statement) as copy:
        for at, pk in enumerate(part.people):
            copy.write_row(
                (
                    pk,
                    part.platform,
                    part.measure.value,
                    model.pk,
                    float(low[at]),
                    float(middle[at]),
                    float(high[at]),
                    float(told.spread[at]),
                    int(told.pieces[at]),
                    orjson.dumps(next(factors)).decode(),
                )
            )


def _factors(
    part: Part, learned: Learned, told: Told, ends: Floats
) -> Iterator[list[dict[str, Any]]]:
    """Of each creator, what multiplies to what is told: base, followers, segments, own, usual."""
    base, slope, unknown = (float(one) for one in learned.weights[:3])
    followers = part.history.followers
    of_segments = [
        (f"segment:{name}", round(float(np.exp(weight)), 4))
        for name, weight in zip(learned.names, learned.weights[3:], strict=True)
    ]
    for at in range(len(part.people)):
        if np.isnan(followers[at]):
            size = unknown
        else:
            size = slope * (float(np.log1p(followers[at])) - learned.centre)
        found = [("base", float(np.exp(base))), ("followers", float(np.exp(size)))]
        found += [
            one for one, inside in zip(of_segments, part.history.groups[at], strict=True) if inside
        ]
        if told.pieces[at]:
            found.append(("own", float(np.exp(told.own[at]))))
        found.append(("usual", float(np.exp(ends[at, 1] * told.spread[at]))))
        yield [{"key": key, "factor": round(factor, 4)} for key, factor in found]


def _kept(part: Part, learned: Learned, errors: Errors, trial: Trial) -> dict[str, Any]:
    """A part of the model as it is kept."""
    scores, pieces = errors.scores, errors.pieces
    return {
        "measure": part.measure,
        "platform": part.platform,
        "creators": len(np.unique(part.history.creator)),
        "pieces": len(part.history.creator),
        "within": round(learned.moves.within, 4),
        "between": round(learned.moves.between, 4),
        "fades": round(learned.moves.fades, 4),
        "per_followers": round(float(learned.weights[1]), 4),
        "segments": {
            name: round(float(np.exp(weight)), 4)
            for name, weight in zip(learned.names, learned.weights[3:], strict=True)
        },
        "growth": [round(float(one), 4) for one in learned.growth],
        "trial": {
            "tried": trial.tried,
            "held": round(trial.held, 4),
            "factor": round(trial.factor, 4),
            "base_factor": round(trial.base_factor, 4),
            "plain_factor": round(trial.plain_factor, 4),
            "explained": round(trial.explained, 4),
            "bands": [_band(band, scores, pieces) for band in trial.bands],
            "calibration": [[level, round(held, 4)] for level, held in calibration(errors, LEVELS)],
        },
    }


def _band(band: Band, scores: Floats, pieces: Any) -> dict[str, Any]:
    inside = (pieces >= band.low) & (pieces <= (band.high or np.inf))
    if band.high == 0:
        inside = pieces == 0
    mine = scores[inside] if band.held is not None else scores
    return {
        "low": band.low,
        "high": band.high,
        "tried": band.tried,
        "held": band.held and round(band.held, 4),
        "factor": band.factor and round(band.factor, 4),
        "base_factor": band.base_factor and round(band.base_factor, 4),
        "errors": _steps(mine),
    }


def _steps(scores: Floats) -> Sequence[float]:
    return [round(float(one), 4) for one in np.quantile(scores, np.linspace(0, 1, STEPS + 1))]
