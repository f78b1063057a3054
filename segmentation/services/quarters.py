"""Which runs are due: a fiscal quarter began, a month, or a moment of a cron expression.

Whatever was missed while nothing was running is caught up by one run, as of now.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, models

from crm.models import Brand
from segmentation.choices import Cadence, RunStatus, Trigger
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import Dimension, Run, SegmentVersion
from segmentation.services import sessions
from segmentation.services.cadences import last_slot
from segmentation.services.runs import NothingToRun, start_run

# So long a brand's first run is left to people: once one is applied, the ledger has begun, and no
# history can be built before it any more.
FIRST_RUN_AFTER = timedelta(days=1)
# A queued run that nobody has taken for so long has lost its message; asking twice does no harm.
FORGOTTEN_AFTER = timedelta(minutes=15)
# Between marking a run as running and taking its lock.
LOST_AFTER = timedelta(minutes=1)


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
    """Queue the runs that are due; returns the new ones.

    A brand whose current fiscal quarter has none gets one for all dimensions that are looked at by
    quarter, and each dimension with a cadence of its own one of its own. A new brand has a day in
    which people build its history, or run it themselves. Two schedulers at once are harmless: the
    database allows one run per brand and quarter, and per dimension and moment.
    """
    brands = [brand for brand in Brand.objects.order_by("pk") if not _is_new(brand, at)]
    started = [_start_quarter(brand, at) for brand in brands]
    dimensions = Dimension.objects.filter(
        brand__in=brands, cadence__in=[Cadence.MONTHLY, Cadence.CRON]
    )
    started += [
        _start_slot(dimension, at)
        for dimension in dimensions.select_related("brand").order_by("pk")
    ]
    return [run for run in started if run is not None]


def forgotten_runs(*, at: datetime) -> list[int]:
    """Runs that nobody took, or whose worker is gone: to be executed after all, in this order."""
    queued = models.Q(status=RunStatus.QUEUED, created_at__lt=at - FORGOTTEN_AFTER)
    running = models.Q(status=RunStatus.RUNNING, started_at__lt=at - LOST_AFTER)
    found = list(Run.objects.filter(queued | running).order_by("pk"))
    taken = sessions.alive(found)
    return [run.pk for run in found if run.pk not in taken]


def _start_quarter(brand: Brand, at: datetime) -> Run | None:
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


def _is_new(brand: Brand, at: datetime) -> bool:
    """Whether nothing was ever run, and the first segment came into use only just now."""
    if Run.objects.filter(brand=brand, is_dry=False).exists():
        return False
    versions = SegmentVersion.objects.filter(
        segment__brand=brand, activated_at__lte=at - FIRST_RUN_AFTER
    )
    return not versions.exists()


def _start_slot(dimension: Dimension, at: datetime) -> Run | None:
    """Start a run of the dimension unless it was looked at since it was last due."""
    slot = last_slot(dimension, at)
    if slot is None:
        return None
    of_all = models.Q(dimension=None, trigger=Trigger.MANUAL, brand=dimension.brand)
    looked = (of_all | models.Q(dimension=dimension)) & models.Q(is_dry=False, created_at__gte=slot)
    came_to_nothing = models.Q(status__in=[RunStatus.FAILED, RunStatus.CANCELLED])
    for_slot = models.Q(dimension=dimension, trigger=Trigger.SCHEDULE, slot=slot)
    if Run.objects.filter(looked & ~came_to_nothing | for_slot).exists():
        return None
    try:
        return start_run(
            brand=dimension.brand,
            as_of=at,
            at=at,
            trigger=Trigger.SCHEDULE,
            dimension=dimension,
            slot=slot,
        )
    except NothingToRun:
        return None
    except IntegrityError as error:
        if "segmentation_one_run_a_slot" not in str(error):
            raise
        return None
