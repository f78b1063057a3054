"""Invitations go out: by mails of the product, or by links that somebody sends themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.models import Event, EventInvitation, GuestLink
from campaigns.services import guests
from campaigns.services.deliverables.record import Actor
from campaigns.services.events.record import happened, held_invitation
from campaigns.services.holds import refuse_held
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, Mailbox, Message, User
from crm.outreach.guard import may_send
from crm.services.mail import composing

# So long a mail can be taken back.
TAKE_BACK = timedelta(seconds=10)
# Mails at a time: more of them is a newsletter, which is not sent from somebody's own mailbox.
MAILS_MAX = 100
NAME, LINK = "{{name}}", "{{link}}"
# Whom there is something to send to.
_ASKED = (State.INVITED, State.OFFERED)


@dataclass(frozen=True)
class Letter:
    """The mail that brings an invitation; NAME and LINK stand for those of each creator."""

    mailbox: Mailbox
    subject: str
    text: str
    # Where this product is reached, for links.
    site: str


@dataclass
class Sent:
    """How many mails wait to go out, and who gets none, with the reason."""

    mails: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def unanswered(event: Event) -> Sequence[EventInvitation]:
    """Who is asked and has not answered, with what a link needs."""
    rows = EventInvitation.objects.filter(event=event, state__in=_ASKED).select_related(
        "relationship__creator", "relationship__brand", "event__campaign__brand"
    )
    return list(rows.order_by("relationship__creator__name", "pk"))


def send_mails(
    *, event: Event, invitations: Collection[int], letter: Letter, actor: User, at: datetime
) -> Sent:
    """A mail to each of these who has not answered yet: each by itself, under outreach's guard.

    What is refused for one creator stops no other. Raises CampaignRefused where nothing can go out.
    """
    if LINK not in letter.text:
        raise CampaignRefused(
            f"The mail needs {LINK}: there each creator's own link is put, by which they answer.",
            field="text",
        )
    rows = [row for row in unanswered(event) if row.pk in invitations]
    if not rows:
        raise CampaignRefused("Nobody of those chosen has an answer to give.")
    if len(rows) > MAILS_MAX:
        raise CampaignRefused(f"Up to {MAILS_MAX} mails at a time: choose fewer.")
    sent = Sent()
    for row in rows:
        try:
            _mail(row, letter, actor, at)
        except (CampaignRefused, composing.MailRefused) as refusal:
            sent.refused.append((row.relationship.creator.name, str(refusal)))
        else:
            sent.mails += 1
    return sent


@transaction.atomic
def mark_sent(
    *,
    invitation_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    message: Message | None = None,
) -> EventInvitation:
    """Write down that it went out. Raises CampaignRefused, EventInvitation.DoesNotExist."""
    row = held_invitation(invitation_id, brand, Act.SEND, expected_version)
    row.sent_at = row.sent_at or at
    happened(row, Act.SEND, State(row.state), by=Actor(actor), at=at, message=message)
    return row


@transaction.atomic
def link_for(row: EventInvitation, *, actor: User | None, at: datetime) -> GuestLink:
    """The creator's link to their invitation: the one that is open, or a new one."""
    there = GuestLink.objects.filter(invitation=row).open_at(at).order_by("-expires_at").first()
    if there is not None:
        return there
    left = (row.event.ends_at - at).days + 2
    return guests.make_link(
        target=row,
        name=row.relationship.creator.name,
        actor=actor,
        at=at,
        days=min(max(left, 1), guests.DAYS_MAX),
    )


@transaction.atomic
def make_links(*, event: Event, actor: User, at: datetime) -> int:
    """A link for everybody who has not answered and has none; how many are new."""
    rows = unanswered(event)
    open_ones = GuestLink.objects.filter(invitation__in=rows).open_at(at)
    there = set(open_ones.values_list("invitation", flat=True))
    missing = [row for row in rows if row.pk not in there]
    for row in missing:
        link_for(row, actor=actor, at=at)
    return len(missing)


@transaction.atomic
def _mail(row: EventInvitation, letter: Letter, actor: User, at: datetime) -> None:
    relationship, event = row.relationship, row.event
    brand = event.campaign.brand
    refuse_held(brand, relationship=relationship, campaign=event.campaign, at=at)
    address = letter.site + guests.path_of(link_for(row, actor=actor, at=at))
    name = relationship.creator.name
    purpose = composing.purpose_of(relationship)
    message = composing.compose(
        relationship=relationship,
        mailbox=letter.mailbox,
        author=actor,
        subject=letter.subject.replace(NAME, name),
        text=letter.text.replace(NAME, name).replace(LINK, address),
        purpose=purpose,
        at=at,
    )
    verdict = may_send(
        relationship=relationship,
        mailbox=letter.mailbox,
        to=message.to[0],
        purpose=purpose,
        at=at,
        message=message,
    )
    if not verdict.allowed and verdict.retry_at is None:
        raise CampaignRefused(verdict.words, field="mailbox")
    composing.queue(message_id=message.pk, actor=actor, at=at, send_after=at + TAKE_BACK)
    mark_sent(
        invitation_id=row.pk,
        brand=brand,
        actor=actor,
        at=at,
        expected_version=None,
        message=message,
    )


def letter_text(event: Event) -> str:
    """What an invitation says, to be written on."""
    when = f"{event.begins:%-d %B %Y, %H:%M} ({event.zone})"
    lines = [
        f"Hello {NAME},",
        "",
        f"we would like to invite you to {event.name}: {when}, {event.place}.",
    ]
    if event.covers or event.covers_travel:
        lines.append(event.covers or "We cover your travel.")
    until = f" by {event.answer_by:%-d %B %Y}" if event.answer_by else ""
    lines += ["", f"Please tell us here{until} whether you come:", LINK, ""]
    lines += ["Kind regards", event.campaign.brand.name]
    return "\n".join(lines)


def site_of(absolute: str) -> str:
    """Where links lead: what the installation says, or else where the request came from."""
    return (settings.RAPPORT_URL or absolute).rstrip("/")
