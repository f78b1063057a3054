"""Everything that is kept about the disclosure of one piece, as a document for somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from campaigns.models import (
    Deliverable,
    DisclosureDecision,
    DisclosureReview,
    Evidence,
    EvidenceFile,
)
from campaigns.services.disclosures.evidence import document_of
from crm import audit
from crm.models import AuditEntry, User


@dataclass(frozen=True)
class Dossier:
    """A piece with its snapshots and its reviews, the oldest first."""

    piece: Deliverable
    shots: Sequence[Evidence]
    reviews: Sequence[DisclosureReview]


def gathered(piece: Deliverable) -> Dossier:
    """Everything about one piece: a handful of queries, however much there is of it."""
    shots = Evidence.objects.filter(deliverable=piece).select_related("by", "link", "draft")
    reviews = DisclosureReview.objects.filter(deliverable=piece).select_related(
        "draft", "requested_by", "requested_link"
    )
    decisions = DisclosureDecision.objects.select_related("by", "on_behalf_of", "finding")
    return Dossier(
        piece,
        list(shots.prefetch_related("files").order_by("captured_at", "pk")),
        list(
            reviews.prefetch_related(
                "findings", "answers__by", Prefetch("decisions", decisions)
            ).order_by("opened_at", "pk")
        ),
    )


def record_of(found: Dossier) -> dict[str, Any]:
    """The piece, its snapshots, and each review with findings, answers and decisions."""
    piece = found.piece
    campaign = piece.engagement.campaign
    return {
        "deliverable": piece.pk,
        "title": piece.title,
        "platform": piece.platform_id,
        "form": piece.form,
        "campaign": {"key": campaign.key, "name": campaign.name},
        "creator": {
            "uid": str(piece.engagement.relationship.creator.uid),
            "name": piece.engagement.relationship.creator.name,
        },
        "state": piece.state,
        "published_at": piece.published_at,
        "published_url": piece.published_url or None,
        "evidence": [_evidence(one) for one in found.shots],
        "reviews": [_review(one) for one in found.reviews],
    }


def files_of(dossier: Dossier) -> Iterable[EvidenceFile]:
    """Each file of its snapshots once, by hash."""
    found = {file.sha256: file for shot in dossier.shots for file in shot.files.all()}
    return [found[digest] for digest in sorted(found)]


def path_of(piece: Deliverable, file: EvidenceFile) -> str:
    """Where a file lies in the archive: by its hash, with an ending that programmes know."""
    ending = {
        "image/jpeg": "jpg",
        "video/quicktime": "mov",
        "audio/mpeg": "mp3",
        "audio/mp4": "m4a",
    }.get(file.content_type, file.content_type.rpartition("/")[2])
    return f"pieces/{piece.pk}/files/{file.sha256}.{ending}"


def ledger_of(dossier: Dossier) -> list[dict[str, Any]]:
    """The ledger's entries about the piece, its reviews and its snapshots: one query."""
    piece = dossier.piece
    brand = piece.engagement.campaign.brand
    about = (
        Q(target_type="campaigns.deliverable", target_id=piece.pk)
        | Q(
            target_type="campaigns.disclosurereview",
            target_id__in=[one.pk for one in dossier.reviews],
        )
        | Q(
            target_type="campaigns.evidence",
            target_id__in=[one.pk for one in dossier.shots],
        )
    )
    rows = AuditEntry.objects.filter(about, brand=brand).exclude(verb=EXPORTED)
    origins = audit.Origins.of_brand(brand.pk)
    entries = rows.select_related("text").order_by("number")
    return [audit.exported(entry, origins) for entry in entries]


EXPORTED = "campaigns.disclosure.exported"


def _evidence(shot: Evidence) -> dict[str, Any]:
    return {
        "id": shot.pk,
        # What the digest is computed over, as canonical JSON.
        "document": document_of(shot, list(shot.files.all())),
        "digest": shot.digest,
        "by": _who(shot.by) or (shot.link.name if shot.link else None),
        "draft": shot.draft.number if shot.draft else None,
    }


def _review(review: DisclosureReview) -> dict[str, Any]:
    return {
        "id": review.pk,
        "stage": review.stage,
        "draft": review.draft.number if review.draft else None,
        "opening": review.opening,
        "state": review.state,
        "opened_at": review.opened_at,
        "due_at": review.due_at,
        "requested_by": _who(review.requested_by)
        or (review.requested_link.name if review.requested_link else None),
        "risk": review.risk,
        "risk_reasons": review.risk_reasons,
        "needs_second": review.needs_second,
        "verdict": review.verdict or None,
        "decided_at": review.decided_at,
        "findings": [
            {
                "id": one.pk,
                "evidence": one.evidence_id,
                "made_at": one.made_at,
                "on": one.on,
                "verdict": one.verdict,
                "strictest": one.strictest,
                "problem": one.problem,
                "packs": one.packs,
                "digest": one.digest,
                "case": one.case,
                "result": one.result,
            }
            for one in review.findings.all()
        ],
        "answers": [
            {
                "key": one.key,
                "result": one.result,
                "note": one.note or None,
                "evidence": one.evidence_id,
                "by": _who(one.by),
                "at": one.at,
            }
            for one in review.answers.all()
        ],
        "decisions": [
            {
                "verdict": one.verdict,
                "reason": one.reason or None,
                "finding": one.finding_id,
                "is_second": one.is_second,
                "by": _who(one.by),
                "on_behalf_of": _who(one.on_behalf_of),
                "at": one.at,
                "together": one.together,
            }
            for one in review.decisions.all()
        ],
    }


def _who(user: User | None) -> str | None:
    return user.display_name if user else None
