"""Which posts point to the brand: links to its sites, and its accounts by name.

What is read are the words that creators wrote. What a platform makes of a link (rel=nofollow, a
short address of its own) is not in them, so it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from campaigns.models import PostReference, SearchSettings
from campaigns.services.keywords.counting import spans
from campaigns.services.keywords.keeping import KeywordsRefused
from crm import audit
from crm.models import Brand, User

NAMES_MAX = 50
_HOST = re.compile(r"^(?=.{4,120}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")
_ACCOUNT = re.compile(r"^[a-z0-9][a-z0-9._-]{0,59}$")
_FIND = """
WITH found AS MATERIALIZED (
  SELECT DISTINCT p.id AS post_id, t.kind, left(rtrim(lower(m[1]), '/.,;:!'), 300) AS target
  FROM crm_post p JOIN crm_relationship r ON r.creator_id = p.creator_id
  CROSS JOIN (VALUES ('link', %(link)s::text), ('mention', %(mention)s::text)) AS t (kind, pattern)
  CROSS JOIN LATERAL regexp_matches(p.title || ' ' || p.caption, t.pattern, 'gi') AS m
  WHERE r.brand_id = %(brand)s AND p.id > %(after)s AND p.id <= %(last)s AND t.pattern <> ''
), gone AS (
  UPDATE campaigns_postreference o SET gone_at = %(at)s
  WHERE o.brand_id = %(brand)s AND o.post_id > %(after)s AND o.post_id <= %(last)s
    AND o.gone_at IS NULL AND NOT EXISTS (
      SELECT FROM found f
      WHERE f.post_id = o.post_id AND f.kind = o.kind AND f.target = o.target)
)
INSERT INTO campaigns_postreference (brand_id, post_id, kind, target, first_seen_at)
SELECT %(brand)s, post_id, kind, target, %(at)s FROM found WHERE target <> '' ORDER BY 2, 3, 4
ON CONFLICT (brand_id, post_id, kind, target) DO UPDATE SET gone_at = NULL
  WHERE campaigns_postreference.gone_at IS NOT NULL
"""


def settings_of(brand: Brand) -> SearchSettings:
    """What the brand named, or nothing."""
    return SearchSettings.objects.filter(brand=brand).first() or SearchSettings(brand=brand)


@transaction.atomic
def set_search(
    *,
    brand: Brand,
    hosts: Sequence[str],
    accounts: Sequence[str],
    version: int,
    actor: User | None,
    at: datetime,
) -> SearchSettings:
    """Say by what posts point to the brand. Raises KeywordsRefused."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    decided = settings_of(brand)
    if decided.version != version:
        msg = "Somebody has changed this since: look at it again."
        raise KeywordsRefused(msg, code="outdated")
    before = {"hosts": decided.hosts, "accounts": decided.accounts}
    decided.hosts = _checked(hosts, _HOST, "hosts", "no host: write shop.example")
    decided.accounts = _checked(accounts, _ACCOUNT, "accounts", "no name of an account")
    decided.counted_at = None
    # The first time too: of two who saw nothing, the second is told of the first.
    decided.version += 1
    decided.save()
    audit.record(
        brand=brand,
        verb="campaigns.keywords.search_changed",
        target=brand,
        actor=actor,
        at=at,
        label="links and mentions",
        data={name: [old, getattr(decided, name)] for name, old in before.items()},
    )
    return decided


def count_references(*, brand: Brand, at: datetime) -> int:
    """Read the posts of the brand's creators. Returns how many references stand in them.

    One that was seen and stands there no longer keeps its row, with the day.
    """
    decided = settings_of(brand)
    if not decided.pk:
        return 0
    values: dict[str, Any] = {
        "brand": brand.pk,
        "at": at,
        "link": _link(decided),
        "mention": _mention(decided),
    }
    for after, last in spans(brand):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FIND, {**values, "after": after, "last": last})
    rows = SearchSettings.objects.filter(pk=decided.pk, version=decided.version)
    rows.update(counted_at=at)
    return PostReference.objects.filter(brand=brand, gone_at=None).count()


def _link(decided: SearchSettings) -> str:
    """Of one of the hosts or below it: its address without the question; "": none is named."""
    hosts = "|".join(re.escape(host) for host in decided.hosts)
    path = r"(?:/[^\s?#\"'<>()\[\]{}]*)?"
    return (
        rf"(?<![a-z0-9@._-])((?:[a-z0-9-]+\.)*(?:{hosts})(?![a-z0-9-]|\.[a-z0-9]){path})"
        if hosts
        else ""
    )


def _mention(decided: SearchSettings) -> str:
    accounts = "|".join(re.escape(name) for name in decided.accounts)
    return rf"(?<![\w.@])@({accounts})(?![\w-]|\.\w)" if accounts else ""


def _checked(
    told: Sequence[str], pattern: re.Pattern[str], field: str, otherwise: str
) -> list[str]:
    found = []
    for one in told:
        name = one.strip().lower().removeprefix("https://").removeprefix("http://")
        name = name.rstrip("/").removeprefix("www.").removeprefix("@")
        if not pattern.match(name):
            raise KeywordsRefused(f"“{one[:60]}” is {otherwise}.", code="not_a_name", field=field)
        found.append(name)
    if len(found) > NAMES_MAX:
        raise KeywordsRefused(f"{NAMES_MAX} at most.", code="too_many", field=field)
    return sorted(set(found))
