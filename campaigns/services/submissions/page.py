"""What a campaign's public page says, and by which hashtag posts are found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns.models import Campaign, SubmissionPage
from campaigns.models.submissions import USES
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.rights import territories
from crm import audit
from crm.models import User

CHANGEABLE = (
    "is_open",
    "hashtag",
    "title",
    "text",
    "language",
    "contact_email",
    "consent_text",
    "permission_text",
    "usages",
    "territory",
    "months",
    "min_age",
    "keep_days",
)
# Whoever agreed to other words, or to another use, agreed to something else.
_PERMISSION = ("permission_text", "usages", "territory", "months")
_HASHTAG = re.compile(r"\w{1,60}")
_NUMBERS = {"min_age": (13, 99), "keep_days": (1, 3_650), "months": (1, 120)}


@transaction.atomic
def change_page(
    *,
    campaign: Campaign,
    changes: Mapping[str, Any],
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> SubmissionPage:
    """Set any of CHANGEABLE. New words get a new number. Raises CampaignRefused."""
    # What holds where there is no row yet.
    Campaign.objects.select_for_update(no_key=True, of=("self",)).get(pk=campaign.pk)
    page = SubmissionPage.of(campaign)
    if expected_version is not None and page.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this page since you loaded it. Nothing of yours was saved; load it "
            "again."
        )
    before = {name: getattr(page, name) for name in CHANGEABLE}
    for name, value in _checked(changes).items():
        setattr(page, name, value)
    changed = [name for name in CHANGEABLE if getattr(page, name) != before[name]]
    if not changed:
        return page
    _whole(page)
    if before["consent_text"] and "consent_text" in changed:
        page.consent_version += 1
    if before["permission_text"] and set(_PERMISSION) & set(changed):
        page.permission_version += 1
    # The first time too: of two who saw what is usual, the second is told of the first.
    page.version += 1
    page.save()
    audit.record(
        brand=campaign.brand,
        verb="campaigns.submission_page.changed",
        target=page,
        actor=actor,
        at=at,
        data={
            "campaign": campaign.key,
            "fields": changed,
            "is_open": page.is_open,
            "consent_version": page.consent_version,
            "permission_version": page.permission_version,
        },
        label=f"submissions to {campaign}",
    )
    return page


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises CampaignRefused."""
    values = {name: changes[name] for name in CHANGEABLE if name in changes}
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = value.replace("\0", "").strip()
    hashtag = values.get("hashtag", "").removeprefix("#").lower()
    if hashtag and not _HASHTAG.fullmatch(hashtag):
        raise CampaignRefused(
            "A hashtag is one word of letters, numbers and _: without spaces.", field="hashtag"
        )
    if "hashtag" in values:
        values["hashtag"] = hashtag
    if strange := set(values.get("usages", ())) - set(USES):
        raise CampaignRefused(f"“{min(strange)}” is no use of content.", field="usages")
    if "usages" in values:
        values["usages"] = [usage.value for usage in USES if usage in values["usages"]]
    if "territory" in values:
        values["territory"] = territories.expanded(values["territory"])
        strange = set(values["territory"]) - set(territories.countries())
        if strange:
            raise CampaignRefused(
                f"“{min(strange)}” is no country: take two letters as in DK, or a group as the EU.",
                field="territory",
            )
    for name, (least, most) in _NUMBERS.items():
        number = values.get(name)
        if number is not None and not least <= number <= most:
            raise CampaignRefused(f"From {least} to {most:,}.", field=name)
    return values


def _whole(page: SubmissionPage) -> None:
    """That an open page says what has to be said. Raises CampaignRefused."""
    if not page.is_open:
        return
    needed = {
        "title": "An open page needs a title.",
        "consent_text": "Say what people agree to before the page opens.",
        "permission_text": "Say in words what you would do with what they hand in.",
        "usages": "Say which use you ask for.",
    }
    for name, words in needed.items():
        if not getattr(page, name):
            raise CampaignRefused(words, field=name)
    if not page.campaign.is_open:
        raise CampaignRefused(
            f"{page.campaign} is {page.campaign.get_status_display().lower()}: its page stays "
            "closed.",
            code="campaign_closed",
            field="is_open",
        )
