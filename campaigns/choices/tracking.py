"""Links, clicks and codes: closed lists."""

from __future__ import annotations

from django.db import models


class ClickKind(models.TextChoices):
    """What a click counts as: only the first is somebody who came."""

    PERSON = "person", "A person"
    REPEAT = "repeat", "The same visitor again, at once"
    BOT = "bot", "A program that says so"
    PREVIEW = "preview", "A preview of the link in an app"


class VisitorPeriod(models.TextChoices):
    """For how long one visitor is known as the same; after it nobody can tell any more."""

    DAY = "day", "A day"
    WEEK = "week", "A week"
    MONTH = "month", "A month"


class SpikeState(models.TextChoices):
    """What became of an unusual day."""

    OPEN = "open", "To be looked at"
    DISMISSED = "dismissed", "Nothing wrong"
    REPLACED = "replaced", "Code replaced"
