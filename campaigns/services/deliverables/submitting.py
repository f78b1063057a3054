"""Drafts are handed in, by the brand or by the creator, and taken back before they are decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Max, Sum

from campaigns.choices import DeliverableAct, DeliverableState, DraftState
from campaigns.models import Deliverable, Draft, DraftFile, GateTurn, GuestLink
from campaigns.selectors.deliverable_basis import basis_of
from campaigns.services.deliverables import files, gates, reopening
from campaigns.services.deliverables.record import Actor, enter, held, log, words_of
from campaigns.services.deliverables.states import require
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand

TEXT_MAX = 50_000
NOTE_MAX = 1_000
REASON_MAX = 500
LINKS_MAX = 10
# Behind one link within a day: whoever got hold of an address must not fill the disk.
GUEST_DRAFTS = 10
GUEST_BYTES = 1024 * 1024 * 1024
_DAY = timedelta(days=1)
_is_link = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Handed:
    """What is handed in: a text, files, links, or some of each."""

    text: str = ""
    links: Sequence[str] = ()
    uploads: Sequence[UploadedFile[Any]] = ()
    note: str = ""
    round_reason: str = ""


@transaction.atomic
def submit(
    *,
    deliverable_id: int,
    brand: Brand,
    handed: Handed,
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Draft:
    """Hand in the next version: it goes to the first gate.

    Raises Deliverable.DoesNotExist, CampaignRefused.
    """
    piece = held(deliverable_id, brand, expected_version)
    require(piece.state, DeliverableAct.SUBMIT)
    text = words_of(handed.text.replace("\r\n", "\n"), "text", TEXT_MAX)
    note = words_of(handed.note, "note", NOTE_MAX)
    links = _links(handed.links)
    if not text and not links and not handed.uploads:
        raise CampaignRefused("Give a text, a file or an address.", field="text")
    reason = words_of(handed.round_reason, "round_reason", REASON_MAX)
    plan = gates.plan_of(piece.engagement.campaign)
    agreed = gates.rounds_of(piece, plan)
    counted = piece.drafts.exclude(state=DraftState.WITHDRAWN).count()
    if counted >= agreed and not reason:
        raise CampaignRefused(
            f"This is draft {counted + 1}; {agreed} are agreed. Say why there is one more.",
            code="reason_needed",
            field="round_reason",
        )
    if actor.link is not None:
        _within_limits(actor.link, handed.uploads, at)
    kept = files.keep(brand, handed.uploads)
    number = (piece.drafts.aggregate(last=Max("number"))["last"] or 0) + 1
    was_approved = piece.state == DeliverableState.APPROVED
    before = piece.drafts.filter(state=DraftState.APPROVED).order_by("-number").first()
    draft = Draft.objects.create(
        deliverable=piece,
        number=number,
        text=text,
        links=links,
        note=note,
        basis=basis_of(piece),
        round_reason=reason if counted >= agreed else "",
        submitted_at=at,
        submitted_by=actor.user,
        link=actor.link,
        state_since=at,
    )
    files.attach(draft, brand, kept)
    Draft.objects.filter(pk=draft.pk).update(is_sealed=True)
    draft.is_sealed = True
    gates.open_review(piece, draft, at)
    enter(piece, DeliverableState.IN_REVIEW, at)
    if was_approved and before is not None:
        told = gates.who_decided(before) - {actor.user}
        gates.tell(
            piece,
            sorted(told, key=lambda user: user.pk),
            f"Version {number} of “{piece}” came after its approval: all gates are asked again.",
            at,
            key=f"again:{draft.pk}",
        )
    if actor.link is not None:
        turn = gates.waiting_turn(piece)
        gates.tell(
            piece,
            gates.leaders(piece),
            f"{actor.name} handed in version {number} of “{piece}”.",
            at,
            # Who was asked to decide about it just now hears of it once.
            key=f"gate:{turn.pk}" if turn else "",
        )
    words = "It was approved before; all gates are asked again." if was_approved else ""
    log(
        piece,
        DeliverableAct.SUBMIT,
        actor,
        at,
        number=number,
        note=" ".join(filter(None, [words, draft.round_reason])),
        files=len(kept),
    )
    return draft


@transaction.atomic
def withdraw(
    *,
    deliverable_id: int,
    brand: Brand,
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Deliverable:
    """Take back the version in review; the piece stands where it stood before.

    Raises Deliverable.DoesNotExist, CampaignRefused.
    """
    piece = held(deliverable_id, brand, expected_version)
    require(piece.state, DeliverableAct.WITHDRAW)
    draft = piece.drafts.get(state=DraftState.IN_REVIEW)
    if actor.link is not None and GateTurn.objects.filter(
        draft=draft, opening=draft.opening, decided_at__isnull=False
    ):
        raise CampaignRefused("Somebody has decided about it already: wait for the end of it.")
    gates.drop_turns(draft)
    Draft.objects.filter(pk=draft.pk).update(state=DraftState.WITHDRAWN, state_since=at)
    enter(piece, reopening.settled(piece), at)
    log(piece, DeliverableAct.WITHDRAW, actor, at, number=draft.number)
    return piece


def _links(given: Sequence[str]) -> list[str]:
    links = list(dict.fromkeys(link.strip() for link in given if link.strip()))
    if len(links) > LINKS_MAX:
        raise CampaignRefused(f"{LINKS_MAX} addresses are the most.", field="links")
    for link in links:
        try:
            _is_link(link)
        except ValidationError as error:
            raise CampaignRefused(
                f"“{link[:60]}” is no address of the web: https://…", field="links"
            ) from error
        if len(link) > 500:
            raise CampaignRefused("An address has 500 characters at most.", field="links")
    return links


def _within_limits(link: GuestLink, uploads: Sequence[UploadedFile[Any]], at: datetime) -> None:
    """Raise CampaignRefused where one link hands in too much within a day."""
    today = Draft.objects.filter(link=link, submitted_at__gt=at - _DAY)
    if today.count() >= GUEST_DRAFTS:
        raise CampaignRefused(
            f"{GUEST_DRAFTS} drafts within a day are the most. Go on tomorrow, or write to us."
        )
    kept = DraftFile.objects.filter(draft__in=today).aggregate(sum=Sum("size"))["sum"] or 0
    if kept + sum(upload.size or 0 for upload in uploads) > GUEST_BYTES:
        raise CampaignRefused(
            f"{GUEST_BYTES // 1_073_741_824} GB of files within a day are the most. Give the "
            "address of the film instead.",
            field="uploads",
        )
