"""Take an applied run back: whoever it moved is put where they were before it.

The ledger is not rewritten. What the run opened ends now, with the cause "rollback", and what it
closed begins anew now, under the rule version and run that the stay was from: whoever asks where a
creator was in between gets the answer that people saw then.

Left where they are: creators whom changed facts have moved again since (they were evaluated alone,
and are where their newest facts put them), those whom the brand no longer knows, and the segments
archived since. What a person held back when the run was applied did not move, and does not now.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from crm import audit
from crm.models import User
from crm.performance import planned_for
from segmentation.choices import Cause, ChangeKind, RunStatus, SegmentStatus, Trigger
from segmentation.models import Run, Segment
from segmentation.services import changesets, ledger
from segmentation.services.decisions import locked_run
from segmentation.services.drift import alerts as drift_alerts
from segmentation.services.ledger import Moves
from segmentation.services.masks import words_for
from segmentation.services.runs import RunRefused

UNDO = Moves("run_undo", entered_run="c.entered_run_id")


class RunNotApplied(RunRefused):
    """Only an applied run can be rolled back."""

    code = "not_applied"


class NotTheLastRun(RunRefused):
    """Another run builds upon it, and has to be rolled back first."""

    code = "not_the_last"


@transaction.atomic
def roll_back_run(*, run_id: int, actor: User | None, at: datetime, reason: str) -> Run:
    """Undo the newest applied run of its brand. Returns the run.

    Pages have it done by a worker (services.orders), since it takes as long as the run is large.
    Change sets that wait are dropped: they are relative to the members of before. Raises
    RunNotApplied, NotTheLastRun, and RunRefused without a reason.
    """
    run = locked_run(run_id)
    refuse_unless_last(run, reason)
    moment = max(filter(None, (at, changesets.ledger_moment(run.brand))))
    every_bit = Segment.objects.filter(brand=run.brand).values_list("bit", flat=True)
    with planned_for(run.moved):
        left_alone = _write_undo(run)
        ledger.write_masks(run, words_for(every_bit), UNDO)
        joiners, leavers = ledger.write_stays(run, moment, UNDO)
    ledger.count_members(joiners, leavers)
    changesets.reject_waiting(run.brand, at=at, reason=f"Run {run.pk} was rolled back.")
    run.status = RunStatus.ROLLED_BACK
    run.rolled_back_at = moment
    run.rolled_back_by = actor
    run.rollback_reason = reason.strip()[:300]
    run.save(update_fields=["status", "rolled_back_at", "rolled_back_by", "rollback_reason"])
    audit.record(
        brand=run.brand,
        verb="segmentation.run.rolled_back",
        target=run,
        actor=actor,
        at=at,
        data={
            "reason": run.rollback_reason,
            "restored": joiners.total(),
            "ended": leavers.total(),
            "left_alone": left_alone,
        },
    )
    changesets.ask_for_scorecards(run.brand, moment)
    drift_alerts.after(run)
    return run


def later_run(run: Run) -> Run | None:
    """The newest run that was applied after this one, and has to be rolled back before it.

    Not those of single creators: whom they moved is left alone.
    """
    later = Run.objects.filter(
        brand=run.brand_id, status=RunStatus.APPLIED, applied_at__gt=run.applied_at
    )
    return later.exclude(trigger=Trigger.FACTS).order_by("-applied_at").first()


def refuse_unless_last(run: Run, reason: str) -> None:
    """Raise what speaks against rolling the run back."""
    if run.status != RunStatus.APPLIED:
        raise RunNotApplied(
            f"Run {run.pk} cannot be rolled back; it is: {run.get_status_display().lower()}."
        )
    later = later_run(run)
    if later is not None:
        raise NotTheLastRun(
            f"Run {later.pk} was applied after run {run.pk} and counts on it. Roll back the newest "
            f"run first: that is run {later.pk}."
        )
    if not reason.strip():
        raise RunRefused("Say why the run is rolled back: the next person will want to know.")


_UNDO = """
CREATE TEMP TABLE run_undo ON COMMIT DROP AS
WITH moved_since AS (
  SELECT DISTINCT l.creator_id
  FROM segmentation_run r JOIN segmentation_change l ON l.run_id = r.id
  WHERE r.brand_id = %(brand)s AND r.status = %(applied)s AND r.applied_at > %(applied_at)s
)
SELECT c.segment_id, c.creator_id,
  CASE c.kind WHEN %(joined)s THEN %(left)s ELSE %(joined)s END AS kind,
  %(rollback)s AS cause,
  coalesce(was.version_id, c.version_id) AS version_id,
  coalesce(was.entered_run_id, c.run_id) AS entered_run_id
FROM segmentation_change c
JOIN segmentation_segment s ON s.id = c.segment_id AND s.status <> %(archived)s
JOIN segmentation_runsegment h
  ON h.run_id = c.run_id AND h.segment_id = c.segment_id AND NOT h.is_held
JOIN segmentation_creatorfacts f ON f.brand_id = %(brand)s AND f.creator_id = c.creator_id
LEFT JOIN segmentation_membership was
  ON was.segment_id = c.segment_id AND was.creator_id = c.creator_id
  AND was.left_run_id = c.run_id AND was.left_at = %(as_of)s AND c.kind = %(left)s
LEFT JOIN segmentation_membership now
  ON now.segment_id = c.segment_id AND now.creator_id = c.creator_id AND now.left_at IS NULL
WHERE c.run_id = %(run)s
  AND (c.kind = %(joined)s) = (now.creator_id IS NOT NULL)
  AND NOT EXISTS (SELECT FROM moved_since m WHERE m.creator_id = c.creator_id)
"""


def _write_undo(run: Run) -> int:
    """Make the table `run_undo`: who goes back where. Returns how many creators are left alone."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.run_undo")
        cursor.execute(
            _UNDO,
            {
                "run": run.pk,
                "brand": run.brand_id,
                "as_of": run.as_of,
                "applied": RunStatus.APPLIED,
                "applied_at": run.applied_at,
                "joined": ChangeKind.JOINED,
                "left": ChangeKind.LEFT,
                "rollback": Cause.ROLLBACK,
                "archived": SegmentStatus.ARCHIVED,
            },
        )
        cursor.execute("ANALYZE run_undo")
        cursor.execute("SELECT count(DISTINCT creator_id) FROM run_undo")
        back: int = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT count(DISTINCT c.creator_id) FROM {ledger.CHANGES.table} c "  # noqa: S608
            f"WHERE {ledger.CHANGES.where}",
            {"run": run.pk},
        )
        moved: int = cursor.fetchone()[0]
    return moved - back
