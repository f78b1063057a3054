"""Evidence by hand: what the team or the creator saw of a piece, with screenshots and films."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Sum

from campaigns.choices import (
    DeliverableState,
    EvidenceFileKind,
    EvidenceSource,
    ReviewStage,
)
from campaigns.models import Deliverable, Draft, Evidence, EvidenceFile, GuestLink
from campaigns.selectors.disclosures.cases import SEEN
from campaigns.services.deliverables import files
from campaigns.services.deliverables.record import Actor, words_of
from campaigns.services.deliverables.record import held as held_piece
from campaigns.services.disclosures import evidence, finding, live
from campaigns.services.disclosures.record import log_evidence
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand

TEXT_MAX, FRAME_MAX, FRAMES_MAX, NOTE_MAX, URL_MAX = 50_000, 2_000, 100, 500, 500
SECONDS_MAX = 24 * 3_600
# Behind one link within a day: whoever got hold of an address must not fill the disk.
GUEST_TIMES, GUEST_BYTES = 20, 1024 * 1024 * 1024
_DAY = timedelta(days=1)
_is_url = URLValidator(schemes=["http", "https"])


@transaction.atomic
def gather(
    *,
    deliverable_id: int,
    brand: Brand,
    seen: Mapping[str, Any],
    uploads: Sequence[UploadedFile[Any]] = (),
    kind: str = "",
    note: str = "",
    captured_at: datetime,
    actor: Actor,
    at: datetime,
    draft_id: int | None = None,
) -> Evidence:
    """Keep what somebody saw of a version (`draft_id`), or of the published post.

    `seen` names parts of cases.SEEN; what is left out, nobody captured. `kind`: what the files
    show, where their type does not tell. The rules are asked again; where a decision stood on
    something else, its review is opened. Raises Deliverable.DoesNotExist, CampaignRefused.
    """
    piece = held_piece(deliverable_id, brand, force=draft_id is None)
    draft = _draft_of(piece, draft_id, captured_at)
    parts = _checked(seen)
    note = words_of(note, "note", NOTE_MAX)
    if captured_at > at:
        raise CampaignRefused("This moment is still to come.", field="captured_at")
    if not uploads and not set(parts) - {"url", "language"}:
        raise CampaignRefused(
            "Add a file, the text, or say whether the platform's own label is on.", field="uploads"
        )
    if kind and kind not in EvidenceFileKind.values:
        raise CampaignRefused("There is no such kind of file.", field="kind")
    if actor.link is not None:
        _within_limits(actor.link, uploads, at)
    kept = files.keep(brand, uploads, store=evidence.STORE)
    made = evidence.write(
        piece,
        stage=ReviewStage.DRAFT if draft else ReviewStage.LIVE,
        source=EvidenceSource.PORTAL if actor.link is not None else EvidenceSource.UPLOAD,
        captured_at=captured_at,
        at=at,
        seen=parts,
        draft=draft,
        kept=[evidence.Kept.of(one, kind) for one in kept],
        note=note,
        actor=actor,
    )
    if draft is not None:
        finding.refresh_open(piece, ReviewStage.DRAFT, at)
    else:
        live.look_again(piece, at, actor=actor)
    log_evidence(made, actor, at)
    return made


def _draft_of(piece: Deliverable, draft_id: int | None, captured_at: datetime) -> Draft | None:
    if draft_id is not None:
        draft = piece.drafts.filter(pk=draft_id).first()
        if draft is None:
            raise CampaignRefused("There is no such version of this piece.", field="draft")
        return draft
    if piece.state != DeliverableState.PUBLISHED or piece.published_at is None:
        raise CampaignRefused(
            f"“{piece}” is not published yet. Write down where it is first.",
            code="not_in_this_state",
        )
    if captured_at < piece.published_at:
        raise CampaignRefused(
            f"It was published only on {piece.published_at:%-d %B %Y %H:%M}.", field="captured_at"
        )
    return None


def _checked(seen: Mapping[str, Any]) -> dict[str, Any]:
    """The parts as they are kept. Raises CampaignRefused."""
    parts = {
        name: value
        for name, value in seen.items()
        if name in SEEN and value is not None and value not in ("", [])
    }
    for name in ("title", "text", "visible_text", "spoken"):
        if name in parts:
            parts[name] = words_of(parts[name].replace("\r\n", "\n"), name, TEXT_MAX)
    if "frames" in parts:
        frames = [words_of(one, "frames", FRAME_MAX) for one in parts["frames"]]
        if len(frames) > FRAMES_MAX:
            raise CampaignRefused(f"{FRAMES_MAX} frames are the most.", field="frames")
        parts["frames"] = frames
    for name in ("seconds", "label_seconds"):
        if name in parts and not 0 <= parts[name] <= SECONDS_MAX:
            raise CampaignRefused("Give seconds from 0 to a day's.", field=name)
    if parts.get("label_seconds", 0) > parts.get("seconds", SECONDS_MAX):
        raise CampaignRefused(
            "The label cannot be seen longer than the film is.", field="label_seconds"
        )
    if "url" in parts:
        try:
            _is_url(parts["url"])
        except ValidationError as error:
            raise CampaignRefused(
                "This is no address of the web: https://…", field="url"
            ) from error
        if len(parts["url"]) > URL_MAX:
            raise CampaignRefused(f"An address has {URL_MAX} characters at most.", field="url")
    return parts


def _within_limits(link: GuestLink, uploads: Sequence[UploadedFile[Any]], at: datetime) -> None:
    """Raise CampaignRefused where one link hands in too much within a day."""
    today = Evidence.objects.filter(link=link, recorded_at__gt=at - _DAY)
    if today.count() >= GUEST_TIMES:
        raise CampaignRefused(
            f"{GUEST_TIMES} times within a day are the most. Go on tomorrow, or write to us."
        )
    sizes = EvidenceFile.objects.filter(evidence__in=today).aggregate(sum=Sum("size"))["sum"] or 0
    if sizes + sum(upload.size or 0 for upload in uploads) > GUEST_BYTES:
        raise CampaignRefused(
            f"{GUEST_BYTES // 1_073_741_824} GB of files within a day are the most.",
            field="uploads",
        )
