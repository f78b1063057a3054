"""Remarks about drafts: written, answered, shown to the creator, settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from campaigns.choices import GuestKind
from campaigns.models import Comment, Deliverable, Draft, DraftFile
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor, page_of, words_of
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.choices import NotificationKind
from crm.models import Brand, User
from crm.services.mentions import named_in
from crm.services.notifications import notify_all

TEXT_MAX = 5_000
QUOTE_MAX = 1_000
GUEST_COMMENTS = 100
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Remark:
    """What is said, and about what: words of the text (from, to), a file, or all of it."""

    text: str
    start: int | None = None
    end: int | None = None
    file: int | None = None
    seconds: Decimal | None = None
    parent: int | None = None
    is_visible: bool = False


@transaction.atomic
def comment(*, draft_id: int, brand: Brand, remark: Remark, actor: Actor, at: datetime) -> Comment:
    """Write a remark. A creator's is always visible, a reviewer's is the brand's to show.

    Raises Draft.DoesNotExist, CampaignRefused.
    """
    draft = Draft.objects.select_related(
        "deliverable__engagement__campaign__brand",
        "deliverable__engagement__campaign__owner",
        "deliverable__engagement__owner",
        "deliverable__platform",
    ).get(pk=draft_id, deliverable__engagement__campaign__brand=brand)
    piece = draft.deliverable
    text = words_of(remark.text, "text", TEXT_MAX, needed="Write what you have to say.")
    parent = _parent(piece, remark, actor)
    made = Comment.objects.create(
        deliverable=piece,
        draft=draft,
        parent=parent,
        text=text,
        author=actor.user,
        link=actor.link,
        name=actor.name[:120],
        at=at,
        is_visible=_is_visible(remark, parent, actor, at),
        **_anchor(draft, remark, parent),
    )
    _tell(piece, made, actor, at)
    audit.record(
        brand=brand,
        verb="campaigns.comment.written",
        target=made,
        actor=actor.user,
        at=at,
        data={"deliverable": piece.pk, "draft": draft.number, "for_creator": made.is_visible},
        label=piece.title,
    )
    return made


@transaction.atomic
def settle(
    *, comment_id: int, brand: Brand, is_settled: bool, actor: User, at: datetime
) -> Comment:
    """Say that a remark is settled, or is not after all. Raises Comment.DoesNotExist."""
    found = _held(comment_id, brand)
    if (found.resolved_at is not None) == is_settled:
        return found
    found.resolved_at = at if is_settled else None
    found.resolved_by = actor if is_settled else None
    found.save(update_fields=["resolved_at", "resolved_by"])
    _record(found, "settled" if is_settled else "opened", actor, at)
    return found


@transaction.atomic
def show(*, comment_id: int, brand: Brand, actor: User, at: datetime) -> Comment:
    """Show a remark to the creator. It cannot be hidden again: they may have read it.

    Raises Comment.DoesNotExist, CampaignRefused.
    """
    found = _held(comment_id, brand)
    if found.is_visible:
        return found
    if found.parent is not None and not found.parent.is_visible:
        raise CampaignRefused("Show the remark first that this one answers.")
    found.is_visible = True
    found.save(update_fields=["is_visible"])
    _record(found, "shown", actor, at)
    return found


def _parent(piece: Deliverable, remark: Remark, actor: Actor) -> Comment | None:
    if remark.parent is None:
        return None
    rows = Comment.objects.filter(deliverable=piece, pk=remark.parent)
    if actor.link is not None:
        is_portal = actor.link.kind == GuestKind.PORTAL
        rows = rows.filter(is_visible=True) if is_portal else rows.filter(link=actor.link)
    found = rows.select_related("parent").first()
    if found is None:
        raise CampaignRefused("The remark that you answer is not there any more.", field="parent")
    return found.parent or found


def _is_visible(remark: Remark, parent: Comment | None, actor: Actor, at: datetime) -> bool:
    if actor.link is None:
        if remark.is_visible and parent is not None and not parent.is_visible:
            raise CampaignRefused(
                "The creator does not see the remark that this answers: show that one first.",
                field="is_visible",
            )
        return remark.is_visible
    written = Comment.objects.filter(link=actor.link, at__gt=at - _DAY).count()
    if written >= GUEST_COMMENTS:
        raise CampaignRefused(f"{GUEST_COMMENTS} remarks within a day are the most.")
    return actor.link.kind == GuestKind.PORTAL


def _anchor(draft: Draft, remark: Remark, parent: Comment | None) -> dict[str, object]:
    if parent is not None:
        return {}
    if remark.file is not None:
        file = DraftFile.objects.filter(draft=draft, pk=remark.file).first()
        if file is None:
            raise CampaignRefused("This file is not of this version.", field="file")
        if remark.seconds is not None and remark.seconds < 0:
            raise CampaignRefused("A time begins at 0.", field="seconds")
        return {"file": file, "seconds": remark.seconds}
    if remark.seconds is not None:
        raise CampaignRefused("A time needs a file.", field="seconds")
    if remark.start is None and remark.end is None:
        return {}
    start, end = remark.start, remark.end
    if start is None or end is None or not 0 <= start < end <= len(draft.text):
        raise CampaignRefused("These words do not stand in this version.", field="start")
    if end - start > QUOTE_MAX:
        raise CampaignRefused(f"Choose {QUOTE_MAX:,} characters at most.", field="end")
    return {"start": start, "end": end, "quote": draft.text[start:end]}


def _tell(piece: Deliverable, made: Comment, actor: Actor, at: datetime) -> None:
    brand = piece.engagement.campaign.brand
    named = named_in(made.text, brand) if actor.user is not None else set()
    notify_all(
        users=sorted(named - {actor.user}, key=lambda user: user.pk),
        brand=brand,
        kind=NotificationKind.MENTION,
        text=f"{actor.name} mentioned you in a remark about “{piece}”",
        url=page_of(piece),
        at=at,
        key=f"mention:comment:{made.pk}",
    )
    if actor.link is not None:
        gates.tell(piece, gates.leaders(piece), f"{actor.name} wrote a remark about “{piece}”.", at)


def _held(comment_id: int, brand: Brand) -> Comment:
    return (
        Comment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("deliverable__engagement__campaign__brand", "parent")
        .get(pk=comment_id, deliverable__engagement__campaign__brand=brand)
    )


def _record(found: Comment, act: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=found.deliverable.engagement.campaign.brand,
        verb=f"campaigns.comment.{act}",
        target=found,
        actor=actor,
        at=at,
        data={"deliverable": found.deliverable_id},
        label=found.deliverable.title,
    )
