"""In which formats creators post: looked at each night and when somebody says one, with history.

Rules read it as of any moment (segmentation/facts/formats.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.models import FormatReading
from campaigns.services.formats.sorting import LOOKED_AT, WINDOW, Text, sort_posts
from campaigns.services.formats.words import LOOKED_AT as LETTERS
from campaigns.services.trust.keeping import alone
from crm.models import Brand, Relationship
from crm.services.facts import mark_changed

BATCH = 200
# Of a brand in a night; the others come in the nights after, who waits longest first.
MOST = 20_000
# Whoever posted shortly before the last look may have posted since; all others after so long.
AGAIN = timedelta(days=7)

_DUE = """SELECT r.id FROM crm_relationship r
LEFT JOIN campaigns_formatreading x ON x.relationship_id = r.id AND x.superseded_at IS NULL
LEFT JOIN crm_creatormetrics m ON m.creator_id = r.creator_id
WHERE r.brand_id = %(brand)s AND r.unprofiled_at IS NULL
  AND (x.id IS NULL AND m.last_post_at > %(since)s
    OR x.looked_at <= %(long_ago)s OR m.last_post_at > x.looked_at - %(again)s)
ORDER BY x.looked_at NULLS FIRST, r.id LIMIT %(most)s"""
_POSTS = f"""SELECT r.id, p.id, p.title, left(p.caption, {LETTERS})
FROM crm_relationship r CROSS JOIN LATERAL (
  SELECT o.id, o.title, o.caption FROM crm_post o
  WHERE o.creator_id = r.creator_id AND o.posted_at BETWEEN %(since)s AND %(at)s
  ORDER BY o.posted_at DESC, o.id DESC LIMIT {LOOKED_AT}
) p WHERE r.id = ANY(%(who)s)"""  # noqa: S608 - numbers of ours


def read_brand(*, brand: Brand, at: datetime, most: int = MOST) -> int:
    """Look at the creators of a brand whose turn it is; how many came out differently.

    A transaction for each batch: nobody waits for the whole brand.
    """
    objected = FormatReading.objects.filter(brand=brand, relationship__unprofiled_at__isnull=False)
    objected.delete()
    given: dict[str, Any] = {
        "brand": brand.pk,
        "since": at - WINDOW,
        "long_ago": at - AGAIN,
        "again": AGAIN,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, given)
        due = [row[0] for row in cursor.fetchall()]
    return sum(
        read_some(brand=brand, relationships=due[start : start + BATCH], at=at)
        for start in range(0, len(due), BATCH)
    )


@transaction.atomic
def read_some(*, brand: Brand, relationships: Sequence[int], at: datetime) -> int:
    """Look at these creators of the brand (ids, at most BATCH); how many came out differently."""
    alone(brand, "campaigns.formats")
    people = dict(
        Relationship.objects.filter(
            brand=brand, pk__in=relationships, unprofiled_at=None
        ).values_list("pk", "creator_id")
    )
    found = _found(brand, list(people), at)
    rows = FormatReading.objects.filter(relationship__in=people, superseded_at=None)
    before = {row.relationship_id: row for row in rows}
    made, renewed = [], []
    for pk in people:
        posts, counts = found.get(pk, (0, {}))
        old = before.get(pk)
        if old is None and not posts:
            continue
        # Clocks of two servers differ a little.
        moment = at if old is None else max(old.looked_at, at)
        if old is not None and old.counts == counts:
            old.posts, old.looked_at = posts, moment
            renewed.append(old)
            continue
        if old is not None:
            old.superseded_at = moment
        made.append(
            FormatReading(
                brand=brand,
                relationship_id=pk,
                read_at=moment,
                looked_at=moment,
                counts=counts,
                posts=posts,
            )
        )
    closed = [before[row.relationship_id] for row in made if row.relationship_id in before]
    FormatReading.objects.bulk_update(closed, ["superseded_at"])
    FormatReading.objects.bulk_update(renewed, ["posts", "looked_at"])
    FormatReading.objects.bulk_create(made)
    mark_changed(
        brand=brand,
        creator_ids=[people[row.relationship_id] for row in made],
        cause="formats",
    )
    return len(made)


def _found(
    brand: Brand, relationships: Sequence[int], at: datetime
) -> Mapping[int, tuple[int, dict[str, int]]]:
    """By relationship: how many posts were looked at, and those of each format."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, {"who": list(relationships), "since": at - WINDOW, "at": at})
        rows = cursor.fetchall()
    texts: dict[int, list[Text]] = defaultdict(list)
    for relationship, post, title, caption in rows:
        texts[relationship].append(Text(post, title, caption))
    kinds = sort_posts(brand.pk, (text for some in texts.values() for text in some))
    found = {}
    for relationship, some in texts.items():
        counts = Counter(kind.value for text in some if (kind := kinds[text.post].kind) is not None)
        found[relationship] = (len(some), dict(sorted(counts.items())))
    return found
