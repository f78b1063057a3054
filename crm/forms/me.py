"""What a person sets for themselves: their name, and how they hear from the product."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms

from crm.choices import MailPreference
from crm.forms.base import PlainForm
from crm.models import Brand, Preferences, User
from crm.services.own_names import HANDLE_MAX, NAME_MAX


class OwnNameForm(PlainForm):
    """What somebody is called."""

    name = forms.CharField(
        max_length=NAME_MAX,
        label="Your name",
        help_text="As colleagues see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    handle = forms.CharField(
        max_length=HANDLE_MAX + 1,
        required=False,
        label="Your name after @",
        help_text="By it colleagues name you in notes and tasks, and you are told. "
        "Empty: the first part of your address.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    @classmethod
    def of(cls, user: User) -> OwnNameForm:
        """The form as it is now."""
        return cls(initial={"name": user.get_full_name(), "handle": user.handle})


class PreferencesForm(PlainForm):
    """When and how somebody wants to hear from the product."""

    mail = forms.ChoiceField(
        choices=MailPreference.choices,
        label="Notifications by mail",
        help_text="In the app they come in any case.",
    )
    hour = forms.TypedChoiceField(
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        label="Reminders and the daily mail at",
    )
    timezone = forms.ChoiceField(required=False, label="Time zone")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        """`brand` is whose time zone holds where none is chosen."""
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
        self.fields["timezone"].choices = [  # type: ignore[attr-defined]
            ("", f"The brand's ({brand.timezone})"),
            ("UTC", "UTC"),
            *((zone, zone.replace("_", " ")) for zone in zones),
        ]

    @classmethod
    def of(cls, preferences: Preferences, brand: Brand) -> PreferencesForm:
        """The form as it was chosen."""
        return cls(
            brand=brand,
            initial={
                "mail": preferences.mail,
                "hour": preferences.hour,
                "timezone": preferences.timezone,
            },
        )
