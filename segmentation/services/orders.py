"""Have a run applied or rolled back by a worker: a large one takes longer than a page may.

What can be refused at once is refused at once, without waiting for a run that goes on; the worker
asks again, under the brand's lock. Until it is through, the run is what it was.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from crm.models import User
from segmentation.choices import OrderKind
from segmentation.models import Run, RunOrder
from segmentation.services import decisions, errands, notices, rollback
from segmentation.services.runs import RunRefused

# By name: tasks are above services.
TASK = "segmentation.tasks.carry_out_order"


@transaction.atomic
def order_application(
    *,
    run_id: int,
    actor: User | None,
    at: datetime,
    hold: Collection[str] = (),
    reason: str = "",
) -> RunOrder:
    """Have a change set that waits applied, but for the segments to `hold` (by key).

    Raises RunBusy, RunNotWaiting, RunTooEarly and HoldRefused.
    """
    run = decisions.run_to_decide(run_id)
    decisions.refuse_unless_applicable(run, hold)
    return _order(run, OrderKind.APPLY, actor=actor, at=at, reason=reason, hold=sorted(set(hold)))


@transaction.atomic
def order_rollback(*, run_id: int, actor: User | None, at: datetime, reason: str) -> RunOrder:
    """Have the newest applied run of its brand undone.

    Raises RunBusy, RunNotApplied, NotTheLastRun, and RunRefused without a reason.
    """
    run = decisions.run_to_decide(run_id)
    rollback.refuse_unless_last(run, reason)
    return _order(run, OrderKind.ROLL_BACK, actor=actor, at=at, reason=reason)


def carry_out(*, order_id: int, at: datetime) -> RunOrder | None:
    """Do what was ordered; safe to call twice. A refusal or a failure is told by the order,
    and by a mail to who gave it: they have left the page by then.
    """

    def obey(order: RunOrder) -> None:
        actor, run_id = order.requested_by, order.run_id
        if order.kind == OrderKind.APPLY:
            decisions.apply_run(
                run_id=run_id, actor=actor, at=at, hold=order.hold, reason=order.reason
            )
        else:
            rollback.roll_back_run(run_id=run_id, actor=actor, at=at, reason=order.reason)

    orders = RunOrder.objects.select_related("requested_by")
    return errands.carry_out(
        orders,
        errand_id=order_id,
        task=TASK,
        work=obey,
        refusals=(RunRefused,),
        tell=lambda order: notices.about_order(order.pk),
    )


def _order(
    run: Run,
    kind: OrderKind,
    *,
    actor: User | None,
    at: datetime,
    reason: str,
    hold: Collection[str] = (),
) -> RunOrder:
    order = RunOrder.objects.create(
        run=run,
        kind=kind,
        hold=list(hold),
        reason=reason.strip()[:300],
        requested_by=actor,
        requested_at=at,
    )
    errands.send(TASK, order)
    return order
