"""Signs are looked for every night, after each import, and when somebody asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction

from campaigns.authenticity.look import look
from campaigns.authenticity.thresholds import Thresholds, standard
from campaigns.models import AuthenticityReading
from campaigns.services.authenticity.gathering import Known, gather
from campaigns.services.authenticity.keeping import columns, keep
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
    made, moved = keep(
        AuthenticityReading,
        {row.profile_id: row for row in rows},
        [_row(one, limits, at) for one in known],
        at,
    )
    whose = {one.creator_id for one in known if one.profile_id in moved}
    mark_changed(brand=None, creator_ids=whose, cause="authenticity")
    return made


def _row(one: Known, limits: Thresholds, at: datetime) -> AuthenticityReading:
    seen = look(one.account, limits)
    return AuthenticityReading(profile_id=one.profile_id, **columns(seen, limits, at))


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
