"""What the public hands in to a campaign, and where creators are: closed lists."""

from __future__ import annotations

from django.db import models


class SubmissionOrigin(models.TextChoices):
    """How something came into the inbox of a campaign."""

    FORM = "form", "Handed in on the page"
    POST = "post", "Found among imported posts"


class SubmissionState(models.TextChoices):
    """How far something that was handed in has come."""

    OPEN = "open", "To decide"
    ASKED = "asked", "Waits for permission"
    ACCEPTED = "accepted", "In the library"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Permission withdrawn"


class PermissionState(models.TextChoices):
    """What its author said to a use of what they made."""

    ASKED = "asked", "Asked"
    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class SaidBy(models.TextChoices):
    """Who said where a creator is."""

    CREATOR = "creator", "The creator"
    TEAM = "team", "The team"
