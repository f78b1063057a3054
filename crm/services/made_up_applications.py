"""An open page of applications with some made-up people on it, for the demo brand."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from crm.choices import ApplicationStatus
from crm.models import Application, ApplicationAccount, ApplicationPage, Brand, Profile
from crm.services.made_up import WORDS

NUMBER = 6


@transaction.atomic
def fill(*, brand: Brand, seed: int, at: datetime) -> int:
    """Open the brand's page, where it has none, and let some people apply; how many.

    One of them is a creator whom the brand knows, and one was declined.
    """
    if ApplicationPage.objects.filter(brand=brand).exists():
        return 0
    words = WORDS["applications"]
    page = ApplicationPage.objects.create(
        brand=brand,
        is_open=True,
        title=words["title"],
        text=words["text"],
        consent_text=words["consent"],
    )
    random = Random(seed)  # noqa: S311 - made-up data
    known = Profile.objects.filter(creator__relationships__brand=brand).select_related("creator")
    there = known.order_by("pk").first()
    for number in range(NUMBER):
        niche = WORDS["niches"][random.choice(sorted(WORDS["niches"]))]
        first, last = random.choice(WORDS["first_names"]), random.choice(WORDS["last_names"])
        name, handle = f"{first} {last}", f"{first}.{random.choice(niche['words'])}".lower()
        platform, country = random.choice(("instagram", "tiktok", "youtube")), "DK"
        if number == 1 and there:
            name, handle, platform = there.creator.name, there.handle, there.platform_id
            country = there.creator.country or country
        submitted_at = at - timedelta(hours=random.randrange(2, 24 * 5))
        is_declined = number == NUMBER - 1
        application = Application.objects.create(
            brand=brand,
            status=ApplicationStatus.DECLINED if is_declined else ApplicationStatus.OPEN,
            name=name,
            email=f"applicant{number}@creators.example",
            country=country,
            topics=niche["label"],
            why=words["whys"][number % len(words["whys"])],
            consent_text=page.consent_text,
            consent_version=page.consent_version,
            min_age=page.min_age,
            submitted_at=submitted_at,
            confirmed_at=submitted_at + timedelta(minutes=9),
            decided_at=at if is_declined else None,
            reason=random.choice(WORDS["reasons"]) if is_declined else "",
        )
        ApplicationAccount.objects.create(
            application=application,
            platform_id=platform,
            handle=handle,
            followers=random.randrange(9, 900) * 100,
        )
    return NUMBER
