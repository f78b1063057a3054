"""Who is written to and reminded, when, and when not."""

from __future__ import annotations

from django.db import models


class NotificationKind(models.TextChoices):
    """Why somebody is told something. A closed list: the icon and the preferences go by it."""

    MENTION = "mention", "Somebody mentioned you"
    TASK = "task", "A task for you"
    REMINDER = "reminder", "A reminder"
    REPLY = "reply", "A creator answered"
    OUTREACH = "outreach", "Outreach needs you"
    OFFER = "offer", "An offer moved"
    CAMPAIGN = "campaign", "Work of a campaign needs you"
    APPLICATION = "application", "Somebody applied"
    REVIEW = "review", "A review waits for you"
    SUGGESTION = "suggestion", "A suggestion"
    RUN = "run", "A run of segments"
    JOB = "job", "A job of yours ended"
    INCIDENT = "incident", "Something went wrong"


class MailPreference(models.TextChoices):
    """Whether what somebody is told in the app comes by mail too."""

    NONE = "none", "Not by mail"
    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day, together"


class RepeatUnit(models.TextChoices):
    """What a task that comes again is counted in."""

    DAY = "day", "day"
    WEEK = "week", "week"
    MONTH = "month", "month"
    YEAR = "year", "year"


class SuppressionReason(models.TextChoices):
    """Why a brand writes no more to an address or a creator."""

    OPT_OUT = "opt_out", "Opted out"
    BOUNCE = "bounce", "The address does not take mail"
    COMPLAINT = "complaint", "Complained"
    ERASURE = "erasure", "Asked to be erased"
    BY_HAND = "by_hand", "Decided by us"


class SuppressionOrigin(models.TextChoices):
    """How a brand came to know it."""

    LINK = "link", "The unsubscribe link"
    REPLY = "reply", "An answer by mail"
    MAIL_SERVER = "mail_server", "A mail server's report"
    PERSON = "person", "Somebody of us"
    API = "api", "Another tool"


class StepAction(models.TextChoices):
    """What a step of a sequence does once it is due."""

    MAIL = "mail", "Send the mail"
    DRAFT = "draft", "Write the mail and wait until somebody approves it"
    REMIND = "remind", "Remind the person who leads the sequence"


class EnrolmentStatus(models.TextChoices):
    """Where a creator stands in a sequence."""

    WAITING = "waiting", "Waits for the first mail"
    ACTIVE = "active", "Running"
    PAUSED = "paused", "Paused"
    FINISHED = "finished", "Finished without an answer"
    STOPPED = "stopped", "Stopped"


class StopReason(models.TextChoices):
    """Why a sequence ended before its last step."""

    REPLY = "reply", "The creator answered"
    STAGE = "stage", "The stage changed"
    OPT_OUT = "opt_out", "The creator opted out"
    BOUNCE = "bounce", "The mail came back"
    SUPPRESSED = "suppressed", "The creator is on the suppression list"
    DO_NOT_PITCH = "do_not_pitch", "The creator is not to be pitched"
    NOT_ALLOWED = "not_allowed", "Sending is not allowed"
    BY_HAND = "by_hand", "Stopped by somebody"
    ARCHIVED = "archived", "The sequence was archived"


class StepOutcome(models.TextChoices):
    """What became of a step for one creator."""

    WAITING = "waiting", "Waits for approval"
    MAILED = "mailed", "Mail written and queued"
    REMINDED = "reminded", "Reminded"
    SKIPPED = "skipped", "Skipped"
    CANCELLED = "cancelled", "Cancelled"


class PitchDepth(models.TextChoices):
    """Who has to say yes before a creator is pitched: never who asks."""

    COLLEAGUE = "colleague", "A colleague who may write to creators"
    STRATEGIST = "strategist", "A strategist or an admin"


class PitchStatus(models.TextChoices):
    """What came of asking whether a creator may be pitched."""

    WAITING = "waiting", "Waits for an answer"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


class ApplicationStatus(models.TextChoices):
    """Where an application stands."""

    # The link in our mail has not been used yet: nobody looks at it.
    UNCONFIRMED = "unconfirmed", "Address not confirmed"
    OPEN = "open", "To triage"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    SPAM = "spam", "Spam"
