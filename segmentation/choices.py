"""The closed lists of this app; the database checks each of them."""

from __future__ import annotations

from django.db import models


class SegmentStatus(models.TextChoices):
    """Whether a segment takes part in runs."""

    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    # Its rule can no longer be evaluated; the last members stay.
    BROKEN = "broken", "Broken"
    ARCHIVED = "archived", "Archived"


class UnknownPolicy(models.TextChoices):
    """What becomes of a creator for whom the rule is unknown."""

    LEAVE_OUT = "leave_out", "Leave out"
    KEEP = "keep", "Keep if already in"
    REVIEW = "review", "Send to review"


class Trigger(models.TextChoices):
    """What started a run."""

    QUARTERLY = "quarterly", "Quarterly"
    MANUAL = "manual", "By hand"
    FACTS = "facts", "Changed facts"


class RunStatus(models.TextChoices):
    """The life of a run."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting for approval"
    APPLIED = "applied", "Applied"
    REJECTED = "rejected", "Rejected"
    DRY = "dry", "Dry run"
    FAILED = "failed", "Failed"


class ChangeKind(models.TextChoices):
    """What a run does to a creator's stay in a segment."""

    JOINED = "joined", "Joined"
    LEFT = "left", "Left"
