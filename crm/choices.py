"""The closed lists of this app; the database checks each of them."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a user does for a brand."""

    STRATEGIST = "strategist", "Strategist"
    MANAGER = "manager", "Creator manager"
    ANALYST = "analyst", "Analyst"
    LEGAL = "legal", "Legal"
    ADMIN = "admin", "Admin"


class Scope(models.TextChoices):
    """What an API token may do; never more than the role of its user allows."""

    CREATORS_READ = "creators:read", "Read creators, profiles and posts"
    CREATORS_WRITE = "creators:write", "Say what your brand's fields hold for creators"
    RELATIONSHIPS_READ = "relationships:read", "Read relationships"
    RELATIONSHIPS_WRITE = "relationships:write", "Move stages, set owner and next step"
    IMPORTS_READ = "imports:read", "Read imports"
    SEGMENTS_READ = "segments:read", "Read facts, segments and members; check and preview rules"
    SEGMENTS_WRITE = "segments:write", "Change segments, playbooks, overrides and audiences"
    SCORECARDS_READ = "scorecards:read", "Read scorecards"
    RUNS_READ = "runs:read", "Read runs and their changes"
    RUNS_WRITE = "runs:write", "Start runs"
    AUDIT_READ = "audit:read", "Read the audit ledger"


class Stage(models.TextChoices):
    """How a brand stands with a creator, in the order of the board's columns."""

    PROSPECT = "prospect", "Prospect"
    FIRST_TIME = "first_time", "First-time partner"
    CORE = "core", "Core partner"
    ADVOCATE = "advocate", "Advocate"
    LAPSED = "lapsed", "Lapsed"
    DECLINED = "declined", "Declined"


class CreatorType(models.TextChoices):
    """What kind of creator this is; some kinds have disclosure rules of their own."""

    EXTERNAL = "external", "External creator"
    EMPLOYEE = "employee", "Employee"
    CUSTOMER = "customer", "Customer"
    EXPERT = "expert", "Subject-matter expert"
    VIRTUAL = "virtual", "Virtual creator"


class PostKind(models.TextChoices):
    """The form of a post, as far as the source tells it."""

    IMAGE = "image", "Image"
    CAROUSEL = "carousel", "Carousel"
    SHORT_VIDEO = "short_video", "Short video"
    VIDEO = "video", "Video"
    LIVE = "live", "Live"
    STORY = "story", "Story"
    TEXT = "text", "Text"
    AUDIO = "audio", "Audio"
    ARTICLE = "article", "Article"
    OTHER = "other", "Other"


class Source(models.TextChoices):
    """Where a number comes from: every number carries one."""

    MEASURED = "measured", "Measured"
    CREATOR = "creator", "Creator-connected"
    VENDOR = "vendor", "Vendor"
    MANUAL = "manual", "Entered by hand"
    ESTIMATED = "estimated", "Estimated"


class FieldType(models.TextChoices):
    """What a custom field holds: the type of the fact that it becomes."""

    NUMBER = "number", "Number"
    MONEY = "money", "Amount of money"
    PERCENT = "percent", "Percentage"
    TEXT = "text", "Text"
    CHOICE = "choice", "One of a list"
    SET = "set", "Several of a list"
    DATE = "date", "Date"
    BOOLEAN = "boolean", "Yes or no"


class ContactKind(models.TextChoices):
    """The ways in which a creator can be reached."""

    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"


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
