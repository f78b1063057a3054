"""Who comments below a brand's posts: read for many accounts at a time, by statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.authenticity.commenters import Commenters, Tie
from campaigns.authenticity.thresholds import Thresholds
from campaigns.models import CommenterReading
from crm.models import Brand, CommentThread, Profile, Relationship
from crm.services.post_comments.authors import number_of

_OWN = (
    "SELECT * FROM unnest(%(profiles)s::bigint[], %(numbers)s::bigint[]) AS o (profile_id, author)"
)
# The newest posts of each account that have comments, and who wrote them but the account itself.
_WRITTEN = f"""
WITH own AS ({_OWN}), posts AS (
  SELECT n.id, n.profile_id, n.posted_at FROM (
    SELECT o.id, o.profile_id, o.posted_at,
      row_number() OVER (PARTITION BY o.profile_id ORDER BY o.posted_at DESC, o.id DESC) AS nth
    FROM crm_post o
    JOIN crm_commentthread t ON t.post_id = o.id AND t.brand_id = %(brand)s AND t.comments > 0
    WHERE o.creator_id = ANY(%(creators)s) AND o.posted_at > %(since)s AND o.posted_at <= %(at)s
  ) n WHERE n.nth <= %(posts)s
), sizes AS (
  SELECT profile_id, count(*) AS posts, max((posted_at AT TIME ZONE 'UTC')::date) AS newest
  FROM posts GROUP BY profile_id
), written AS (
  SELECT p.profile_id, c.author, count(*) AS comments, count(DISTINCT c.post_id) AS posts
  FROM posts p
  JOIN crm_postcomment c
    ON c.post_id = p.id AND c.brand_id = %(brand)s AND c.author IS NOT NULL
  WHERE NOT EXISTS (
    SELECT FROM own WHERE own.profile_id = p.profile_id AND own.author = c.author)
  GROUP BY p.profile_id, c.author
)
SELECT s.profile_id, s.posts, coalesce(sum(w.comments), 0)::bigint, count(w.author),
  count(w.author) FILTER (WHERE w.posts >= greatest(%(least)s, ceil(%(regular)s * s.posts))),
  coalesce(sum(w.comments) FILTER (
    WHERE w.posts >= greatest(%(least)s, ceil(%(regular)s * s.posts))), 0)::bigint,
  s.newest
FROM sizes s LEFT JOIN written w ON w.profile_id = s.profile_id
GROUP BY s.profile_id, s.posts, s.newest"""  # noqa: S608 - names of ours
_COMMENTED = """
SELECT DISTINCT p.id, p.platform_id, p.handle, p.external_id
FROM crm_commentthread t JOIN crm_post o ON o.id = t.post_id
JOIN crm_profile p ON p.id = o.profile_id
JOIN crm_relationship r ON r.creator_id = p.creator_id AND r.brand_id = t.brand_id
WHERE t.brand_id = %(brand)s AND t.comments > 0 AND r.unprofiled_at IS NULL
  AND o.posted_at > %(since)s AND o.posted_at <= %(at)s
ORDER BY p.id"""
# Posts of one account on which another wrote under its own name; two accounts of one person are no
# tie.
_MUTUAL = f"""
WITH own AS ({_OWN}), crossed AS (
  SELECT w.profile_id AS writer, o.profile_id AS below, count(DISTINCT c.post_id) AS posts
  FROM own w
  JOIN crm_postcomment c ON c.brand_id = %(brand)s AND c.author = w.author
  JOIN crm_post o ON o.id = c.post_id
  JOIN crm_profile p ON p.id = w.profile_id
  WHERE o.posted_at > %(since)s AND o.posted_at <= %(at)s AND o.creator_id <> p.creator_id
    AND o.profile_id = ANY(%(profiles)s)
  GROUP BY w.profile_id, o.profile_id
)
SELECT a.writer, a.below, a.posts, b.posts, 0
FROM crossed a JOIN crossed b ON b.writer = a.below AND b.below = a.writer
WHERE a.writer < a.below AND a.posts >= %(mutual)s AND b.posts >= %(mutual)s"""  # noqa: S608 - names of ours
# Pairs of accounts with the same writers again and again. Who writes below very many accounts is no
# link between two of them, and would make a pair of every two.
_COMMON = f"""
WITH own AS ({_OWN}), regular AS (
  SELECT o.profile_id, o.creator_id, c.author
  FROM crm_post o JOIN crm_postcomment c ON c.post_id = o.id AND c.brand_id = %(brand)s
  WHERE o.profile_id = ANY(%(profiles)s) AND c.author IS NOT NULL
    AND o.posted_at > %(since)s AND o.posted_at <= %(at)s
    AND NOT EXISTS (SELECT FROM own WHERE own.profile_id = o.profile_id AND own.author = c.author)
  GROUP BY o.profile_id, o.creator_id, c.author
  HAVING count(DISTINCT c.post_id) >= %(writer_posts)s
), sizes AS (
  SELECT profile_id, count(*) AS writers FROM regular GROUP BY profile_id
), few AS (
  SELECT author FROM regular GROUP BY author HAVING count(*) BETWEEN 2 AND %(most)s
), shared AS (
  SELECT r.* FROM regular r JOIN few ON few.author = r.author
)
SELECT a.profile_id, b.profile_id, 0, 0, count(*)
FROM shared a JOIN shared b
  ON b.author = a.author AND b.profile_id > a.profile_id AND b.creator_id <> a.creator_id
JOIN sizes s ON s.profile_id = a.profile_id JOIN sizes z ON z.profile_id = b.profile_id
GROUP BY a.profile_id, b.profile_id, s.writers, z.writers
HAVING count(*) >= %(writers)s AND count(*) >= %(share)s * greatest(s.writers, z.writers)"""  # noqa: S608 - names of ours
_MOST_ACCOUNTS = 50


def commenters_of(
    brand: Brand, creators: Collection[int], limits: Thresholds, at: datetime
) -> Mapping[int, Commenters]:
    """By account, who wrote below its newest posts: two queries."""
    form = limits.given["repeat_commenters"]
    profiles = Profile.objects.filter(creator__in=list(creators)).order_by("pk")
    rows = profiles.values_list("pk", "platform_id", "handle", "external_id")
    given = {
        **_own(brand, rows),
        "brand": brand.pk,
        "creators": list(creators),
        "since": at - timedelta(days=form["days"]),
        "at": at,
        "posts": form["posts"],
        "least": form["regular_min"],
        "regular": form["regular"],
    }
    return {
        row[0]: Commenters(
            posts=row[1], comments=row[2], writers=row[3], regulars=row[4], theirs=row[5], on=row[6]
        )
        for row in _fetch(_WRITTEN, given)
    }


def ties_of(brand: Brand, limits: Thresholds, at: datetime) -> list[Tie]:
    """What ties the accounts below whose posts the brand has comments: three queries for all."""
    form = limits.given["comment_pod"]
    window: dict[str, Any] = {
        "brand": brand.pk,
        "since": at - timedelta(days=form["days"]),
        "at": at,
    }
    given = window | {
        **_own(brand, _fetch(_COMMENTED, window)),
        "mutual": form["mutual_min"],
        "writers": form["writers_min"],
        "writer_posts": form["writer_posts"],
        "share": form["writer_share"],
        "most": _MOST_ACCOUNTS,
    }
    found: dict[tuple[int, int], Tie] = {}
    for sql in (_MUTUAL, _COMMON):
        for one, other, there, back, writers in _fetch(sql, given):
            old = found.get((one, other), Tie(one, other))
            found[one, other] = Tie(
                one, other, old.there + there, old.back + back, old.writers + writers
            )
    return [found[key] for key in sorted(found)]


def creators_with_comments(brand: Brand) -> list[int]:
    """Creators below whose posts the brand has comments, or had when it last looked; in order."""
    threads = CommentThread.objects.filter(brand=brand, comments__gt=0)
    looked = CommenterReading.objects.current().filter(brand=brand)
    told = set(threads.order_by().values_list("post__creator", flat=True).distinct())
    told |= set(looked.order_by().values_list("profile__creator", flat=True).distinct())
    rows = Relationship.objects.filter(brand=brand, unprofiled_at=None, creator__in=told)
    return list(rows.order_by("creator").values_list("creator", flat=True))


def _own(brand: Brand, rows: Iterable[tuple[Any, ...]]) -> dict[str, list[int]]:
    """Under which numbers accounts comment themselves: by handle, and by the platform's id."""
    profiles, numbers = [], []
    for pk, platform, handle, external_id in rows:
        for key in {handle, external_id}:
            number = number_of(brand_id=brand.pk, platform=platform, key=key)
            if number is not None:
                profiles.append(pk)
                numbers.append(number)
    return {"profiles": profiles, "numbers": numbers}


def _fetch(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
