"""Who was told what is kept of them, and who has to be: Regulation (EU) 2016/679, article 14.

Whoever was found in a list is told within a month, or with the first mail where that comes before.
A first mail carries the brand's own text in the creator's language (crm/outreach/dressing.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from crm import audit
from crm.choices import MailPurpose, NoticeWay
from crm.models import Brand, Message, Notice, NoticeText, PrivacyPolicy, Relationship, User
from crm.services.privacy.refusals import PrivacyRefused

# "Within a reasonable period, at the latest within one month": counted so that none is longer.
DAYS = 28
SOON = timedelta(days=7)
TEXT_MAX, NOTE_MAX = 2_000, 300


@dataclass(frozen=True)
class Standing:
    """How many were told, and how many have to be. `is_exempt`: nobody is told one by one."""

    told: int
    waiting: int
    soon: int
    overdue: int
    is_exempt: bool


def untold(brand: Brand) -> QuerySet[Relationship]:
    """Whom nobody has told; who applied or was erased needs no telling."""
    told = Notice.objects.filter(relationship=OuterRef("pk"))
    rows = Relationship.objects.filter(brand=brand, erased_at=None, applications=None)
    return rows.filter(~Exists(told))


def overdue(brand: Brand, at: datetime) -> QuerySet[Relationship]:
    """Those who should have been told, the longest known first."""
    if PrivacyPolicy.of(brand).exempt_reason:
        return Relationship.objects.none()
    late = untold(brand).filter(since__lt=at - timedelta(days=DAYS))
    return late.select_related("creator").order_by("since", "pk")


def standing(brand: Brand, at: datetime) -> Standing:
    """The numbers above the list."""
    due = at - timedelta(days=DAYS)
    rows = untold(brand)
    is_exempt = bool(PrivacyPolicy.of(brand).exempt_reason)
    late = rows.filter(since__lt=due).count()
    soon = rows.filter(since__gte=due, since__lt=due + SOON).count()
    return Standing(
        told=Notice.objects.filter(relationship__brand=brand).count(),
        waiting=rows.filter(since__gte=due + SOON).count(),
        soon=soon,
        overdue=0 if is_exempt else late,
        is_exempt=is_exempt,
    )


@transaction.atomic
def mark_told(
    *, brand: Brand, note: str, actor: User, at: datetime, only: Collection[int] | None = None
) -> int:
    """Say that those who are overdue (or `only` these of them) were told by hand; how many.

    `mark_untold` with the same moment takes it back. Raises PrivacyRefused.
    """
    note = " ".join(note.split())[:NOTE_MAX]
    if not note:
        raise PrivacyRefused("Say how they were told, e.g. a letter of that day.", "note")
    rows = overdue(brand, at).order_by()
    if only is not None:
        rows = rows.filter(pk__in=only)
    made = Notice.objects.bulk_create(
        (
            Notice(relationship_id=pk, at=at, way=NoticeWay.HAND, note=note, by=actor)
            for pk in rows.values_list("pk", flat=True)
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )
    if not made:
        raise PrivacyRefused("Nobody is overdue.")
    audit.record(
        brand=brand,
        verb="crm.privacy.told",
        target=brand,
        actor=actor,
        at=at,
        data={"creators": len(made)},
    )
    return len(made)


@transaction.atomic
def mark_untold(*, brand: Brand, told_at: datetime, actor: User, at: datetime) -> int:
    """Take `mark_told` back; how many."""
    rows = Notice.objects.filter(
        relationship__brand=brand, at=told_at, way=NoticeWay.HAND, by=actor
    )
    number, _by_model = rows.delete()
    if number:
        audit.record(
            brand=brand,
            verb="crm.privacy.told_undone",
            target=brand,
            actor=actor,
            at=at,
            data={"creators": number},
        )
    return number


def told_by_mail(message: Message, *, at: datetime) -> None:
    """A first mail left: whom it was to was told, where it carried the brand's text."""
    thread = message.thread
    if message.purpose != MailPurpose.FIRST or thread.relationship_id is None:
        return
    texts = NoticeText.objects.filter(brand=message.brand_id).values_list("text", flat=True)
    if any(" ".join(text.split()) in message.closing for text in texts):
        Notice.objects.get_or_create(
            relationship_id=thread.relationship_id, defaults={"at": at, "way": NoticeWay.MAIL}
        )


@transaction.atomic
def set_text(*, brand: Brand, language: str, text: str, actor: User, at: datetime) -> None:
    """What first mails say in a language; an empty text takes it out. Raises PrivacyRefused."""
    language = language.strip().lower().partition("-")[0]
    text = text.strip()[:TEXT_MAX]
    if not (language.isascii() and language.isalpha() and len(language) in {2, 3}):
        raise PrivacyRefused("Name a language by its code, e.g. en or de.", "language")
    if text:
        NoticeText.objects.update_or_create(brand=brand, language=language, defaults={"text": text})
    else:
        NoticeText.objects.filter(brand=brand, language=language).delete()
    audit.record(
        brand=brand,
        verb="crm.privacy.notice_changed",
        target=brand,
        actor=actor,
        at=at,
        data={"language": language},
        text={"text": text},
    )


@transaction.atomic
def set_policy(
    *,
    brand: Brand,
    contract_years: int,
    exempt_reason: str,
    exempt_url: str,
    actor: User,
    at: datetime,
) -> PrivacyPolicy:
    """How long contracts outlive an erasure, and why nobody is told. Raises PrivacyRefused."""
    reason, url = exempt_reason.strip()[:500], exempt_url.strip()
    if bool(reason) is not bool(url):
        raise PrivacyRefused(
            "Say both: why people are not told one by one, and where everybody can read it.",
            "exempt_url" if reason else "exempt_reason",
        )
    policy, _is_new = PrivacyPolicy.objects.update_or_create(
        brand=brand,
        defaults={
            "contract_years": contract_years,
            "exempt_reason": reason,
            "exempt_url": url,
        },
    )
    audit.record(
        brand=brand,
        verb="crm.privacy.policy_changed",
        target=brand,
        actor=actor,
        at=at,
        data={"contract_years": contract_years, "is_exempt": bool(reason)},
    )
    return policy
