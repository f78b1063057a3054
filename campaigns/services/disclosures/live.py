"""Reviews of published pieces: opened with the publication, and again when it was edited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from campaigns.choices import Gate, ReviewStage, ReviewState, SightingKind
from campaigns.models import (
    Deliverable,
    DisclosureFinding,
    DisclosureReview,
    Evidence,
    Publication,
)
from campaigns.selectors.disclosures.cases import Shown, evidence_of, shown_of
from campaigns.services.deliverables import gates, hours
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.record import held as held_piece
from campaigns.services.disclosures import evidence, finding, opening
from campaigns.services.disclosures.record import log_evidence
from campaigns.services.refusals import CampaignRefused

LIVE = ReviewStage.LIVE
# What a decision stands on: where it is not what it was, the decision holds no more.
CONTENT = ("text", "title", "platform_tool")
# Posts that say something else than the last snapshot of them, or of which there is none.
_CHANGED = """
SELECT p.id FROM campaigns_publication p
JOIN campaigns_deliverable d ON d.id = p.deliverable_id
JOIN crm_post o ON o.id = d.post_id
LEFT JOIN LATERAL (
  SELECT e.id, e.text, e.title, e.platform_tool FROM campaigns_evidence e
  WHERE e.deliverable_id = d.id AND e.source = 'import'
  ORDER BY e.captured_at DESC, e.id DESC LIMIT 1
) last ON true
WHERE p.id = ANY(%s) AND (last.id IS NULL OR coalesce(last.text, '') <> o.caption
  OR coalesce(last.title, '') <> o.title
  OR last.platform_tool IS DISTINCT FROM o.is_paid_partnership)
ORDER BY p.id"""


def open_for_live(
    publication: Publication,
    piece: Deliverable,
    at: datetime,
    *,
    actor: Actor | None = None,
    why: str = "",
) -> DisclosureReview:
    """Legal looks at what is published, within the hours that its gate has.

    What pictures and imports showed so far is captured. The caller holds the piece.
    """
    capture_known(publication, piece, at)
    found = finding.refresh_open(piece, LIVE, at)
    if found is not None:
        return found
    brand = piece.engagement.campaign.brand
    plan, week = gates.plan_of(piece.engagement.campaign), gates.week_of(brand)
    due_at = hours.due_at(at, plan.hours_of(Gate.LEGAL), week)
    review = opening.begin(
        piece,
        stage=LIVE,
        draft=None,
        opening=0,
        due_at=due_at,
        requested=(publication.by, publication.link),
        at=at,
        actor=actor,
        **({"again_because": why} if why else {}),
    )
    today = at.astimezone(week.zone).date()
    asked = gates.deciders(brand, Gate.LEGAL, plan.keeper_of(Gate.LEGAL), today)
    creator = piece.engagement.relationship.creator
    is_again = "was edited after its review" if why == "edited" else "is published"
    gates.tell(
        piece,
        [user for user in asked if user.pk != review.requested_by_id],
        f"“{piece}” by {creator} {is_again}: look at its disclosure, "
        f"{hours.words(at, review.due_at, week)}.",
        at,
        key=f"review:{review.pk}",
    )
    return review


def capture_known(publication: Publication, piece: Deliverable, at: datetime) -> int:
    """Make snapshots of what pictures and the last import showed; returns how many."""
    made = 0
    kept = set(
        Evidence.objects.filter(deliverable=piece, stage=LIVE).values_list(
            "files__sha256", flat=True
        )
    )
    for sighting in publication.sightings.filter(
        kind=SightingKind.CAPTURE, is_there=True
    ).select_related("by", "link"):
        if sighting.digest not in kept:
            shot = evidence.of_sighting(piece, sighting, at)
            log_evidence(shot, Actor(sighting.by, sighting.link), at)
            kept.add(sighting.digest)
            made += 1
    if piece.post is not None:
        last = (
            publication.sightings.filter(kind=SightingKind.IMPORT, is_there=True)
            .select_related("batch")
            .order_by("-seen_at", "-pk")
            .first()
        )
        seen_at = last.seen_at if last else piece.post.metrics_at or piece.post.created_at
        batch = last.batch if last else None
        found = evidence.of_post(piece, piece.post, batch, seen_at, at)
        if found is not None:
            log_evidence(found, Actor(), at)
            made += 1
    return made


def look_again(
    piece: Deliverable, at: datetime, *, actor: Actor | None = None
) -> DisclosureReview | None:
    """After new evidence: the rules are asked again, or a review that was decided is opened.

    It is where the content is not what its decision stood on. The caller holds the piece.
    """
    waiting = finding.refresh_open(piece, LIVE, at)
    publication = Publication.objects.filter(deliverable=piece).select_related("by", "link").first()
    if waiting is not None or publication is None:
        return waiting
    last = (
        DisclosureReview.objects.filter(deliverable=piece, stage=LIVE, state=ReviewState.DECIDED)
        .select_related("finding")
        .order_by("-opened_at", "-pk")
        .first()
    )
    if last is None or last.finding is None:
        return None
    if _is_as_before(last.finding, shown_of(evidence_of(piece, LIVE, None))):
        return None
    return open_for_live(publication, piece, at, actor=actor, why="edited")


def follow(publications: Collection[int], at: datetime) -> int:
    """What an import tells of the content of publications; returns how many say something new.

    One query finds them; only those are held and written.
    """
    if not publications:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [sorted(publications)])
        changed = [row[0] for row in cursor.fetchall()]
    rows = Publication.objects.filter(pk__in=changed).select_related("brand", "by", "link")
    for publication in rows.order_by("pk"):
        with transaction.atomic():
            try:
                piece = held_piece(publication.deliverable_id, publication.brand, force=True)
            except (Deliverable.DoesNotExist, CampaignRefused):
                continue
            capture_known(publication, piece, at)
            look_again(piece, at)
    return len(changed)


def _is_as_before(found: DisclosureFinding, shown: Shown) -> bool:
    before = found.case
    now_frames = shown["frames"]
    return all(before.get(name) == shown[name] for name in CONTENT) and (
        before["media"].get("frames"),
        before["media"].get("spoken"),
    ) == (list(now_frames) if now_frames is not None else None, shown["spoken"])
