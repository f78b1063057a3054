"""Which brands have a fiscal quarter that began and was not yet run."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, models

from crm.models import Brand
from segmentation.choices import RunStatus, Trigger
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import Run
from segmentation.services.runs import NothingToRun, start_run

# A queued run that nobody has taken for so long has lost its message, and one that runs for so long
# its worker (a task is stopped after an hour); asking twice does no harm.
FORGOTTEN_AFTER = timedelta(minutes=15)
LOST_AFTER = timedelta(hours=2)


def quarter_starts(brand: Brand, quarters: int, *, until: datetime) -> list[datetime]:
    """When the last `quarters` fiscal quarters of `brand` began, oldest first.

    The last is the quarter of `until`. A ledger with a past is built from runs as of these.
    """
    calendar = calendar_of(brand)
    present = quarter_of(until, calendar)
    return [
        quarter_bounds(present.shift(-back), calendar).start for back in reversed(range(quarters))
    ]


def start_due_runs(*, at: datetime) -> list[Run]:
    """Queue a run for each brand whose current fiscal quarter has none; returns the new runs.

    Quarters that were missed while nothing was running are caught up by this one run. Two
    schedulers at once are harmless: the database allows one quarterly run per brand and quarter.
    """
    started = [_start_if_due(brand, at) for brand in Brand.objects.order_by("pk")]
    return [run for run in started if run is not None]


def forgotten_runs(*, at: datetime) -> list[int]:
    """Runs that nobody took, or whose worker is gone: to be executed after all."""
    queued = models.Q(status=RunStatus.QUEUED, created_at__lt=at - FORGOTTEN_AFTER)
    lost = models.Q(status=RunStatus.RUNNING, started_at__lt=at - LOST_AFTER)
    return list(Run.objects.filter(queued | lost).order_by("pk").values_list("pk", flat=True))


def _start_if_due(brand: Brand, at: datetime) -> Run | None:
    quarter = str(quarter_of(at, calendar_of(brand)))
    if Run.objects.filter(brand=brand, trigger=Trigger.QUARTERLY, quarter=quarter).exists():
        return None
    try:
        return start_run(brand=brand, as_of=at, at=at, trigger=Trigger.QUARTERLY, quarter=quarter)
    except NothingToRun:
        return None
    except IntegrityError as error:
        if "segmentation_one_run_a_quarter" not in str(error):
            raise
        return None
