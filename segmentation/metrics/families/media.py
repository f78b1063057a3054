"""What the attention that was paid for is said to be worth (EMV), model by model, by segment.

None of the models is a fact: each is named, a row of its own, apart from revenue and from costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from campaigns.selectors.returns.pieces import PaidPiece
from campaigns.services.media_values.models import Counts, Model, value_of
from campaigns.services.media_values.sets import Models, models_of
from campaigns.services.rates.converting import Rates
from crm.choices import PostKind, Source
from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.families.returns import NOTHING_PUBLISHED, PIECES, pieces_of
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, Look, Tally, tallies

EMV = Metric(
    key="emv_per_post",
    label="Media value (EMV) of a post",
    question="What would a model of media value say that a post is worth?",
    formula=(
        "value of each count by a named model, added up over pieces published while a member / "
        "those pieces, in the brand's currency, over creators with pieces whose counts the model "
        "needs are known; a row for each model, and never added to revenue"
    ),
    version=1,
    numerator="media value by the model",
    denominator="pieces whose counts are known",
    basis="emv",
    unit=Unit.MONEY,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.LOG_RATIO,
    accepts=OF_POSTS,
    source="posts of campaigns and models of media value",
)
NO_MODEL = "No model of media value has the value of any action: enter your own under Payments."


def _measure(look: Look) -> dict[int, list[Found]]:
    models = models_of(look.brand)
    usable = [model for model in models.models if model.values]
    if not usable:
        none = [Found(metric=EMV, reason=NO_MODEL)]
        return dict.fromkeys(look.all_ids, none)
    pieces = look.once(pieces_of)
    arrays = _arrays(look, pieces, usable)
    known = tallies(look, PIECES, only="y <> 'NaN' AND w > 0", **arrays) if pieces else {}
    every = tallies(look, PIECES, only="true", **arrays) if pieces else {}
    return {
        key: [
            _row(
                look,
                model,
                models,
                known.get(key, {}).get(model.key, NO_TALLY),
                every.get(key, {}).get(model.key, NO_TALLY).n,
            )
            for model in usable
        ]
        for key in look.all_ids
    }


def _row(look: Look, model: Model, models: Models, tally: Tally, there: int) -> Found:
    reason = too_few(EMV, tally.sums.creators, "counts that the model needs known")
    return of_ratio(
        EMV,
        tally.sums,
        n=tally.n,
        n_unit="posts",
        part=model.key,
        label=f"EMV of a post by {model.name}, {look.brand.currency}",
        reason=reason if there else NOTHING_PUBLISHED,
        provenance=tally.provenance,
        inputs={
            "media_value": round(tally.sums.y, 2),
            "posts": tally.n,
            "posts_left_out": there - tally.n,
            "creators": tally.sums.creators,
            "model": f"{model.formula} ({models.words})",
            "model_source": model.source,
            "membership": "at the moment of each publication, from the membership ledger",
        },
    )


def _arrays(
    look: Look, pieces: Sequence[PaidPiece], models: Sequence[Model]
) -> dict[str, list[Any]]:
    """Each piece by each model as columns: its value in the brand's currency, NaN if not known."""
    here = look.brand.currency
    rates = Rates(
        look.brand,
        currencies=[here, *(model.currency for model in models)],
        days=[piece.published_at.date() for piece in pieces],
    )
    columns: dict[str, list[Any]] = {
        name: [] for name in ("creators", "moments", "parts", "told", "costs", "counts")
    }
    for piece in pieces:
        counts = Counts(piece.platform, piece.form == PostKind.STORY, piece.counts)
        for model in models:
            if piece.platform in model.not_on:
                continue
            found = value_of(model, counts)
            rate = rates.convert(Decimal(1), model.currency, here, piece.published_at.date())
            columns["creators"].append(piece.creator)
            columns["moments"].append(piece.published_at)
            columns["parts"].append(model.key)
            is_estimate = found is not None and found[1]
            columns["told"].append(Source.ESTIMATED.value if is_estimate else piece.source)
            columns["costs"].append(
                float("nan") if found is None or rate is None else float(found[0] * rate.rate)
            )
            columns["counts"].append(1.0)
    return columns


MEDIA = Family("media", "What the attention is said to be worth", (EMV,), _measure)
