"""What people type about assets, as it is kept."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from campaigns.services.refusals import CampaignRefused

URL_MAX = 500


def text(words: str, most: int, field: str) -> str:
    """One line. Raises CampaignRefused."""
    words = " ".join(words.replace("\0", "").split())
    if len(words) > most:
        raise CampaignRefused(f"{most:,} characters are the most.", field=field)
    return words


def address(url: str) -> str:
    """The address of a page, or nothing. Raises CampaignRefused."""
    url = url.strip()
    if not url:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise CampaignRefused(
            "Paste the whole address, beginning with https://.", field="url"
        ) from None
    if len(url) > URL_MAX:
        raise CampaignRefused(f"{URL_MAX} characters are the most.", field="url")
    return url
