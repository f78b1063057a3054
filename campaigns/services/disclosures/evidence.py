"""Snapshots of content: what a draft, a post or a picture of it showed, kept with a digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from campaigns.choices import EvidenceFileKind, EvidenceSource, ReviewStage
from campaigns.models import Deliverable, Draft, Evidence, EvidenceFile, Sighting
from campaigns.selectors.disclosures.cases import SEEN
from campaigns.services.deliverables import files as draft_files
from campaigns.services.deliverables.record import Actor
from campaigns.services.documents import digest_of
from campaigns.services.publishing import captures
from crm.models import Brand, ImportBatch, Post
from crm.stored import Store

STORE = Store("evidence")
# A draft's films and a publication's pictures are kept once, where they came in.
_STORES = (STORE, draft_files.STORE, captures.STORE)


@dataclass(frozen=True)
class Kept:
    """A file that lies in a store, and what it shows."""

    kind: str
    name: str
    content_type: str
    size: int
    sha256: str

    @classmethod
    def of(cls, file: Any, kind: str = "") -> Kept:
        """Of a file of a draft, or one that was uploaded."""
        return cls(
            kind or kind_of(file.content_type),
            file.name[-200:],
            file.content_type,
            file.size,
            file.sha256,
        )


def kind_of(content_type: str) -> str:
    """What a file probably shows."""
    part = content_type.partition("/")[0]
    if part == "image":
        return EvidenceFileKind.SCREENSHOT.value
    if part in {"video", "audio"}:
        return EvidenceFileKind.MEDIA.value
    return EvidenceFileKind.OTHER.value


def write(
    piece: Deliverable,
    *,
    stage: ReviewStage,
    source: EvidenceSource,
    captured_at: datetime,
    at: datetime,
    seen: Mapping[str, Any],
    draft: Draft | None = None,
    kept: Sequence[Kept] = (),
    note: str = "",
    actor: Actor | None = None,
    batch: ImportBatch | None = None,
) -> Evidence:
    """Write a snapshot down with its files and its digest; the caller holds the piece."""
    actor = actor or Actor()
    # Clocks of two servers differ a little.
    made = Evidence(
        brand=piece.engagement.campaign.brand,
        deliverable=piece,
        stage=stage,
        draft=draft,
        source=source,
        captured_at=min(captured_at, at),
        recorded_at=at,
        note=note,
        by=actor.user,
        link=actor.link,
        batch=batch,
        **seen,
    )
    made.digest = digest(made, kept)
    made.save(force_insert=True)
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            evidence=made,
            brand_id=made.brand_id,
            kind=one.kind,
            name=one.name,
            content_type=one.content_type,
            size=one.size,
            sha256=one.sha256,
        )
        for one in kept
    )
    return made


def document_of(evidence: Evidence, kept: Sequence[Kept | EvidenceFile]) -> dict[str, Any]:
    """What a snapshot shows, as its digest covers it; nothing of who keeps it."""
    return {
        "deliverable": evidence.deliverable_id,
        "stage": str(evidence.stage),
        "draft": evidence.draft_id,
        "source": str(evidence.source),
        "captured_at": _moment(evidence.captured_at),
        "recorded_at": _moment(evidence.recorded_at),
        "note": evidence.note,
        "seen": {name: getattr(evidence, name) for name in SEEN},
        "files": sorted(
            (
                {
                    "kind": str(one.kind),
                    "name": one.name,
                    "content_type": one.content_type,
                    "size": one.size,
                    "sha256": one.sha256,
                }
                for one in kept
            ),
            key=lambda file: str(file["sha256"]),
        ),
    }


def digest(evidence: Evidence, kept: Sequence[Kept | EvidenceFile]) -> str:
    """SHA-256 of what a snapshot shows, the hashes of its files included."""
    return digest_of(document_of(evidence, kept))


def of_draft(piece: Deliverable, draft: Draft, at: datetime) -> Evidence:
    """The snapshot of a version as it was handed in; made once, for a version never changes."""
    found = Evidence.objects.filter(draft=draft, source=EvidenceSource.DRAFT).first()
    if found is not None:
        return found
    return write(
        piece,
        stage=ReviewStage.DRAFT,
        source=EvidenceSource.DRAFT,
        captured_at=draft.submitted_at,
        at=at,
        seen={"text": draft.text or None, "url": draft.links[0] if draft.links else ""},
        draft=draft,
        kept=[Kept.of(file) for file in draft.files.order_by("pk")],
    )


def of_post(
    piece: Deliverable, post: Post, batch: ImportBatch | None, seen_at: datetime, at: datetime
) -> Evidence | None:
    """The snapshot of a post as an import brought it; None: it is as the last one says."""
    seen = {
        # Empty: the source tells no captions, or there is none; nobody knows which.
        "text": post.caption or None,
        "title": post.title or None,
        "url": post.url[:500] if post.url.startswith(("http://", "https://")) else "",
        "platform_tool": post.is_paid_partnership,
        "language": post.language[:10],
    }
    last = (
        Evidence.objects.filter(deliverable=piece, source=EvidenceSource.IMPORT)
        .order_by("-captured_at", "-pk")
        .first()
    )
    told = ("text", "title", "platform_tool")
    if last is not None and all(getattr(last, name) == seen[name] for name in told):
        return None
    return write(
        piece,
        stage=ReviewStage.LIVE,
        source=EvidenceSource.IMPORT,
        captured_at=seen_at,
        at=at,
        seen=seen,
        batch=batch,
    )


def of_sighting(piece: Deliverable, sighting: Sighting, at: datetime) -> Evidence:
    """The snapshot that a picture of the publication is."""
    size = len(captures.content_of(sighting, piece.engagement.campaign.brand))
    suffix = sighting.content_type.rpartition("/")[2]
    return write(
        piece,
        stage=ReviewStage.LIVE,
        source=EvidenceSource.PORTAL if sighting.link_id else EvidenceSource.UPLOAD,
        captured_at=sighting.seen_at,
        at=at,
        seen={"url": piece.published_url},
        kept=[
            Kept(
                EvidenceFileKind.SCREENSHOT.value,
                f"capture-{sighting.digest[:12]}.{suffix}",
                sighting.content_type,
                size,
                sighting.digest,
            )
        ],
        note=sighting.note,
        actor=Actor(sighting.by, sighting.link),
    )


def opened(file: EvidenceFile) -> IO[bytes]:
    """The file's bytes. Raises FileNotFoundError where no store has it any more."""
    for store in _STORES:
        if store.has(file.brand_id, file.sha256):
            return store.open(file.brand_id, file.sha256)
    raise FileNotFoundError(file.sha256)


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete the uploaded files that no snapshot has any more; returns how many."""

    def needed(digests: set[str]) -> set[str]:
        rows = EvidenceFile.objects.filter(brand=brand, sha256__in=digests)
        return set(rows.values_list("sha256", flat=True))

    return STORE.remove_orphans(brand.pk, needed=needed, at=at)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
