"""What comes in and goes out: files, tasks, connectors, webhooks."""

from __future__ import annotations

from django.db import models


class ImportStatus(models.TextChoices):
    """The life of an import."""

    UPLOADED = "uploaded", "Uploaded"
    CHECKING = "checking", "Checking"
    CHECKED = "checked", "Checked"
    APPLYING = "applying", "Applying"
    APPLIED = "applied", "Applied"
    UNDOING = "undoing", "Undoing"
    UNDONE = "undone", "Undone"
    FAILED = "failed", "Failed"


class JobStatus(models.TextChoices):
    """The life of a piece of work in the background."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


class DeliveryStatus(models.TextChoices):
    """What became of something that a webhook was to be told."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"


class PullStatus(models.TextChoices):
    """The life of one round of a connector."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


class RowOutcome(models.TextChoices):
    """What became of one creator in a change of many."""

    WAITING = "waiting", "Not yet done"
    CHANGED = "changed", "Changed"
    SAME = "same", "Was so already"
    REFUSED = "refused", "Refused"
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Changed since, so kept"


class ListKind(models.TextChoices):
    """The lists of which views can be saved."""

    CREATORS = "creators", "Creators"
