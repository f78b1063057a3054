"""Numbers of posts at an age, as parts of SQL statements.

The numbers of a post at an age of H hours are the first that were taken H hours after it was
published or later, and before 2 H: posts do not stand still, so later ones are of another age.
"""

from __future__ import annotations

from campaigns.choices import PostMeasure

# How many times as old a post may be when its numbers were taken.
LATEST = 2
_KNOWN = {
    PostMeasure.ENGAGEMENT: "({t}.likes IS NOT NULL OR {t}.comments IS NOT NULL)",
    PostMeasure.VIEWS: "{t}.views IS NOT NULL",
}
_COUNT = {
    # That of docs/metrics.md: the counts that are known.
    PostMeasure.ENGAGEMENT: "(coalesce({t}.likes, 0) + coalesce({t}.comments, 0)"
    " + coalesce({t}.saves, 0) + coalesce({t}.shares, 0))",
    PostMeasure.VIEWS: "{t}.views",
}


def known(measure: str, table: str) -> str:
    """Whether the measure is known in the rows of `table`."""
    return _KNOWN[PostMeasure(measure)].format(t=table)


def count(measure: str, table: str) -> str:
    """The measure, where it is known."""
    return _COUNT[PostMeasure(measure)].format(t=table)


def rate(measure: str, table: str, followers: str) -> str:
    """The measure for each follower; null where it is not known."""
    share = f"{count(measure, table)}::float8 / nullif({followers}, 0)"
    return f"CASE WHEN {known(measure, table)} THEN {share} END"


def at_age(measure: str, post: str) -> str:
    """A lateral table: the first numbers of `post` at the age of %(hours)s hours."""
    return f"""
      SELECT s.* FROM crm_postmetricsnapshot s
      WHERE s.post_id = {post}.id AND {known(measure, "s")} AND s.captured_at <= %(at)s
        AND s.captured_at >= {post}.posted_at + %(hours)s * interval '1 hour'
        AND s.captured_at < {post}.posted_at + {LATEST} * %(hours)s * interval '1 hour'
      ORDER BY s.captured_at, s.id LIMIT 1"""  # noqa: S608 - own SQL, values are parameters
