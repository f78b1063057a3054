"""Telling people things: in the app at once, by mail as each of them wants it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber

from crm.choices import NotificationKind
from crm.models import Brand, Notification, User

TEXT_MAX = 300


def notify(
    *,
    user: User,
    brand: Brand,
    kind: NotificationKind,
    text: str,
    url: str,
    at: datetime,
    key: str = "",
) -> None:
    """Tell `user` something about `brand` in one line; `url` is a path of this product.

    With `key` the person is told of that only once, whoever calls again. It belongs in the
    transaction of what it tells; the mail, where one is wanted, follows within a minute.
    """
    notify_all(users=[user], brand=brand, kind=kind, text=text, url=url, at=at, key=key)


@transaction.atomic
def notify_all(
    *,
    users: Iterable[User],
    brand: Brand,
    kind: NotificationKind,
    text: str,
    url: str,
    at: datetime,
    key: str = "",
) -> None:
    """As `notify`, for several people in one statement."""
    words = " ".join(text.split())
    if len(words) > TEXT_MAX:
        words = words[: TEXT_MAX - 1] + "…"
    Notification.objects.bulk_create(
        [
            Notification(
                user=user, brand=brand, kind=kind, text=words, url=url, key=key, created_at=at
            )
            for user in users
        ],
        ignore_conflicts=bool(key),
    )


@transaction.atomic
def mark_read(*, user: User, brand: Brand, ids: Iterable[int] | None, at: datetime) -> int:
    """Mark some of one's own notifications read, or all (None). Returns how many were unread."""
    rows = Notification.objects.filter(user=user, brand=brand).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=at)


@transaction.atomic
def mark_unread(*, user: User, brand: Brand, ids: Iterable[int]) -> int:
    """Take `mark_read` back. They are not mailed again."""
    rows = Notification.objects.filter(user=user, brand=brand, pk__in=ids, read_at__isnull=False)
    return rows.update(read_at=None)


@transaction.atomic
def mark_read_but_newest(*, brand: Brand, keep: int, at: datetime) -> int:
    """Mark read what is older than each person's newest `keep`. Returns how many were unread."""
    place = Window(RowNumber(), partition_by="user", order_by=["-created_at", "-pk"])
    rows = Notification.objects.filter(brand=brand).annotate(place=place).filter(place__gt=keep)
    older = Notification.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    return older.unread().update(read_at=at)
