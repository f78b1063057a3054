"""A run's change set: written, and applied at once or kept until a person approves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from crm import audit
from crm.models import Brand, User
from crm.performance import planned_for
from crm.services.promised_tasks import promise
from segmentation.choices import ChangeKind, RunStatus, SegmentStatus, Trigger
from segmentation.models import Run, RunSegment, Segment
from segmentation.services import counting, evaluation, ledger, notices, sessions
from segmentation.services.drift import alerts as drift_alerts
from segmentation.services.evaluation import Plan, norms
from segmentation.services.scores import counting as scores

# By name: tasks are above services.
SCORECARD_TASK = "segmentation.tasks.refresh_scorecards"
# A run as of so long ago at most brings facts to where they stand today.
_OF_TODAY = timedelta(days=1)


def last_applied(brand: Brand, *, but_facts: bool = False) -> Run | None:
    """The applied run with the latest `as_of`, or None; without those of single creators."""
    applied = Run.objects.filter(brand=brand, status=RunStatus.APPLIED)
    if but_facts:
        applied = applied.exclude(trigger=Trigger.FACTS)
    return applied.order_by("-as_of", "-pk").first()


def ledger_moment(brand: Brand) -> datetime | None:
    """The latest moment at which the ledger was written: it only moves forward from there.

    That of the last applied run, or of a run rolled back since.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest("
            "(SELECT max(as_of) FROM segmentation_run "
            "WHERE brand_id = %(brand)s AND status = %(applied)s), "
            "(SELECT max(rolled_back_at) FROM segmentation_run "
            "WHERE brand_id = %(brand)s AND rolled_back_at IS NOT NULL))",
            {"brand": brand.pk, "applied": RunStatus.APPLIED},
        )
        moment: datetime | None = cursor.fetchone()[0]
    return moment


def settle(run: Run, plan: Plan, *, actor: User | None, at: datetime) -> None:
    """Write the change set of `run_diff`, and apply it unless it moves too many or is dry.

    The caller has made the diff (run.moved says how many move) and saves the run. Raises
    RunCancelled when somebody asked for that in the meantime.
    """
    # What follows from changed facts was asked for by nobody, and nobody watches it.
    is_watched = run.trigger != Trigger.FACTS
    if is_watched:
        sessions.enter(run, sessions.WRITING)
    tally = evaluation.tally(plan)
    run.population = tally.population
    waits = not run.is_dry and _must_wait(run, plan)
    if not run.is_dry:
        _replace_waiting(run, plan, at)
        if is_watched and at - run.as_of < _OF_TODAY:
            # The run has brought everybody's facts forward. Those of a past quarter, from which a
            # ledger with a past is built, would be taken for today's.
            scores.request(at=at, brand=run.brand)
    norms.store(run, plan.norms)
    moves = evaluation.explode(plan)
    evaluation.write_changes(run)
    evaluation.write_evidence(run, plan)
    evaluation.store_masks(plan, members=not (run.is_dry or waits))
    with planned_for(run.moved):
        _write_counts(run, plan, tally.unknown, *moves)
        # What a dry run looked at is gone after it.
        if run.is_dry:
            counting.count(run, plan, at=at)
        else:
            counting.ask_for_counts(run)
    if run.is_dry:
        run.status = RunStatus.DRY
    elif waits:
        run.status = RunStatus.WAITING
        notices.about_run(run.pk)
    else:
        if is_watched:
            sessions.enter(run, sessions.MOVING)
        apply(run, actor=actor, at=at, has_strangers=bool(tally.strangers))


def _must_wait(run: Run, plan: Plan) -> bool:
    """Whether the run moves more of the brand's creators than may move unseen."""
    if run.apply_now or last_applied(run.brand) is None:
        return False
    return (run.moved or 0) * 100 > run.brand.approval_threshold_percent * (run.population or 0)


def _write_counts(
    run: Run,
    plan: Plan,
    unknown: Mapping[int, int],
    joiners: Counter[int],
    leavers: Counter[int],
) -> None:
    """Write what was found for each segment."""
    # As of a past moment some members were not known yet: a dry run counts whom it looked at.
    before = evaluation.members_of(plan) if run.is_dry else {}
    rows = []
    for one in plan.judged:
        pk = one.segment.pk
        members = before[pk] if run.is_dry else one.segment.members_count
        rows.append(
            RunSegment(
                run=run,
                segment=one.segment,
                version=one.version,
                members=members + joiners[pk] - leavers[pk],
                joined=joiners[pk],
                left=leavers[pk],
                unknown=unknown[pk],
                readings=[reading.name for reading in one.readings],
                error=one.error,
            )
        )
    RunSegment.objects.bulk_create(rows)


def apply(
    run: Run,
    *,
    actor: User | None,
    at: datetime,
    has_strangers: bool = True,
    superseded: int = 0,
    held: Sequence[str] = (),
) -> None:
    """Write stays and counts, audit, and ask for new scorecards; the caller wrote the masks.

    `superseded` are the changes taken out since, `held` the keys of the segments that stay as they
    are. Without strangers among those whom the run looked at there are none to forget.
    """
    last = ledger_moment(run.brand)
    joiners, leavers = ledger.write_stays(run, run.as_of, is_later=last is None or last < run.as_of)
    ledger.count_members(joiners, leavers)
    if superseded or held:
        _recount(run)
    if has_strangers:
        ledger.forget_strangers(run.brand)
    run.status = RunStatus.APPLIED
    applied = Run.objects.filter(brand=run.brand, applied_at__isnull=False)
    run.applied_at = next_in_order(applied.aggregate(latest=Max("applied_at"))["latest"], at)
    record_applied(
        run,
        actor=actor,
        at=at,
        joined=joiners.total(),
        left=leavers.total(),
        superseded=superseded,
        held=held,
    )
    ask_for_scorecards(run.brand, run.as_of)
    drift_alerts.after(run)


def record_applied(
    run: Run,
    *,
    actor: User | None,
    at: datetime,
    joined: int,
    left: int,
    superseded: int = 0,
    held: Sequence[str] = (),
) -> None:
    """Audit that the run was applied."""
    audit.record(
        brand=run.brand,
        verb="segmentation.run.applied",
        target=run,
        actor=actor,
        at=at,
        data={
            "as_of": run.as_of,
            "moved": run.moved,
            "joined": joined,
            "left": left,
            "superseded": superseded,
            "held": list(held),
        },
    )


def next_in_order(latest: datetime | None, at: datetime) -> datetime:
    """When a run is applied: always after the `latest`, whoever looked at a clock first."""
    return at if latest is None or at > latest else latest + timedelta(microseconds=1)


def _recount(run: Run) -> None:
    """What the run says of each segment, after changes were held or taken out: what was applied."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RECOUNT, {"run": run.pk, "joined": ChangeKind.JOINED, "left": ChangeKind.LEFT}
        )
        cursor.execute(
            f"SELECT count(DISTINCT c.creator_id) FROM {ledger.CHANGES.table} c "  # noqa: S608
            f"WHERE {ledger.CHANGES.where}",
            {"run": run.pk},
        )
        run.moved = cursor.fetchone()[0]


_RECOUNT = """
UPDATE segmentation_runsegment f
SET members = s.members_count, joined = coalesce(d.joined, 0), "left" = coalesce(d.gone, 0)
FROM segmentation_segment s LEFT JOIN (
  SELECT c.segment_id, count(*) FILTER (WHERE c.kind = %(joined)s) AS joined,
    count(*) FILTER (WHERE c.kind = %(left)s) AS gone
  FROM segmentation_change c JOIN segmentation_runsegment h
    ON h.run_id = c.run_id AND h.segment_id = c.segment_id AND NOT h.is_held
  WHERE c.run_id = %(run)s GROUP BY c.segment_id
) d ON d.segment_id = s.id
WHERE f.run_id = %(run)s AND f.segment_id = s.id
"""


def ask_for_scorecards(brand: Brand, as_of: datetime) -> None:
    """Once this transaction is through: the ledger has changed up to `as_of`."""
    promise(SCORECARD_TASK, brand_id=brand.pk, as_of=as_of.isoformat())


def mark_broken(plan: Plan, at: datetime) -> None:
    """Say which segments can no longer be evaluated, and which can again."""
    broken = []
    for one in plan.judged:
        segment = one.segment
        status = SegmentStatus.BROKEN if one.error else SegmentStatus.ACTIVE
        if (segment.status, segment.broken_reason) == (status, one.error):
            continue
        # Not in the object, which may be kept for further batches (evaluation.kept).
        Segment.objects.filter(pk=segment.pk).update(status=status, broken_reason=one.error)
        audit.record(
            brand=plan.brand,
            verb=f"segmentation.segment.{'broken' if one.error else 'mended'}",
            target=segment,
            at=at,
            data={"reason": one.error},
        )
        if one.error:
            broken.append(segment.pk)
    if broken:
        notices.broken_segments(broken)


def _replace_waiting(run: Run, plan: Plan, at: datetime) -> None:
    """A change set that still waits is relative to members that this run may move: drop it.

    A batch of few creators leaves it: their changes are taken out when it is applied.
    """
    waiting = Run.objects.filter(brand=run.brand, status=RunStatus.WAITING).exclude(pk=run.pk)
    for older in waiting.select_related("brand"):
        overlap = (
            run.dimension_id is None
            or older.dimension_id is None
            or run.dimension_id == older.dimension_id
        )
        if overlap:
            reject(older, actor=None, at=at, reason=f"Replaced by run {run.pk}.")


def reject_waiting(brand: Brand, *, at: datetime, reason: str) -> None:
    """Drop all change sets of the brand that wait: they are relative to members of before."""
    for run in Run.objects.filter(brand=brand, status=RunStatus.WAITING).select_related("brand"):
        reject(run, actor=None, at=at, reason=reason)


def reject(run: Run, *, actor: User | None, at: datetime, reason: str) -> None:
    run.status = RunStatus.REJECTED
    run.decided_by = actor
    run.decision_reason = reason[:300]
    run.save(update_fields=["status", "decided_by", "decision_reason"])
    audit.record(
        brand=run.brand,
        verb="segmentation.run.rejected",
        target=run,
        actor=actor,
        at=at,
        data={"reason": reason},
    )
