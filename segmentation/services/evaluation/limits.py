"""Evaluate a plan within limits of time.

A rule that takes too long is stopped: its segment says so and keeps its members, and the others go
on without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.conf import settings
from django.db import connection

from crm.limits import TookTooLong, limited
from segmentation.services.evaluation.diff import DIFF_TABLE, diff_query, judged_rows
from segmentation.services.evaluation.plan import STOPPED, Plan
from segmentation.services.evaluation.rules import Judged

logger = logging.getLogger(__name__)

T = TypeVar("T")


def evaluate(plan: Plan) -> Plan:
    """Make the table `run_diff` and return the plan with how many `moved`."""
    plan, moved = within_limits(plan, _write_diff)
    return replace(plan, moved=moved)


def within_limits(plan: Plan, work: Callable[[Plan, float], T]) -> tuple[Plan, T]:
    """Do the work for a plan in so many seconds; returns the plan that it was done for.

    If it takes too long, the rules are tried one by one; those that take too long alone are left
    out with an error, and their segments keep their members.
    """
    try:
        return plan, work(plan, settings.RULES_TIMEOUT_SECONDS)
    except TookTooLong:
        logger.warning("the rules of %s take too long together; trying each alone", plan.brand)
    without = replace(plan, judged=tuple(_unless_slow(one, plan) for one in plan.judged))
    if without.judged == plan.judged:
        # Each alone is fast enough: together they get the time that they would take one by one.
        limit = settings.RULES_TIMEOUT_SECONDS + len(plan.judged) * settings.RULE_TIMEOUT_SECONDS
        return plan, work(plan, limit)
    return without, work(without, settings.RULES_TIMEOUT_SECONDS)


def _write_diff(plan: Plan, seconds: float) -> int:
    query = diff_query(plan)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{DIFF_TABLE}")
        with limited(seconds), plan.planned():
            cursor.execute(
                f"CREATE TEMP TABLE {DIFF_TABLE} ON COMMIT DROP AS {query.text}", query.params
            )
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
