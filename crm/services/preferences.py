"""When and how a person wants to hear from the product."""

from __future__ import annotations

import zoneinfo

from django.db import transaction

from crm.choices import MailPreference
from crm.models import Preferences, User


class PreferencesRefused(Exception):
    """There is no such time zone or hour; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def preferences_of(user: User) -> Preferences:
    """What the person chose, or the defaults, which are not stored."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


@transaction.atomic
def set_preferences(*, user: User, timezone: str, hour: int, mail: MailPreference) -> Preferences:
    """Keep what the person chose; an empty time zone is each brand's own."""
    if timezone and timezone not in zoneinfo.available_timezones():
        raise PreferencesRefused(
            f"{timezone} is not a known time zone, e.g. Europe/Copenhagen.", "timezone"
        )
    if not 0 <= hour <= 23:
        raise PreferencesRefused("The hour is from 0 to 23.", "hour")
    kept, _is_new = Preferences.objects.update_or_create(
        user=user, defaults={"timezone": timezone, "hour": hour, "mail": MailPreference(mail)}
    )
    return kept
