"""What went wrong, and what is done about it."""

from __future__ import annotations

from django.db import models


class IncidentKind(models.TextChoices):
    """What went wrong."""

    DISCLOSURE = "disclosure", "Missed disclosure"
    CLAIM = "claim", "Claim that may not be made"
    CONTROVERSY = "controversy", "Controversy"
    IP = "ip", "Somebody else's work or mark"
    FRAUD = "fraud", "Fraud or bought audience"
    SAFETY = "safety", "Somebody could be harmed"
    DATA = "data", "Personal data"
    OTHER = "other", "Something else"


class Severity(models.TextChoices):
    """How bad an incident is."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


class IncidentState(models.TextChoices):
    """Where the work on an incident stands."""

    OPEN = "open", "Open"
    CONTAINED = "contained", "Contained"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"
    DISMISSED = "dismissed", "Unfounded"


class IncidentAct(models.TextChoices):
    """What somebody did about an incident."""

    REPORT = "report", "Reported"
    CONFIRM = "confirm", "Confirmed"
    CONTAIN = "contain", "Contained"
    RESOLVE = "resolve", "Resolved"
    CLOSE = "close", "Closed"
    REOPEN = "reopen", "Opened again"
    DISMISS = "dismiss", "Dismissed as unfounded"
    CHANGE = "change", "Corrected"
    NOTE = "note", "Noted"
    STEP = "step", "Step done"
    UNSTEP = "unstep", "Step opened again"
    SKIP = "skip", "Step does not apply"
    FILE = "file", "Evidence added"
    AFFECT = "affect", "Campaigns affected"
    PAUSE = "pause", "Paused"
    LIFT = "lift", "Pause lifted"


class RunbookPhase(models.TextChoices):
    """When a step of a runbook is due."""

    FIRST_HOUR = "first_hour", "First hour"
    FIRST_DAY = "first_day", "First day"
    AFTERWARDS = "afterwards", "Afterwards"
