"""A brand that may write: its rules are set, it has a mailbox, and a creator has an address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crm.choices import (
    MailDirection,
    MailKind,
    MailPurpose,
    MailStatus,
    StepAction,
    SuppressionOrigin,
    SuppressionReason,
)
from crm.models import (
    Brand,
    Mailbox,
    MailTemplate,
    Message,
    OutreachPolicy,
    Relationship,
    Sequence,
    Thread,
    User,
)
from crm.services.outreach.enrolling import enrol
from crm.services.outreach.sequences import Step, make_sequence
from crm.services.outreach.suppressions import suppress_address
from crm.services.outreach.templates import make_template
from tests.factories import (
    ContactPointFactory,
    CreatorFactory,
    ProfileFactory,
    RelationshipFactory,
)

# A Monday in Copenhagen, 11:00 there.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def policy_of(brand: Brand, **options: Any) -> OutreachPolicy:
    """The rules with a postal address."""
    given = {"sender_name": "Acme ApS", "postal_address": "Vestergade 1, 1456 København K"}
    return OutreachPolicy.objects.create(brand=brand, **{**given, **options})


def mailbox_of(brand: Brand, **options: Any) -> Mailbox:
    """Shared, without servers."""
    given = {"address": f"hello@{brand.slug}.example", "name": "Ana of Acme"}
    return Mailbox.objects.create(brand=brand, **{**given, **options})


def known_creator(
    brand: Brand,
    *,
    name: str = "Maya Lindholm",
    address: str = "maya@example.com",
    country: str = "DK",
    **options: Any,
) -> Relationship:
    """A relationship with a creator who has an address and an account."""
    creator = CreatorFactory(name=name, country=country)
    relationship = RelationshipFactory(brand=brand, creator=creator, **options)
    if address:
        ContactPointFactory(brand=brand, creator=creator, value=address)
    ProfileFactory(creator=creator, handle=address.partition("@")[0] or "nobody", followers=12_000)
    return relationship


def mail(
    relationship: Relationship,
    mailbox: Mailbox,
    *,
    at: datetime,
    direction: MailDirection = MailDirection.OUT,
    status: MailStatus = MailStatus.SENT,
    thread: Thread | None = None,
    **options: Any,
) -> Message:
    """A mail that went or came at a moment."""
    is_in = direction == MailDirection.IN
    thread = thread or Thread.objects.create(
        brand=relationship.brand, relationship=relationship, mailbox=mailbox, subject="Hi"
    )
    given = {
        "kind": MailKind.PERSONAL,
        "purpose": "" if is_in else "first",
        "from_address": "maya@example.com" if is_in else mailbox.address,
        "sent_at": None if is_in else at,
        "text": "Hello",
    }
    return Message.objects.create(
        brand=relationship.brand,
        thread=thread,
        mailbox=mailbox,
        direction=direction,
        status=MailStatus.RECEIVED if is_in else status,
        message_id=f"<{thread.pk}.{at.timestamp()}.{direction}@acme.example>",
        at=at,
        **{**given, **options},
    )


FIRST = (
    "Working together?",
    "Hi {{first_name}},\n\n{{personal_line}}\n\nShall we talk?\n{{sender_first_name}}",
)
NUDGE = ("Still there?", "Hi {{first_name}}, did you see my mail?\n{{sender_first_name}}")
LINE = "Your series on repairing coats made me laugh."


def templates_of(brand: Brand) -> tuple[MailTemplate, MailTemplate]:
    """One for a first mail, one for a follow-up."""
    made = [
        make_template(
            brand=brand,
            about={"name": name, "purpose": purpose},
            subject=subject,
            body=body,
            at=MONDAY,
            actor=None,
        )
        for name, purpose, (subject, body) in (
            ("Hello", MailPurpose.FIRST, FIRST),
            ("Nudge", MailPurpose.FOLLOW_UP, NUDGE),
        )
    ]
    return made[0], made[1]


def steps_of(first: MailTemplate, nudge: MailTemplate) -> list[Step]:
    """A first mail, a follow-up after three days by itself, one after four more that waits."""
    return [
        Step(StepAction.DRAFT, 0, first.pk),
        Step(StepAction.MAIL, 3, nudge.pk),
        Step(StepAction.DRAFT, 4, nudge.pk),
    ]


def sequence_of(brand: Brand, **about: Any) -> Sequence:
    """The steps above."""
    steps = steps_of(*templates_of(brand))
    given = {"name": "Spring", **about}
    return make_sequence(brand=brand, about=given, steps=steps, at=MONDAY, actor=None)


def sent(message: Message, at: datetime) -> Message:
    """As if the sender had sent it."""
    message.status, message.sent_at, message.at = MailStatus.SENT, at, at
    message.save()
    return message


def write_to_somebody(brand: Brand, actor: User) -> None:
    """A brand with a sequence, a creator in it, and somebody on the suppression list."""
    policy_of(brand)
    sequence = sequence_of(brand)
    maya = known_creator(brand)
    enrol(
        sequence_id=sequence.pk,
        relationships=[maya.pk],
        mailbox=mailbox_of(brand),
        actor=actor,
        at=MONDAY,
    )
    suppress_address(
        brand=brand,
        address="press@example.com",
        reason=SuppressionReason.BY_HAND,
        origin=SuppressionOrigin.PERSON,
        at=MONDAY,
        actor=actor,
    )
