"""Put creators into a sequence: who can be, who cannot and why; all checked at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.choices import ContactKind, MailDirection, MailKind, Stage, SuppressionReason
from crm.models import (
    ContactPoint,
    Creator,
    Enrolment,
    EnrolmentStep,
    Mailbox,
    Message,
    OutreachPolicy,
    Relationship,
    Sequence,
    SuppressedAddress,
    Suppression,
    Thread,
    User,
)
from crm.outreach import addresses, countries
from crm.outreach.guard import GONE
from crm.outreach.parts import AUDIENCES, OBJECTIONS
from crm.outreach.standing import PARTNERS
from crm.services.outreach.sequences import newest_steps

# What a person can read the mails of; more are enrolled in several goes.
ENROL_MAX = 500


class EnrolRefused(Exception):
    """Nobody was enrolled; the message is fit for the user."""


@dataclass(frozen=True)
class Candidate:
    """A creator, and why they cannot be enrolled (empty: they can)."""

    relationship: Relationship
    problem: str = ""


@dataclass(frozen=True)
class Enrolled:
    """Who was enrolled and who was not."""

    enrolments: tuple[Enrolment, ...]
    refused: tuple[Candidate, ...]


@dataclass(frozen=True)
class _Asked:
    """What the checks look at: each is one query for all creators, or none."""

    sequence: Sequence
    rows: list[Relationship]
    policy: OutreachPolicy
    contacts: Mapping[int, ContactPoint]
    at: datetime

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.rows]

    @property
    def creators(self) -> dict[int, int]:
        return {row.creator_id: row.pk for row in self.rows}


def candidates(
    sequence: Sequence, relationships: Iterable[int], *, at: datetime
) -> list[Candidate]:
    """These creators of the brand in the order of their names. Raises EnrolRefused for too many.

    As many queries for one as for all.
    """
    ids = list(dict.fromkeys(relationships))
    if len(ids) > ENROL_MAX:
        raise EnrolRefused(
            f"{len(ids):,} creators are more than anybody reads mails for. Choose at most "
            f"{ENROL_MAX} at a time."
        )
    rows = list(
        Relationship.objects.filter(brand=sequence.brand, pk__in=ids)
        .select_related("creator", "brand")
        .order_by("creator__name", "pk")
    )
    mails = ContactPoint.objects.filter(
        brand=sequence.brand,
        kind=ContactKind.EMAIL,
        creator__in=[row.creator_id for row in rows],
    ).usable()
    asked = _Asked(
        sequence=sequence,
        rows=rows,
        policy=OutreachPolicy.of(sequence.brand),
        # The first one is written to.
        contacts={contact.creator_id: contact for contact in mails.order_by("-pk")},
        at=at,
    )
    problems: dict[int, str] = {}
    for check in _CHECKS:
        for pk, why in check(asked).items():
            problems.setdefault(pk, why)
    return [Candidate(row, problems.get(row.pk, "")) for row in rows]


@transaction.atomic
def enrol(
    *,
    sequence_id: int,
    relationships: Collection[int],
    mailbox: Mailbox,
    actor: User,
    at: datetime,
) -> Enrolled:
    """Enrol those who can be; their first mails wait for somebody. Raises EnrolRefused."""
    sequence = (
        Sequence.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=sequence_id)
    )
    if sequence.archived_at is not None:
        raise EnrolRefused(f"“{sequence}” is archived. Bring it back first.")
    if mailbox.brand_id != sequence.brand_id or mailbox.owner_id not in {None, actor.pk}:
        raise EnrolRefused("You cannot write from this mailbox. Choose another.")
    # In one order, so that two people who enrol the same creators wait for each other.
    list(
        Relationship.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=relationships, brand=sequence.brand)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    found = candidates(sequence, relationships, at=at)
    fit = [candidate.relationship for candidate in found if not candidate.problem]
    first, *_later = newest_steps(sequence)
    enrolments = Enrolment.objects.bulk_create(
        [
            Enrolment(
                brand=sequence.brand,
                version=first.version,
                relationship=row,
                mailbox=mailbox,
                owner=actor,
                stage_at_start=row.stage,
                started_at=at,
            )
            for row in fit
        ]
    )
    EnrolmentStep.objects.bulk_create(
        [
            EnrolmentStep(enrolment=enrolment, brand=sequence.brand, step=first, created_at=at)
            for enrolment in enrolments
        ]
    )
    audit.record_many(
        brand=sequence.brand,
        verb="crm.outreach.enrolled",
        of=Relationship,
        acts=[
            audit.Act(
                enrolment.relationship_id,
                enrolment.relationship.creator.name,
                {"enrolment": enrolment.pk, "sequence": sequence.name},
            )
            for enrolment in enrolments
        ],
        actor=actor,
        at=at,
    )
    refused = tuple(candidate for candidate in found if candidate.problem)
    return Enrolled(tuple(enrolments), refused)


def _declined(asked: _Asked) -> dict[int, str]:
    return {row.pk: "Has declined." for row in asked.rows if row.stage == Stage.DECLINED}


def _suppressed(asked: _Asked) -> dict[int, str]:
    brand = asked.sequence.brand
    in_force = Suppression.objects.in_force().filter(brand=brand)
    by_person = in_force.filter(is_person=True, creator__in=asked.creators)
    reasons = dict(by_person.values_list("creator", "reason"))
    digests = {
        addresses.digest(brand.pk, contact.value): creator
        for creator, contact in asked.contacts.items()
    }
    by_address = SuppressedAddress.objects.filter(
        brand=brand, digest__in=digests, suppression__lifted_at=None
    )
    for digest, reason in by_address.values_list("digest", "suppression__reason"):
        reasons.setdefault(digests[digest], reason)
    return {
        asked.creators[creator]: f"On the suppression list: {_reason(reason)}."
        for creator, reason in reasons.items()
    }


def _reason(reason: str) -> str:
    return str(SuppressionReason(reason).label).lower()


def _objected(asked: _Asked) -> dict[int, str]:
    found: dict[int, str] = {}
    for objection in OBJECTIONS:
        for creator, why in objection.of(
            asked.sequence.brand, list(asked.creators), asked.at
        ).items():
            found.setdefault(asked.creators[creator], why)
    return found


def _without_address(asked: _Asked) -> dict[int, str]:
    return {
        row.pk: "No e-mail address that may be used."
        for row in asked.rows
        if row.creator_id not in asked.contacts
    }


def _in_a_sequence(asked: _Asked) -> dict[int, str]:
    running = Enrolment.objects.live().filter(relationship__in=asked.ids)
    return {
        pk: f"Is in “{name}”."
        for pk, name in running.values_list("relationship", "version__sequence__name")
    }


def _of_another_stage(asked: _Asked) -> dict[int, str]:
    wanted = asked.sequence.stage
    if not wanted:
        return {}
    return {
        row.pk: f"Is {Stage(row.stage).label.lower()}; this is for: {Stage(wanted).label.lower()}."
        for row in asked.rows
        if row.stage != wanted
    }


def _of_another_audience(asked: _Asked) -> dict[int, str]:
    kind, _, key = asked.sequence.audience.partition(":")
    if not key:
        return {}
    if kind not in AUDIENCES:
        return dict.fromkeys(asked.ids, f"The audience “{asked.sequence.audience}” is gone.")
    audience = AUDIENCES[kind]
    members = audience.members(asked.sequence.brand, key).filter(pk__in=asked.creators)
    inside = set(members.values_list("pk", flat=True))
    label = dict(audience.choices(asked.sequence.brand)).get(key, key)
    return {
        pk: f"Is not in {audience.label.lower()} “{label}”."
        for creator, pk in asked.creators.items()
        if creator not in inside
    }


def _waits_for_answer(asked: _Asked) -> dict[int, str]:
    threads = Thread.objects.filter(relationship__in=asked.ids, reply_waiting_since__isnull=False)
    return {
        asked.creators[creator]: "Wrote to you and waits for an answer."
        for creator in threads.values_list("relationship__creator", flat=True)
    }


def _contacted(asked: _Asked) -> dict[int, str]:
    quiet = timedelta(days=asked.policy.quiet_days)
    last = (
        Message.objects.filter(
            thread__relationship__in=asked.ids,
            direction=MailDirection.OUT,
            status__in=GONE,
            at__gt=asked.at - quiet,
        )
        .values_list("thread__relationship")
        .annotate(last=Max("at"))
    )
    return {
        pk: f"Somebody wrote on {at:%-d %B}; nobody else does within {quiet.days} days."
        for pk, at in last
    }


def _unlawful(asked: _Asked) -> dict[int, str]:
    wrote = dict(
        Message.objects.filter(
            thread__relationship__in=asked.ids,
            direction=MailDirection.IN,
            kind=MailKind.PERSONAL,
        )
        .values_list("thread__relationship")
        .annotate(last=Max("at"))
    )
    found = {}
    for row in asked.rows:
        contact = asked.contacts.get(row.creator_id)
        rule = countries.rule_of(
            row.creator.country, is_careful=asked.policy.needs_consent_where_unknown
        )
        standing = countries.Standing(
            basis=contact.basis if contact else "",
            worked_together_at=asked.at if row.stage in PARTNERS else None,
            wrote_at=wrote.get(row.pk),
        )
        if countries.basis_for(rule, standing, asked.at) is None:
            found[row.pk] = countries.why_not(rule)
    return found


# The first that says no is told, so what nobody can change comes first.
_CHECKS: tuple[Callable[[_Asked], dict[int, str]], ...] = (
    _declined,
    _suppressed,
    _objected,
    _without_address,
    _in_a_sequence,
    _of_another_stage,
    _of_another_audience,
    _waits_for_answer,
    _contacted,
    _unlawful,
)


def members_of(sequence: Sequence, audience: str) -> list[int]:
    """The relationships of an audience ("segment:educators") that fit one enrolment."""
    kind, _, key = audience.partition(":")
    if kind not in AUDIENCES:
        raise EnrolRefused(f"There is no audience “{audience[:60]}”.")
    creators: Iterable[Creator] = AUDIENCES[kind].members(sequence.brand, key)
    rows = Relationship.objects.filter(brand=sequence.brand, creator__in=creators)
    return list(rows.order_by("pk").values_list("pk", flat=True)[: ENROL_MAX + 1])
