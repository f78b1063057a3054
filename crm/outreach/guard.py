"""Whether a mail to a creator may leave now: asked by the sender for each mail, when it sends it.

Nothing that was true when somebody pressed a button is taken for granted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from crm.choices import (
    EnrolmentStatus,
    MailDirection,
    MailPurpose,
    MailStatus,
    Stage,
    StopReason,
    SuppressionReason,
)
from crm.models import Enrolment, Hold, Mailbox, Message, OutreachPolicy, Relationship, Thread
from crm.outreach import addresses, countries, pitches
from crm.outreach.parts import OBJECTIONS
from crm.outreach.standing import contact_of, standing, suppression_of, wrote_at
from crm.outreach.verdicts import Hindrance, Verdict
from crm.outreach.windows import Window
from crm.outreach.zones import Zone, zone_of

# Of these a mail has left, or may have.
GONE = (MailStatus.SENDING, MailStatus.SENT, MailStatus.UNKNOWN, MailStatus.BOUNCED)
# How long a mail waits that was paused, by its sequence or by a hold, before it asks again.
PAUSE = timedelta(minutes=15)


def may_send(
    *,
    relationship: Relationship,
    mailbox: Mailbox,
    to: str,
    purpose: MailPurpose | str,
    at: datetime,
    message: Message | None = None,
) -> Verdict:
    """Whether `mailbox` may write to the address `to` of a creator at a moment, and if not, why.

    `relationship` is read with its brand and creator. `message` is the mail that asks, so that it
    does not count against itself. `Verdict.retry_at` is when to ask again; where it is None and the
    mail is not allowed, no waiting helps and a person has to decide.
    """
    case = _Case(
        relationship=relationship,
        mailbox=mailbox,
        to=addresses.normal(to),
        purpose=MailPurpose(purpose),
        at=at,
        message=message,
        policy=OutreachPolicy.of(relationship.brand),
    )
    zone = creator_zone(relationship, at)
    rules = [_mailbox, _left_alone, _suppressed, _barred]
    notes = []
    if case.purpose == MailPurpose.REPLY:
        rules += [_daily_cap]
    else:
        rules += [
            _held,
            _brand_is_ready,
            _declined,
            _objected,
            _answered,
            _contacted,
            _own_sequence,
            _in_sequence,
            _unlawful,
            _outside_window,
            _daily_cap,
        ]
        notes.append(f"Hours go by {zone.said_by}.")
    if case.purpose == MailPurpose.FIRST:
        rules += [_careful, _new_cap]
    found = [hindrance for rule in rules for hindrance in rule(case)]
    return Verdict(tuple(found), tuple(notes))


def creator_zone(relationship: Relationship, at: datetime) -> Zone:
    """Where the creator's working hours are looked up, and what says so."""
    creator, brand = relationship.creator, relationship.brand
    return zone_of(own=creator.timezone, country=creator.country, brand=brand.timezone, at=at)


@dataclass(frozen=True)
class _Case:
    """A mail that asks."""

    relationship: Relationship
    mailbox: Mailbox
    to: str
    purpose: MailPurpose
    at: datetime
    message: Message | None
    policy: OutreachPolicy

    @property
    def name(self) -> str:
        return self.relationship.creator.name


def _mailbox(case: _Case) -> Iterator[Hindrance]:
    if case.mailbox.brand_id != case.relationship.brand_id:
        yield Hindrance("mailbox_of_another_brand", "The mailbox is of another brand.")
    if case.mailbox.is_paused:
        yield Hindrance(
            "mailbox_paused", f"{case.mailbox} is paused. Let it go on in the mail settings."
        )


def _brand_is_ready(case: _Case) -> Iterator[Hindrance]:
    if not case.policy.postal_address.strip():
        yield Hindrance(
            "no_postal_address",
            f"Each mail has to name the postal address of {case.relationship.brand}, which nobody "
            "has set yet (Outreach, Rules of sending).",
        )
    if not settings.RAPPORT_URL:
        yield Hindrance(
            "no_public_address",
            "The unsubscribe link would lead nowhere: whoever runs Rapport has to set RAPPORT_URL.",
        )


def _held(case: _Case) -> Iterator[Hindrance]:
    """A paused creator or brand: it waits. Answers go out, since a crisis needs them."""
    relationship = case.relationship
    held = Hold.objects.on(relationship.brand, relationship.pk).in_force(case.at).first()
    if held is not None:
        held.brand = relationship.brand
        if held.relationship_id is not None:
            held.relationship = relationship
        today = case.at.astimezone(ZoneInfo(relationship.brand.timezone)).date()
        yield Hindrance("on_hold", held.words(today), held.until or case.at + PAUSE)


def _suppressed(case: _Case) -> Iterator[Hindrance]:
    relationship = case.relationship
    found = suppression_of(relationship, case.to)
    if found is None:
        return
    answers_her = (
        case.purpose == MailPurpose.REPLY
        and found.reason in {SuppressionReason.OPT_OUT, SuppressionReason.BY_HAND}
        and (wrote := wrote_at(relationship)) is not None
        and wrote > found.at
    )
    if not answers_her:
        label = SuppressionReason(found.reason).label.lower()
        note = f" ({found.note})" if found.note else ""
        yield Hindrance(
            "suppressed",
            f"{case.name} is on the suppression list since {found.at:%-d %B %Y}: {label}{note}.",
        )


def _left_alone(case: _Case) -> Iterator[Hindrance]:
    if case.relationship.erased_at is not None:
        yield Hindrance("erased", f"{case.name} was erased: nobody is written to.")
    elif case.relationship.restricted_at is not None:
        yield Hindrance(
            "restricted",
            f"{case.name} asked that their data is kept and used for nothing. Legal can lift it.",
        )


def _barred(case: _Case) -> Iterator[Hindrance]:
    contact = contact_of(case.relationship, case.to)
    if contact is not None and contact.barred_at is not None:
        yield Hindrance(
            "address_barred",
            f"{case.to} is not to be used since {contact.barred_at:%-d %B %Y}: "
            f"{contact.barred_reason.rstrip('.')}.",
        )


def _declined(case: _Case) -> Iterator[Hindrance]:
    if case.relationship.stage == Stage.DECLINED:
        yield Hindrance(
            "declined",
            f"{case.name} has declined. Move the stage first, with the reason, to write again.",
        )


def _objected(case: _Case) -> Iterator[Hindrance]:
    relationship = case.relationship
    for objection in OBJECTIONS:
        found = objection.of(relationship.brand, [relationship.creator_id], case.at)
        if why := found.get(relationship.creator_id):
            yield Hindrance(objection.code, why)


def _careful(case: _Case) -> Iterator[Hindrance]:
    """A first mail to somebody with whom a mistake costs much needs somebody else's yes.

    Nobody is sent to ask for one that would change nothing.
    """
    missing = pitches.missing_of(case.relationship, case.at)
    if missing and next(_objected(case), None) is None:
        yield Hindrance("needs_approval", missing)


def _others(case: _Case) -> Q:
    """Threads that are not the mail's own."""
    own = case.message.thread_id if case.message else None
    return ~Q(thread=own) if own else Q()


def _answered(case: _Case) -> Iterator[Hindrance]:
    """Nobody nudges a creator who has already written."""
    waiting = Thread.objects.filter(
        relationship=case.relationship, reply_waiting_since__isnull=False
    ).first()
    if waiting is not None:
        yield Hindrance(
            "reply_waits",
            f"{case.name} wrote on {waiting.reply_waiting_since:%-d %B} and waits for an answer: "
            "answer there, or mark the conversation as done.",
        )


def _contacted(case: _Case) -> Iterator[Hindrance]:
    """Nobody is contacted twice, whoever of the brand it was."""
    quiet = timedelta(days=case.policy.quiet_days)
    last = (
        Message.objects.filter(
            _others(case),
            thread__relationship=case.relationship,
            direction=MailDirection.OUT,
            status__in=GONE,
            at__gt=case.at - quiet,
        )
        .select_related("author")
        .order_by("-at", "-pk")
        .first()
    )
    if last is not None:
        who = last.author.display_name if last.author else str(last.from_address)
        yield Hindrance(
            "recently_contacted",
            f"{who} wrote to {case.name} on {last.at:%-d %B}. Nobody else writes within "
            f"{case.policy.quiet_days} days; answer in that conversation instead.",
            last.at + quiet,
        )


def _own_sequence(case: _Case) -> Iterator[Hindrance]:
    """A mail of a sequence that was paused or stopped after it was queued."""
    if case.message is None or case.message.pk is None:
        return
    own = Enrolment.objects.filter(steps__message=case.message).first()
    if own is None:
        return
    if own.status == EnrolmentStatus.PAUSED:
        yield Hindrance("paused", f"The sequence is paused for {case.name}.", case.at + PAUSE)
    elif own.status == EnrolmentStatus.STOPPED:
        why = StopReason(own.stop_reason).label.lower()
        yield Hindrance("stopped", f"The sequence was stopped for {case.name}: {why}.")


def _in_sequence(case: _Case) -> Iterator[Hindrance]:
    running = (
        Enrolment.objects.live()
        .filter(relationship=case.relationship)
        .select_related("version__sequence")
    )
    if case.message is not None and case.message.pk:
        running = running.exclude(steps__message__thread=case.message.thread_id)
    found = running.exclude(status=EnrolmentStatus.WAITING).first()
    if found is not None:
        yield Hindrance(
            "in_sequence",
            f"{case.name} is in the sequence “{found.version.sequence}”. Stop it there first.",
        )


def _unlawful(case: _Case) -> Iterator[Hindrance]:
    country = case.relationship.creator.country
    rule = countries.rule_of(country, is_careful=case.policy.needs_consent_where_unknown)
    mine = standing(case.relationship, case.to, case.at)
    if countries.basis_for(rule, mine, case.at) is None:
        yield Hindrance("no_lawful_basis", countries.why_not(rule))


def window_of(policy: OutreachPolicy) -> Window:
    """The brand's hours of sending."""
    return Window(
        starts=policy.window_from,
        ends=policy.window_until,
        weekdays=[int(day) for day in policy.weekdays],
        days_off=policy.days_off,
    )


def _outside_window(case: _Case) -> Iterator[Hindrance]:
    zone = creator_zone(case.relationship, case.at)
    opens = window_of(case.policy).opens(case.at, zone.zone)
    if opens is None:
        yield Hindrance("no_window", "Every day of the year to come is a day off in the rules.")
    elif opens > case.at:
        here = opens.astimezone(zone.zone)
        yield Hindrance(
            "outside_window",
            f"Mails leave between {case.policy.window_from:%H:%M} and "
            f"{case.policy.window_until:%H:%M} by {zone.said_by}: next on {here:%A %-d %B, %H:%M}.",
            opens,
        )


def _today(case: _Case) -> tuple[datetime, datetime]:
    """When the brand's day began, and when it ends."""
    here = case.at.astimezone(ZoneInfo(case.relationship.brand.timezone))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + timedelta(days=1)


def _sent_today(case: _Case, **which: str) -> int:
    """How many mails left the mailbox on this day of the brand, this one not counted."""
    since, _until = _today(case)
    gone = Message.objects.filter(
        Q(sent_at__gte=since)
        | Q(status__in=[MailStatus.SENDING, MailStatus.UNKNOWN], sending_since__gte=since),
        mailbox=case.mailbox,
        direction=MailDirection.OUT,
        **which,
    )
    if case.message is not None and case.message.pk:
        gone = gone.exclude(pk=case.message.pk)
    return gone.count()


def _daily_cap(case: _Case) -> Iterator[Hindrance]:
    if _sent_today(case) >= case.mailbox.daily_cap:
        yield Hindrance(
            "daily_cap",
            f"{case.mailbox} has sent its {case.mailbox.daily_cap} mails of today.",
            _today(case)[1],
        )


def _new_cap(case: _Case) -> Iterator[Hindrance]:
    if _sent_today(case, purpose=MailPurpose.FIRST) >= case.mailbox.daily_new_cap:
        yield Hindrance(
            "new_contacts_cap",
            f"{case.mailbox} has written its {case.mailbox.daily_new_cap} first mails of today.",
            _today(case)[1],
        )
