"""Who saw a publication and when: what that says of it now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from campaigns.choices import DeliverableState, SightingKind
from campaigns.models import Publication, Sighting
from campaigns.models.guests import GuestLink
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures import live
from campaigns.services.publishing import captures
from campaigns.services.publishing.captures import Capture
from campaigns.services.publishing.planning import locked, record
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from crm.models import Brand, User

NOTE_MAX = 500
# What was undone says nothing any more. Confirmed: the first time it was seen. Gone: when it was
# first missed after the last time that it was seen.
_STANDING = """
WITH valid AS (
  SELECT s.publication_id, s.is_there, s.seen_at, s.id FROM campaigns_sighting s
  LEFT JOIN crm_importbatch b ON b.id = s.batch_id
  WHERE s.publication_id = ANY(%(ids)s)
    AND (s.kind <> 'import' OR (s.post_id IS NOT NULL AND coalesce(b.status, '') <> 'undone'))
), told AS (
  SELECT p.id,
    (SELECT min(v.seen_at) FROM valid v WHERE v.publication_id = p.id AND v.is_there) AS first_at,
    (SELECT min(v.seen_at) FROM valid v
     WHERE v.publication_id = p.id AND NOT v.is_there AND NOT EXISTS (
       SELECT FROM valid later WHERE later.publication_id = p.id AND later.is_there
         AND (later.seen_at, later.id) > (v.seen_at, v.id))) AS missed_at
  FROM campaigns_publication p WHERE p.id = ANY(%(ids)s)
)
UPDATE campaigns_publication p SET confirmed_at = told.first_at, gone_at = told.missed_at
FROM told WHERE told.id = p.id
  AND (p.confirmed_at, p.gone_at) IS DISTINCT FROM (told.first_at, told.missed_at)"""


def settle(publications: Collection[int]) -> int:
    """Say of publications what their sightings say of them; returns how many changed."""
    if not publications:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"ids": sorted(publications)})
        return int(cursor.rowcount)


@transaction.atomic
def add_capture(
    *,
    deliverable_id: int,
    brand: Brand,
    content: bytes,
    seen_at: datetime,
    is_there: bool,
    note: str,
    at: datetime,
    actor: User | None = None,
    link: GuestLink | None = None,
) -> Sighting:
    """Keep a picture that shows a publication where it should be, or shows that it is not there.

    Raises CampaignRefused, and Deliverable.DoesNotExist.
    """
    capture = captures.read_capture(content)
    publication = _published(deliverable_id, brand)
    _check_moment(publication, seen_at, at)
    made = keep_capture(
        publication,
        capture,
        seen_at=seen_at,
        is_there=is_there,
        note=note,
        at=at,
        actor=actor,
        link=link,
    )
    _tell_ledger(made, actor, at)
    live.capture_known(publication, publication.deliverable, at)
    live.look_again(publication.deliverable, at, actor=Actor(actor, link))
    return made


def keep_capture(
    publication: Publication,
    capture: Capture,
    *,
    seen_at: datetime,
    is_there: bool,
    note: str,
    at: datetime,
    actor: User | None,
    link: GuestLink | None,
) -> Sighting:
    """Store a picture that was looked at already; the caller holds the deliverable."""
    captures.keep(publication.brand, capture)
    made = Sighting.objects.create(
        publication=publication,
        kind=SightingKind.CAPTURE,
        is_there=is_there,
        seen_at=seen_at,
        digest=capture.digest,
        content_type=capture.content_type,
        by=actor,
        link=link,
        note=note.strip()[:NOTE_MAX],
        recorded_at=at,
    )
    settle([publication.pk])
    return made


@transaction.atomic
def say_gone(
    *,
    deliverable_id: int,
    brand: Brand,
    seen_at: datetime,
    note: str,
    actor: User | None,
    at: datetime,
) -> Sighting:
    """Write down that somebody looked and did not find it any more. Raises as `add_capture`."""
    publication = _published(deliverable_id, brand)
    note = note.strip()[:NOTE_MAX]
    if not note:
        raise ReasonNeeded("Say what you saw in its place, e.g. “page not found”.")
    _check_moment(publication, seen_at, at)
    made = Sighting.objects.create(
        publication=publication,
        kind=SightingKind.LOOK,
        is_there=False,
        seen_at=seen_at,
        by=actor,
        note=note,
        recorded_at=at,
    )
    settle([publication.pk])
    _tell_ledger(made, actor, at)
    return made


def _published(deliverable_id: int, brand: Brand) -> Publication:
    deliverable = locked(deliverable_id, brand, None)
    publication = Publication.objects.filter(deliverable=deliverable).first()
    if publication is None or deliverable.state != DeliverableState.PUBLISHED:
        raise CampaignRefused(
            f"“{deliverable}” is not published yet. Write down where it is first.",
            code="not_in_this_state",
        )
    publication.deliverable, publication.brand = deliverable, brand
    return publication


def _check_moment(publication: Publication, seen_at: datetime, at: datetime) -> None:
    published = publication.deliverable.published_at
    if seen_at > at:
        raise CampaignRefused("This is still to come.", code="out_of_range", field="seen_at")
    if published and seen_at < published:
        raise CampaignRefused(
            f"It was published only on {published:%-d %B %Y %H:%M}.",
            code="out_of_range",
            field="seen_at",
        )


def _tell_ledger(made: Sighting, actor: User | None, at: datetime) -> None:
    data: dict[str, object] = {
        "sighting": made.pk,
        "kind": made.kind,
        "is_there": made.is_there,
        "seen_at": made.seen_at,
    }
    if made.link_id:
        data["link"] = made.link_id
    record(made.publication.deliverable, "seen", actor, at, data)
