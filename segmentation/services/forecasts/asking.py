"""Have a brand's forecasts learned anew: each night, or because somebody asks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.models import Brand, User
from segmentation.choices import ErrandStatus
from segmentation.models import ForecastModel
from segmentation.services import errands
from segmentation.services.edits import EditRefused
from segmentation.services.forecasts import keeping

# By name: tasks are above services.
TASK = "segmentation.tasks.learn_forecasts"
# Versions that stay readable: what a forecast rested on a month ago.
KEPT = 30
LEVEL, LEAST_LEVEL, MOST_LEVEL = 0.8, 0.5, 0.95


@transaction.atomic
def ask(
    *, brand: Brand, actor: User | None, at: datetime, level: float | None = None
) -> ForecastModel:
    """Queue a new version; one that is queued already is given back.

    `level`: which share of outcomes intervals are to hold; None: as in the version before. Raises
    EditRefused.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    rows = ForecastModel.objects.filter(brand=brand)
    queued = rows.filter(status=ErrandStatus.QUEUED).first()
    newest = rows.order_by("-number").first()
    wanted = level if level is not None else newest.level if newest else LEVEL
    if not LEAST_LEVEL <= wanted <= MOST_LEVEL:
        raise EditRefused(
            f"An interval can hold {LEAST_LEVEL:.0%} to {MOST_LEVEL:.0%} of outcomes.",
            code="bad_level",
            field="level",
        )
    if queued is not None:
        if queued.level != wanted:
            raise EditRefused(
                "Forecasts are being learned just now: choose another interval afterwards.",
                code="under_way",
                field="level",
            )
        return queued
    number = (rows.aggregate(Max("number"))["number__max"] or 0) + 1
    model = ForecastModel.objects.create(
        brand=brand, number=number, level=wanted, requested_by=actor, requested_at=at
    )
    if actor is not None:
        audit.record(
            brand=brand,
            verb="segmentation.forecast.asked",
            target=model,
            actor=actor,
            at=at,
            data={"version": number, "level": wanted},
        )
    errands.send(TASK, model)
    return model


def learn(*, model_id: int, at: datetime) -> ForecastModel | None:
    """Learn a version that waits; safe to call twice."""
    done = errands.carry_out(
        ForecastModel.objects.select_related("brand"),
        errand_id=model_id,
        task=TASK,
        work=lambda model: _fill(model, at),
    )
    if done is not None and done.status == ErrandStatus.DONE:
        # A campaign that has begun is held against what was expected before anything came.
        keeping.keep_begun(brand=done.brand, at=at)
    return done


def ask_for_all(*, at: datetime) -> int:
    """Have the forecasts of all brands learned that know a creator; returns how many there are."""
    known = Brand.objects.filter(relationships__isnull=False)
    brands = list(known.distinct().order_by("pk"))
    for brand in brands:
        ask(brand=brand, actor=None, at=at)
    return len(brands)


def _fill(model: ForecastModel, at: datetime) -> None:
    # numpy comes with it: only a worker loads that.
    from segmentation.services.forecasts import learning  # noqa: PLC0415

    learning.fill(model, at)
    old = ForecastModel.objects.filter(brand=model.brand, number__lte=model.number - KEPT)
    old.exclude(status=ErrandStatus.QUEUED).delete()
