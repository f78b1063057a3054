"""Signs are looked for every night, after each import, and when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from campaigns.authenticity.account import RAISED, UNKNOWN, Seen
from campaigns.authenticity.look import look
from campaigns.authenticity.thresholds import Thresholds, standard
from campaigns.models import AuthenticityReading
from campaigns.services.authenticity.gathering import Known, gather
from crm.audit import canonical
from crm.models import Creator
from crm.services.facts import mark_changed

BATCH = 1_000
_OF_IMPORT = """
SELECT p.creator_id FROM crm_profile p WHERE p.import_batch_id = %(batch)s
UNION SELECT p.creator_id FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
  WHERE s.import_batch_id = %(batch)s
UNION SELECT o.creator_id FROM crm_post o WHERE o.import_batch_id = %(batch)s
UNION SELECT p.creator_id FROM crm_audiencesnapshot a JOIN crm_profile p ON p.id = a.profile_id
  WHERE a.import_batch_id = %(batch)s
UNION SELECT o.creator_id FROM crm_postmetricsnapshot s JOIN crm_post o ON o.id = s.post_id
  WHERE s.import_batch_id = %(batch)s
ORDER BY 1"""


def look_at_all(*, at: datetime) -> int:
    """Look at everybody; how many accounts came out with other signs."""
    changed, last = 0, 0
    while numbers := _after(last):
        changed += look_at(numbers, at=at)
        last = numbers[-1]
    return changed


def look_at_import(*, batch_id: int, at: datetime) -> int:
    """Look at whom an import told something of."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_IMPORT, {"batch": batch_id})
        numbers = [row[0] for row in cursor.fetchall()]
    return sum(look_at(part, at=at) for part in _parts(numbers))


@transaction.atomic
def look_at(creators: Collection[int], *, at: datetime) -> int:
    """Look at these creators (at most BATCH); how many accounts came out with other signs."""
    _alone()
    limits = standard()
    known = gather(creators, at)
    rows = AuthenticityReading.objects.current().filter(
        profile__in=[one.profile_id for one in known]
    )
    before = {row.profile_id: row for row in rows}
    made, renewed, whose = [], [], set()
    for one in known:
        old, new = before.get(one.profile_id), _row(one, limits, at)
        if old is not None and old.digest == new.digest:
            continue
        if old is not None and _outcome(old) == _outcome(new) and old.looked_at <= at:
            old.flags, old.digest, old.looked_at = new.flags, new.digest, at
            renewed.append(old)
            continue
        made.append(new)
        if old is None or old.raised != new.raised:
            whose.add(one.creator_id)
    _close([before[row.profile_id] for row in made if row.profile_id in before], at)
    AuthenticityReading.objects.bulk_update(
        renewed, ["flags", "digest", "looked_at"], batch_size=500
    )
    AuthenticityReading.objects.bulk_create(made, batch_size=500)
    mark_changed(brand=None, creator_ids=whose, cause="authenticity")
    return len(made)


def plain(seen: Sequence[Seen], limits: Thresholds) -> list[dict[str, Any]]:
    """What came out, as the database keeps it."""
    return [
        {
            "key": one.key,
            "label": limits.label(one.key),
            "state": one.state,
            "value": one.value,
            "threshold": one.threshold,
            "source": one.source,
            "on": one.on.isoformat() if one.on else None,
            "why": limits.why(one.key),
        }
        for one in seen
    ]


def _row(one: Known, limits: Thresholds, at: datetime) -> AuthenticityReading:
    seen = look(one.account, limits)
    flags = plain(seen, limits)
    said = {"thresholds": limits.version, "flags": flags}
    return AuthenticityReading(
        profile_id=one.profile_id,
        read_at=at,
        looked_at=at,
        raised=sorted(sign.key for sign in seen if sign.state == RAISED),
        unknown=sorted(sign.key for sign in seen if sign.state == UNKNOWN),
        flags=flags,
        thresholds=limits.version,
        digest=hashlib.sha256(canonical(said).encode()).hexdigest(),
    )


def _outcome(row: AuthenticityReading) -> tuple[list[str], list[str], str]:
    return row.raised, row.unknown, row.thresholds


def _close(rows: Sequence[AuthenticityReading], at: datetime) -> None:
    for row in rows:
        # Clocks of two servers differ a little.
        row.superseded_at = max(row.read_at, at)
    AuthenticityReading.objects.bulk_update(rows, ["superseded_at"], batch_size=500)


def _after(last: int) -> list[int]:
    rows = Creator.objects.filter(pk__gt=last, merged_into=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH))


def _alone() -> None:
    """Two at once would both add a reading of one account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('campaigns.authenticity', 0))"
        )
