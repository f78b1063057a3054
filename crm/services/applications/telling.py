"""Telling those who triage that somebody applied: once a day, not once for each."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from crm.choices import NotificationKind, Role
from crm.models import Application, User, UserRole
from crm.services.notifications import notify_all

# Who may triage: as crm/permissions.py has it, which stands above the services.
ROLES = (Role.MANAGER, Role.ADMIN)


def tell_team(application: Application, at: datetime) -> None:
    """The day's first application is told; the others are in the queue and on My day."""
    brand = application.brand
    held = UserRole.objects.filter(brand=brand, role__in=ROLES)
    day = at.astimezone(ZoneInfo(brand.timezone)).date()
    notify_all(
        users=User.objects.filter(pk__in=held.values("user"), is_active=True),
        brand=brand,
        kind=NotificationKind.APPLICATION,
        text="Somebody applied. The day's applications wait in the queue.",
        url=reverse("crm:applications", args=[brand.slug]),
        at=at,
        key=f"applications:{day.isoformat()}",
    )
