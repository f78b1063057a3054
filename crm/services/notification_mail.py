"""The mails that bring notifications to who asked for them by mail.

The rows are the queue: what waits is unread, not mailed and not old. One mail per person takes all
that waits, so that a pause of the worker ends in one mail and not in forty.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from crm.choices import MailPreference
from crm.models import Notification, Preferences, User, UserRole
from crm.outreach.headers import in_header

logger = logging.getLogger(__name__)

# What nobody was told of within this time is told by the list in the app alone.
WITHIN = timedelta(days=3)
LINES_MAX = 40


def send_notification_mails(*, at: datetime) -> int:
    """Mail what waits: at once, or the day's together at the person's hour. Returns the mails."""
    waiting = (
        Notification.objects.unread()
        .filter(mailed_at=None, created_at__gt=at - WITHIN, user__is_active=True)
        .order_by()
        .values_list("user_id", flat=True)
        .distinct()
    )
    users = User.objects.filter(pk__in=waiting).select_related("preferences").order_by("pk")
    return sum(_mail(user, at) for user in users if _is_time(user, at))


def _is_time(user: User, at: datetime) -> bool:
    preferences = _preferences(user)
    if preferences.mail != MailPreference.DAILY:
        return preferences.mail == MailPreference.AT_ONCE
    zone = ZoneInfo(preferences.timezone or _zone_of_brand(user))
    now = at.astimezone(zone)
    last = preferences.digest_at
    return now.hour >= preferences.hour and (
        last is None or last.astimezone(zone).date() < now.date()
    )


def _preferences(user: User) -> Preferences:
    return getattr(user, "preferences", None) or Preferences(user=user)


def _zone_of_brand(user: User) -> str:
    role = UserRole.objects.filter(user=user).select_related("brand").order_by("pk").first()
    return role.brand.timezone if role else "UTC"


def _mail(user: User, at: datetime) -> int:
    """One mail with everything that waits for `user`, and the note that it was sent."""
    with transaction.atomic():
        rows = list(
            Notification.objects.visible_to(user)
            .unread()
            .filter(mailed_at=None, created_at__gt=at - WITHIN)
            .select_for_update(no_key=True, of=("self",), skip_locked=True)
            .select_related("brand")
            .order_by("brand__name", "created_at", "pk")
        )
        if not rows:
            return 0
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=at)
        if _preferences(user).mail == MailPreference.DAILY:
            Preferences.objects.update_or_create(user=user, defaults={"digest_at": at})
        try:
            # Last within the transaction: a mail that was refused is tried again.
            send_mail(in_header(_subject(rows)), _body(user, rows), None, [user.email])
        except (SMTPException, OSError) as error:
            transaction.set_rollback(True)
            logger.warning("The mail to user %s waits: %s", user.pk, error)
            return 0
    return 1


def _subject(rows: Sequence[Notification]) -> str:
    if len(rows) == 1:
        return f"{rows[0].brand}: {rows[0].text}"
    return f"Rapport: {len(rows)} things for you"


def _body(user: User, rows: Sequence[Notification]) -> str:
    shown = rows[:LINES_MAX]
    context = {
        "name": user.display_name,
        "rows": shown,
        "more": len(rows) - len(shown),
        "root": settings.RAPPORT_URL,
        "choose": reverse("crm:me", args=[rows[0].brand.slug]),
    }
    return render_to_string("crm/notifications/mail.txt", context).strip() + "\n"
