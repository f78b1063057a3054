"""What the numbers of creators add up to as of a moment: SQL, set-based, for any set of creators.

Every statement takes named parameters, `parameters(as_of)`, and whatever the selection of creators
needs. Nothing is known before it was captured or published; what is not known is null, never zero.

A profile's numbers as of a moment are, each for itself, the newest known ones in its snapshots: a
later snapshot that lacks a number does not make it unknown. The counts of a post are the newest
known; the post itself counts from the moment it was published. A profile counts unless everything
we have of it is from later.

    followers             of the primary profile: the one with most followers, ties by id
    follower_growth_90d   change from the newest number that is 90 to 180 days old to the newest
                          number, which must be under 90 days old; as a fraction
    engagement_rate       mean over the newest 12 posts that count of (likes + comments + saves +
                          shares that are known) / followers when it was posted, else as of the
                          moment; a post without likes and comments does not count. Else the
                          profile's average likes and comments / followers. Else as the source says
    view_rate             the same mean of views / followers over the newest 12 posts with views,
                          else the profile's average views / followers
    posts_30d ...         posts of all profiles; null where no post was ever given
    video_share           of the posts of the last 365 days whose form is known and not a story
    paid_share            of the posts of the last 365 days for which the source tells it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from crm.choices import PostKind
from crm.statements import prepared

NEWEST_POSTS = 12
EVERY_CREATOR = "SELECT id FROM crm_creator"
SOME_CREATORS = "SELECT id FROM crm_creator WHERE id = ANY(%(creator_ids)s)"

VIDEO = (PostKind.SHORT_VIDEO, PostKind.VIDEO, PostKind.LIVE)
FORM_NOT_KNOWN = (PostKind.OTHER, PostKind.STORY)


def parameters(as_of: datetime) -> dict[str, datetime]:
    """The moments that the statements compare with: literals, so that the planner sees them."""
    return {
        "as_of": as_of,
        **{f"days_{days}": as_of - timedelta(days=days) for days in (30, 90, 180, 365)},
    }


# Up to so many creators, looking each up by index beats reading tables whole.
FEW = 1_000
# Room to sort and hash in memory; compiling to machine code costs more than it saves here.
FOR_MANY = {"enable_nestloop": "off", "work_mem": "64MB", "jit": "off"}


@contextmanager
def planned_for(creators: int | None) -> Iterator[None]:
    """Let the planner expect many creators (None: all) in the statements within a transaction.

    After a large import it does not know yet how many rows there are, takes them for few and loops
    over unindexed intermediate results: minutes instead of seconds. Joins by hash are never far
    from the best when everybody is looked at.
    """
    if creators is not None and creators <= FEW:
        yield
        return
    before = ", ".join(f"current_setting('{name}')" for name in FOR_MANY)
    now = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in FOR_MANY.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {before}, {now}")
        values = cursor.fetchone()[: len(FOR_MANY)]
    yield
    # As it was, for within another such block.
    back = ", ".join(f"set_config('{name}', %s, true)" for name in FOR_MANY)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {back}", values)


Values = Sequence[Any] | Mapping[str, Any]


def for_creators(statement: str, values: Values, creators: int | None) -> tuple[str, Values]:
    """What to execute for so many creators (None: all): for few, a statement planned before."""
    if creators is None or creators > FEW:
        return statement, values
    return prepared(statement, values)


def _newest(column: str, condition: str = "s.captured_at <= %(as_of)s") -> str:
    """The newest known value of a snapshot's `column`, within one GROUP BY profile."""
    return (
        f"(array_agg(s.{column} ORDER BY s.captured_at DESC, s.id DESC)"
        f" FILTER (WHERE s.{column} IS NOT NULL AND {condition}))[1]"
    )


def _listed(kinds: tuple[PostKind, ...]) -> str:
    return ", ".join(f"'{kind.value}'" for kind in kinds)


def post_counts(posts: str) -> str:
    """Aggregates over an alias of published posts: what is counted of them by their age."""
    year = f"{posts}.posted_at > %(days_365)s"
    return f"""count(*) FILTER (WHERE {posts}.posted_at > %(days_30)s) AS in_30d,
    count(*) FILTER (WHERE {posts}.posted_at > %(days_90)s) AS in_90d,
    count(*) FILTER (WHERE {year}) AS in_365d,
    count(*) FILTER (WHERE {year} AND {posts}.kind IN ({_listed(VIDEO)})) AS video,
    count(*) FILTER (WHERE {year} AND {posts}.kind NOT IN ({_listed(FORM_NOT_KNOWN)})) AS formed,
    count(*) FILTER (WHERE {year} AND {posts}.is_paid_partnership) AS paid,
    count({posts}.is_paid_partnership) FILTER (WHERE {year}) AS told"""


def creator_metrics(selection: str) -> str:
    """A query with one row per creator that `selection` (trusted SQL, one column of ids) yields.

    Columns: creator_id, primary_profile_id, is_verified, and those of crm.models.CreatorMetrics
    under their database names, without as_of.
    """
    return f"""
WITH chosen AS MATERIALIZED (
  {selection}
), accounts AS MATERIALIZED (
  SELECT p.id AS profile_id, p.creator_id, p.platform_id, p.handle, p.is_verified
  FROM crm_profile p WHERE p.creator_id IN (SELECT id FROM chosen)
), numbers AS MATERIALIZED (
  SELECT s.profile_id,
    min(s.captured_at) AS first_at,
    {_newest("followers")} AS followers,
    max(s.captured_at) FILTER (
      WHERE s.followers IS NOT NULL AND s.captured_at <= %(as_of)s) AS followers_at,
    {_newest("followers", "s.captured_at BETWEEN %(days_180)s AND %(days_90)s")}
      AS followers_before,
    {_newest("avg_views")} AS avg_views,
    {_newest("avg_likes")} AS avg_likes,
    {_newest("avg_comments")} AS avg_comments,
    {_newest("engagement_rate")} AS stated_rate
  FROM crm_metricsnapshot s JOIN accounts a ON a.profile_id = s.profile_id
  GROUP BY s.profile_id
), published AS (
  SELECT o.id, o.profile_id, o.posted_at, o.kind, o.is_paid_partnership,
    o.likes, o.comments, o.views,
    CASE WHEN o.likes IS NOT NULL OR o.comments IS NOT NULL THEN
      (coalesce(o.likes, 0) + coalesce(o.comments, 0) + coalesce(o.saves, 0)
        + coalesce(o.shares, 0))::float8 / nullif(coalesce(o.followers_at_post, n.followers), 0)
    END AS rate,
    o.views::float8 / nullif(coalesce(o.followers_at_post, n.followers), 0) AS view_rate
  FROM crm_post o
  JOIN accounts a ON a.profile_id = o.profile_id
  LEFT JOIN numbers n ON n.profile_id = o.profile_id
  WHERE o.posted_at <= %(as_of)s
), ranked AS (
  SELECT p.*,
    count(p.rate) OVER newest AS nth,
    count(p.view_rate) OVER newest AS nth_with_views
  FROM published p
  WINDOW newest AS (
    PARTITION BY p.profile_id ORDER BY p.posted_at DESC, p.id DESC ROWS UNBOUNDED PRECEDING)
), posts AS (
  SELECT r.profile_id,
    avg(r.rate) FILTER (WHERE r.nth <= {NEWEST_POSTS}) AS rate,
    count(r.rate) FILTER (WHERE r.nth <= {NEWEST_POSTS}) AS rate_posts,
    avg(r.view_rate) FILTER (WHERE r.nth_with_views <= {NEWEST_POSTS}) AS view_rate,
    avg(r.views) FILTER (
      WHERE r.nth_with_views <= {NEWEST_POSTS} AND r.view_rate IS NOT NULL)::float8 AS avg_views,
    avg(r.likes) FILTER (
      WHERE r.nth <= {NEWEST_POSTS} AND r.rate IS NOT NULL)::float8 AS avg_likes,
    avg(r.comments) FILTER (
      WHERE r.nth <= {NEWEST_POSTS} AND r.rate IS NOT NULL)::float8 AS avg_comments,
    min(r.posted_at) AS first_at,
    max(r.posted_at) AS last_at,
    {post_counts("r")}
  FROM ranked r GROUP BY r.profile_id
), standing AS (
  SELECT a.*, n.followers, n.followers_at,
    CASE WHEN n.followers_at > %(days_90)s
      THEN n.followers::float8 / nullif(n.followers_before, 0) - 1 END AS growth,
    posts.rate AS rate_by_posts, coalesce(posts.rate_posts, 0) AS rate_posts,
    CASE WHEN n.avg_likes IS NOT NULL OR n.avg_comments IS NOT NULL THEN
      (coalesce(n.avg_likes, 0) + coalesce(n.avg_comments, 0)) / nullif(n.followers, 0)
    END AS rate_by_averages,
    n.stated_rate,
    coalesce(posts.view_rate, n.avg_views / nullif(n.followers, 0)) AS view_rate,
    coalesce(posts.avg_views, n.avg_views) AS avg_views,
    coalesce(posts.avg_likes, n.avg_likes) AS avg_likes,
    coalesce(posts.avg_comments, n.avg_comments) AS avg_comments,
    posts.last_at, posts.in_30d, posts.in_90d, posts.in_365d,
    posts.video, posts.formed, posts.paid, posts.told
  FROM accounts a
  LEFT JOIN numbers n ON n.profile_id = a.profile_id
  LEFT JOIN posts ON posts.profile_id = a.profile_id
  WHERE n.first_at IS NULL OR least(n.first_at, posts.first_at) <= %(as_of)s
), placed AS (
  SELECT s.*,
    coalesce(s.rate_by_posts, s.rate_by_averages, s.stated_rate) AS rate,
    CASE WHEN s.rate_by_posts IS NOT NULL THEN 'posts'
      WHEN s.rate_by_averages IS NOT NULL THEN 'averages'
      WHEN s.stated_rate IS NOT NULL THEN 'vendor' ELSE '' END AS rate_source,
    row_number() OVER (
      PARTITION BY s.creator_id ORDER BY s.followers DESC NULLS LAST, s.profile_id) AS place,
    row_number() OVER (
      PARTITION BY s.creator_id, s.platform_id
      ORDER BY s.followers DESC NULLS LAST, s.profile_id) AS place_on_platform
  FROM standing s
), together AS (
  SELECT p.creator_id,
    sum(p.followers)::bigint AS followers_total,
    array_agg(DISTINCT f.number::integer) AS platforms,
    jsonb_object_agg(p.platform_id, p.rate)
      FILTER (WHERE p.place_on_platform = 1 AND p.rate IS NOT NULL) AS platform_rates,
    sum(p.in_30d)::integer AS posts_30d,
    sum(p.in_90d)::integer AS posts_90d,
    sum(p.in_365d)::integer AS posts_365d,
    max(p.last_at) AS last_post_at,
    sum(p.video)::float8 / nullif(sum(p.formed), 0)::float8 AS video_share,
    sum(p.paid)::float8 / nullif(sum(p.told), 0)::float8 AS paid_share
  FROM placed p JOIN crm_platform f ON f.key = p.platform_id
  GROUP BY p.creator_id
)
SELECT c.id AS creator_id,
  first.profile_id AS primary_profile_id,
  first.is_verified,
  first.followers,
  first.followers_at,
  t.followers_total,
  first.growth AS follower_growth_90d,
  first.platform_id AS primary_platform_id,
  coalesce(first.handle, '') AS primary_handle,
  coalesce(cardinality(t.platforms), 0) AS platforms_count,
  coalesce(t.platforms, '{{}}') AS platforms,
  first.rate AS engagement_rate,
  coalesce(first.rate_posts, 0)::integer AS engagement_posts,
  coalesce(first.rate_source, '') AS engagement_source,
  t.platform_rates,
  first.view_rate,
  first.avg_views,
  first.avg_likes,
  first.avg_comments,
  t.posts_30d,
  t.posts_90d,
  t.posts_365d,
  t.last_post_at,
  t.video_share,
  t.paid_share
FROM chosen c
LEFT JOIN placed first ON first.creator_id = c.id AND first.place = 1
LEFT JOIN together t ON t.creator_id = c.id"""  # noqa: S608 - own SQL, values are parameters
