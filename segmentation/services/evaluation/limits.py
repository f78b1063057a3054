"""Evaluate a plan within limits of time.

A rule that takes too long is stopped: its segment says so and keeps its members, and the others go
on without it.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from django.conf import settings
from django.db import connection

from crm.limits import TookTooLong, limited
from crm.performance import for_creators
from segmentation.services.evaluation.diff import DIFF_TABLE, diff_query, judged_rows
from segmentation.services.evaluation.plan import STOPPED, Plan
from segmentation.services.evaluation.rules import Judged

logger = logging.getLogger(__name__)


def evaluate(plan: Plan) -> Plan:
    """Make the table `run_diff` and return the plan with how many `moved`.

    If the statement takes too long, the rules are tried one by one; those that take too long alone
    are left out with an error, and their segments keep their members.
    """
    try:
        return replace(plan, moved=_write_diff(plan, settings.RULES_TIMEOUT_SECONDS))
    except TookTooLong:
        logger.warning("the rules of %s take too long together; trying each alone", plan.brand)
    without = replace(plan, judged=tuple(_unless_slow(one, plan) for one in plan.judged))
    if without.judged == plan.judged:
        # Each alone is fast enough: together they get the time that they would take one by one.
        limit = settings.RULES_TIMEOUT_SECONDS + len(plan.judged) * settings.RULE_TIMEOUT_SECONDS
        return replace(plan, moved=_write_diff(plan, limit))
    return replace(without, moved=_write_diff(without, settings.RULES_TIMEOUT_SECONDS))


def _write_diff(plan: Plan, seconds: float) -> int:
    query = diff_query(plan)
    many = None if plan.creator_ids is None else len(plan.creator_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{DIFF_TABLE}")
        with limited(seconds), plan.planned():
            text, params = for_creators(query.text, query.params, many)
            cursor.execute(f"CREATE TEMP TABLE {DIFF_TABLE} ON COMMIT DROP AS {text}", params)
        if plan.creator_ids is None:
            # Joins must know that these are few; masks are never compared, and slow to sample.
            cursor.execute(f"ANALYZE {DIFF_TABLE} (creator_id)")
        cursor.execute(f"SELECT count(*) FROM {DIFF_TABLE} WHERE old IS DISTINCT FROM new")  # noqa: S608 - a name of ours
        return int(cursor.fetchone()[0])


def _unless_slow(one: Judged, plan: Plan) -> Judged:
    """The segment as it is, or without a rule where that takes too long even alone."""
    if one.rule is None:
        return one
    rows = judged_rows(plan.only(one))
    columns = "count(e.r0)" if one.stay is None else "count(e.r0), count(e.s0)"
    try:
        limit = limited(settings.RULE_TIMEOUT_SECONDS)
        with limit, plan.planned(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {rows.text}", rows.params)  # noqa: S608 - as in diff.py
    except TookTooLong:
        return one.stopped(f"{STOPPED} {settings.RULE_TIMEOUT_SECONDS:g} seconds.")
    return one
