"""Links for people without an account: closed lists."""

from __future__ import annotations

from django.db import models


class GuestKind(models.TextChoices):
    """What a link for somebody without an account opens."""

    PORTAL = "portal", "A creator's pages in a campaign"
    REVIEWER = "reviewer", "The review of a piece of content"
    REPORT = "report", "The report of a campaign"
    EVENT = "event", "An invitation to an event"
