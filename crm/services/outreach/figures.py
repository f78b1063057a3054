"""What the pages of outreach count: what waits, what is due, what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence as Many
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from crm.choices import (
    EnrolmentStatus,
    MailDirection,
    MailPurpose,
    MailStatus,
    StopReason,
)
from crm.models import (
    Brand,
    Enrolment,
    EnrolmentStep,
    Mailbox,
    Message,
    OutreachPolicy,
    Sequence,
)
from crm.services.outreach.approving import waiting

LATELY = timedelta(days=30)
# Below this a rate says nothing.
RATE_MIN = 10
_Z = 1.959963984540054
OUTREACH = (MailPurpose.FIRST, MailPurpose.FOLLOW_UP)
STUCK = (MailStatus.REFUSED, MailStatus.FAILED, MailStatus.UNKNOWN)


@dataclass(frozen=True)
class Rate:
    """A share with its number and its 95 % interval (Wilson)."""

    hits: int
    of: int

    @property
    def is_enough(self) -> bool:
        """Whether there are enough to speak of a rate."""
        return self.of >= RATE_MIN

    @property
    def value(self) -> float:
        """As a fraction; 0 where there is nothing to count."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which the true share lies, as far as chance goes."""
        if not self.of:
            return 0.0, 1.0
        share, n, z2 = self.value, self.of, _Z * _Z
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def words(self) -> str:
        """ "12 % of 50 (6 % to 24 %)", or that there are too few."""
        if not self.of:
            return "nobody yet"
        if not self.is_enough:
            return f"{self.hits} of {self.of}, too few for a rate"
        low, high = self.interval
        return f"{self.value:.0%} of {self.of:,} ({low:.0%} to {high:.0%})"


@dataclass(frozen=True)
class Funnel:
    """What became of those who were enrolled in a sequence."""

    sequence: Sequence
    enrolled: int = 0
    waiting: int = 0
    running: int = 0
    finished: int = 0
    stopped: dict[str, int] = field(default_factory=dict)
    # To whom a first mail was sent, and who of them answered.
    sent: int = 0
    replied: int = 0

    @property
    def reply_rate(self) -> Rate:
        """Answers of those who got the first mail."""
        return Rate(self.replied, self.sent)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why it stopped for how many, the most frequent first."""
        ordered = sorted(self.stopped.items(), key=lambda item: (-item[1], item[0]))
        return [(str(StopReason(reason).label), count) for reason, count in ordered]


@dataclass(frozen=True)
class Overview:
    """The numbers at the top of the page."""

    waiting: int
    due: int
    queued: int
    sent: int
    replied: int
    bounced: int
    stuck: int


def overview(brand: Brand, *, at: datetime, until: datetime) -> Overview:
    """What waits now, is due before `until`, and happened lately: three queries."""
    mails = Message.objects.filter(
        brand=brand, direction=MailDirection.OUT, purpose__in=OUTREACH
    ).aggregate(
        queued=Count("pk", filter=Q(status=MailStatus.QUEUED)),
        sent=Count("pk", filter=Q(sent_at__gte=at - LATELY)),
        bounced=Count("pk", filter=Q(status=MailStatus.BOUNCED, sent_at__gte=at - LATELY)),
        stuck=Count("pk", filter=Q(status__in=STUCK)),
    )
    enrolments = Enrolment.objects.filter(brand=brand).aggregate(
        due=Count("pk", filter=Q(status=EnrolmentStatus.ACTIVE, due_at__lt=until)),
        replied=Count("pk", filter=Q(stop_reason=StopReason.REPLY, ended_at__gte=at - LATELY)),
    )
    return Overview(waiting=waiting().filter(brand=brand).count(), **mails, **enrolments)


def funnels(sequences: Many[Sequence]) -> list[Funnel]:
    """One for each sequence: two queries, however many there are."""
    counts: dict[int, dict[str, int]] = {sequence.pk: {} for sequence in sequences}
    stopped: dict[int, dict[str, int]] = {sequence.pk: {} for sequence in sequences}
    rows = (
        Enrolment.objects.filter(version__sequence__in=sequences)
        .order_by()
        .values_list("version__sequence", "status", "stop_reason")
        .annotate(count=Count("pk"))
    )
    for sequence_id, status, reason, count in rows:
        of = counts[sequence_id]
        of[status] = of.get(status, 0) + count
        if reason:
            stopped[sequence_id][reason] = count
    sent = (
        EnrolmentStep.objects.filter(
            enrolment__version__sequence__in=sequences,
            step__position=1,
            message__sent_at__isnull=False,
        )
        .order_by()
        .values_list("enrolment__version__sequence")
        .annotate(
            sent=Count("pk"),
            replied=Count("pk", filter=Q(enrolment__stop_reason=StopReason.REPLY)),
        )
    )
    mailed = {sequence_id: (count, replied) for sequence_id, count, replied in sent}
    return [
        Funnel(
            sequence=sequence,
            enrolled=sum(counts[sequence.pk].values()),
            waiting=counts[sequence.pk].get(EnrolmentStatus.WAITING, 0),
            running=counts[sequence.pk].get(EnrolmentStatus.ACTIVE, 0)
            + counts[sequence.pk].get(EnrolmentStatus.PAUSED, 0),
            finished=counts[sequence.pk].get(EnrolmentStatus.FINISHED, 0),
            stopped=stopped[sequence.pk],
            sent=mailed.get(sequence.pk, (0, 0))[0],
            replied=mailed.get(sequence.pk, (0, 0))[1],
        )
        for sequence in sequences
    ]


def stopped_lately(brand: Brand, *, at: datetime) -> QuerySet[Enrolment]:
    """What ended before its time, newest first."""
    return (
        Enrolment.objects.filter(
            brand=brand, status=EnrolmentStatus.STOPPED, ended_at__gte=at - LATELY
        )
        .select_related("relationship__creator", "version__sequence", "ended_by")
        .order_by("-ended_at", "-pk")
    )


def obstacles(brand: Brand) -> list[str]:
    """Why nothing of the brand can be sent at all; empty where it can. Two queries."""
    found = []
    if not OutreachPolicy.of(brand).postal_address.strip():
        found.append("Each mail names your postal address, which is not set (Rules of sending).")
    if not Mailbox.objects.filter(brand=brand, is_paused=False).exists():
        found.append("There is no mailbox to send from. An admin adds one in the settings.")
    if not settings.RAPPORT_URL:
        found.append(
            "The unsubscribe link would lead nowhere: whoever runs Rapport sets RAPPORT_URL."
        )
    return found
