"""A brand with an open page, and people who apply there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import altcha
from django.utils import timezone

from crm.choices import ApplicationStatus
from crm.models import Application, ApplicationAccount, ApplicationPage, Brand
from crm.public_forms import proof
from crm.views.applying import place_of
from tests.factories import NOW

CONSENT = "Acme keeps this for 180 days. Write to privacy@acme.example to have it erased."


def open_page(brand: Brand, **changes: Any) -> ApplicationPage:
    given = {
        "is_open": True,
        "title": "Make things with Acme",
        "text": "We look for people who make things by hand.",
        "consent_text": CONSENT,
        "contact_email": "creators@acme.example",
    }
    return ApplicationPage.objects.create(brand=brand, **given | changes)


def solved(page: ApplicationPage, at: datetime | None = None) -> str:
    """What the browser sends once it has solved the puzzle that it got a minute ago."""
    shown_at = at or timezone.now() - timedelta(minutes=1)
    challenge = altcha.Challenge.from_dict(
        proof.challenge(place_of(page), page.consent_version, shown_at)
    )
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def filled_in(page: ApplicationPage, **changes: str) -> dict[str, str]:
    """The form as a browser sends it; a value that is None is left out."""
    given = {
        "name": "Ida Holm",
        "email": "Ida@Holm.example",
        "country": "DK",
        "topics": "Ceramics, slow travel",
        "why": "I drink from your cups.\nLet me paint one.",
        "platform_1": "instagram",
        "handle_1": "@Ida.Holm",
        "followers_1": "12000",
        "of_age": "on",
        "consent": "on",
        "extra": "",
        "puzzle": solved(page),
    } | changes
    return {name: value for name, value in given.items() if value is not None}


def applied(
    brand: Brand,
    name: str = "Ida Holm",
    accounts: tuple[tuple[str, str], ...] = (("instagram", "ida.holm"),),
    **changes: Any,
) -> Application:
    given = {
        "status": ApplicationStatus.OPEN,
        "email": f"{name.split(maxsplit=1)[0].lower()}@holm.example",
        "country": "DK",
        "topics": "Ceramics",
        "why": "I drink from your cups.",
        "consent_text": CONSENT,
        "consent_version": 1,
        "min_age": 18,
        "submitted_at": NOW,
    }
    application = Application.objects.create(brand=brand, name=name, **given | changes)
    for platform, handle in accounts:
        ApplicationAccount.objects.create(
            application=application, platform_id=platform, handle=handle, followers=12_000
        )
    return application
