"""What is kept of a quarter: only creators who were touched since are added up anew.

Triggers leave whoever something was written of (posts, numbers, accounts, stays, stages), with the
transaction that wrote it. A sheet knows the oldest transaction that was still going on when it was
filled: whatever that one or a later one wrote is looked at again. So nothing is missed, whichever
commits first. While a quarter runs, time touches creators, too: a post of tomorrow is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crm import limits
from crm.models import Brand
from segmentation.metrics.stretches import counted, filling, posted, spans, sums
from segmentation.metrics.stretches.counted import Counted
from segmentation.metrics.stretches.names import KEPT, NOW, SOME, WAS
from segmentation.models import QuarterSheet, Stretch, Touched

# Where more creators than this share were touched, all are added up anew.
SHARE_AT_MOST = 0.2
MARKS_AT_MOST = 2_000_000
WAIT_SECONDS = 10.0
_STATEMENTS = (
    filling.whole_statement(KEPT, filling.Way(), stays="", segments=1, some=False),
    spans.statement(stays="", segments=1, some=False),
    posted.OF_SPANS,
    filling.spans_statement(KEPT),
    # What is kept of them stands in its order.
    sums.STATEMENT,
)
# Rows that statements of another release filled are not of use.
_DEFINITION = hashlib.sha256("".join(_STATEMENTS).encode()).hexdigest()
_CLOCK = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  (SELECT system_identifier FROM pg_control_system())"""
_TOUCHED = f"""
CREATE TEMP TABLE {SOME} ON COMMIT DROP AS
SELECT creator_id, bool_or(standing) AS standing, bool_or(accounts OR standing) AS accounts FROM (
  SELECT creator_id, standing, accounts FROM segmentation_touched WHERE xact >= %(xact)s{{moved}}
) touched GROUP BY creator_id"""  # noqa: S608 - ours
# What was told before its time, and came about between the two moments.
_MOVED = """
UNION SELECT creator_id, false, false FROM crm_post
  WHERE posted_at >= %(was)s AND posted_at < %(until)s
UNION SELECT creator_id, true, true FROM segmentation_membership
  WHERE segment_id = ANY(%(segments)s) AND (entered_at >= %(was)s AND entered_at < %(until)s
    OR left_at >= %(was)s AND left_at < %(until)s)
UNION SELECT p.creator_id, false, true
  FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
  WHERE s.captured_at >= %(was)s AND s.captured_at < %(until)s
UNION SELECT creator_id, true, true FROM crm_relationship
  WHERE brand_id = %(brand)s AND since >= %(was)s AND since < %(until)s
UNION SELECT r.creator_id, true, true
  FROM crm_stagechange c JOIN crm_relationship r ON r.id = c.relationship_id
  WHERE r.brand_id = %(brand)s AND (c.entered_at >= %(was)s AND c.entered_at < %(until)s
    OR c.left_at >= %(was)s AND c.left_at < %(until)s)"""
# Those that the brand knows are counted already; to count rows is to read them all.
_HOW_MANY = f"""
SELECT (SELECT count(*) FROM {SOME}), EXISTS (SELECT FROM {SOME} WHERE standing), (
  SELECT coalesce(sum(creators), 0)::bigint FROM crm_stagecount WHERE brand_id = %(brand)s)"""  # noqa: S608 - names of ours
_LIKE_KEPT = "".join(
    f"CREATE TEMP TABLE {table} (LIKE {KEPT}) ON COMMIT DROP;" for table in (WAS, NOW)
)
_TAKE_OUT = f"""
WITH gone AS (
  DELETE FROM {KEPT} k USING {SOME} s
  WHERE k.sheet_id = %(sheet)s AND k.creator_id = s.creator_id RETURNING k.*
)
INSERT INTO {WAS} SELECT * FROM gone"""  # noqa: S608 - names of ours
_PUT_IN = f"INSERT INTO {KEPT} SELECT * FROM {NOW} ORDER BY creator_id"  # noqa: S608 - names of ours
# Whoever keeps a sheet now has it in hand, or will look at the clock after us.
_NOBODY_KEEPS = "LOCK TABLE segmentation_quartersheet IN SHARE MODE"
_KEEPING = "LOCK TABLE segmentation_quartersheet IN ROW EXCLUSIVE MODE"
_FORGET_TOUCHED = """
DELETE FROM segmentation_touched WHERE xact < coalesce(
  (SELECT min(xact) FROM segmentation_quartersheet),
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"""


def keep(
    *, brand: Brand, ends_at: datetime, segments: list[int], stays: str, values: Mapping[str, Any]
) -> tuple[int, Counted]:
    """Bring the stretches of a quarter up to date.

    Returns the sheet that they are of, and what they come to by segment.
    `segments` are those of a look with the whole base before them, `values` the look's. Two at once
    for one brand have to wait for each other (segmentation/services/scorecards.py).
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEPING)
        cursor.execute(_CLOCK)
        xact, database = cursor.fetchone()
    definition = f"{_DEFINITION}:{database}"
    start, until = values["start"], values["until"]
    sheet = QuarterSheet.objects.filter(brand=brand, starts_at=start, ends_at=ends_at).first()
    is_known = (
        sheet is not None
        and sheet.definition == definition
        and sheet.segments == segments
        and sheet.until <= until
        and sheet.xact <= xact
    )
    if sheet is None:
        sheet = QuarterSheet(brand=brand, starts_at=start, ends_at=ends_at)
    if is_known and _add_up_touched(sheet, stays, values):
        _store(sheet, until, xact, definition, segments)
    else:
        sheet.counted = None
        _store(sheet, until, xact, definition, segments)
        Stretch.objects.filter(sheet=sheet).delete()
        filling.fill(
            table=KEPT, stays=stays, segments=len(segments), values={**values, "sheet": sheet.pk}
        )
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {KEPT} ({filling.TOLD_APART_BY})")
    if sheet.counted is None:
        found = counted.of_everybody(KEPT, stays, {**values, "sheet": sheet.pk})
        sheet.counted = counted.as_json(found)
        sheet.save(update_fields=["counted"])
    return sheet.pk, counted.of_json(sheet.counted)


def forget(brand: Brand, *, but: set[datetime]) -> None:
    """Let go of the brand's sheets of quarters that do not begin at one of these moments."""
    QuarterSheet.objects.filter(brand=brand).exclude(starts_at__in=but).delete()


@transaction.atomic
def let_go() -> int:
    """Let go of the marks that no sheet needs; returns how many.

    A sheet that would need more than MARKS_AT_MOST goes too: its next scorecards add up everybody.
    Raises Busy while scorecards are being added up.
    """
    busy = "Scorecards are being added up."
    with limits.patient(WAIT_SECONDS, or_say=busy), connection.cursor() as cursor:
        cursor.execute(_NOBODY_KEEPS)
    newest = Touched.objects.order_by("-xact").values_list("xact", flat=True)
    if beyond := list(newest[MARKS_AT_MOST : MARKS_AT_MOST + 1]):
        QuarterSheet.objects.filter(xact__lte=beyond[0]).delete()
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_TOUCHED)
        gone: int = cursor.rowcount
        return gone


def _store(
    sheet: QuarterSheet, until: datetime, xact: int, definition: str, segments: list[int]
) -> None:
    sheet.until, sheet.xact = until, xact
    sheet.definition, sheet.segments = definition, segments
    sheet.save()


def _add_up_touched(sheet: QuarterSheet, stays: str, values: Mapping[str, Any]) -> bool:
    """Fill the rows of who was touched anew, and move what rows come to by theirs.

    False: they are too many, nothing was done.
    """
    asked = {**values, "sheet": sheet.pk, "xact": sheet.xact, "was": sheet.until}
    moved = _MOVED if sheet.until < values["until"] else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {SOME}, {WAS}, {NOW}")
        with filling.set_to(cursor, enable_indexscan="off"):
            cursor.execute(_TOUCHED.format(moved=moved), asked)
        cursor.execute(f"ANALYZE {SOME}")
        cursor.execute(_HOW_MANY, asked)
        touched, has_moved, known = cursor.fetchone()
        if touched > max(known * SHARE_AT_MOST, 1):
            return False
        cursor.execute(_LIKE_KEPT)
        if touched:
            with filling.set_to(cursor, enable_nestloop="on"):
                cursor.execute(_TAKE_OUT, asked)
            cursor.execute(f"ANALYZE {WAS} (creator_id, number, kind, until)")
            filling.fill(
                table=NOW, stays=stays, segments=len(sheet.segments), values=asked, some=True
            )
            cursor.execute(_PUT_IN)
        if sheet.counted is not None:
            after = counted.moved(
                counted.of_json(sheet.counted),
                table=KEPT,
                stays=stays,
                was=sheet.until,
                has_moved=has_moved,
                values=asked,
            )
            sheet.counted = counted.as_json(after)
    return True
