"""What a brand's public page says, and whether it is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from crm import audit
from crm.models import ApplicationPage, Brand, User

CHANGEABLE = (
    "is_open",
    "title",
    "text",
    "language",
    "contact_email",
    "consent_text",
    "min_age",
    "keep_days",
    "decline_text",
)
# Where the brand has no words of its own for those whom it declines.
DECLINE_TEXT = """Hello {{name}},

thank you for applying to {{brand}} and for the time you took. We have read what you wrote and \
looked at your work. At the moment we cannot offer you a collaboration.

Kind regards
{{brand}}"""


class PageRefused(Exception):
    """The page stays as it is; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def check_page(values: Mapping[str, Any]) -> None:
    """That an open page says what has to be said. Raises PageRefused."""
    if not values.get("is_open"):
        return
    if not values.get("title"):
        raise PageRefused("An open page needs a title.", "title")
    if not values.get("consent_text"):
        raise PageRefused("Say what applicants agree to before the page opens.", "consent_text")


@transaction.atomic
def change_page(
    *, brand: Brand, changes: Mapping[str, Any], actor: User, at: datetime
) -> ApplicationPage:
    """Set any of CHANGEABLE. New words of consent get a new number. Raises PageRefused."""
    Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    page = ApplicationPage.of(brand)
    changed = [
        name for name in CHANGEABLE if name in changes and getattr(page, name) != changes[name]
    ]
    is_new_consent = "consent_text" in changed and bool(page.consent_text)
    for name in changed:
        setattr(page, name, changes[name])
    check_page({name: getattr(page, name) for name in CHANGEABLE})
    if not changed:
        return page
    if is_new_consent:
        page.consent_version += 1
    page.save()
    audit.record(
        brand=brand,
        verb="crm.application_page.changed",
        target=page,
        actor=actor,
        at=at,
        data={
            "fields": changed,
            "is_open": page.is_open,
            "consent_version": page.consent_version,
        },
        label=f"applications of {brand}",
    )
    return page
