"""Creators, their profiles and posts, and what is kept about them."""

from __future__ import annotations

from django.db import models


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
    AUDIO = "audio", "Podcast or audio"
    ARTICLE = "article", "Newsletter or article"
    EVENT = "event", "Event"
    AR_EFFECT = "ar_effect", "AR filter or try-on"
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


class ContactPurpose(models.TextChoices):
    """What a brand was given an address for."""

    GENERAL = "general", "Anything"
    COLLABORATION = "collaboration", "Collaborations"
    CONTRACTS = "contracts", "Contracts and payments"
    SHIPPING = "shipping", "Parcels"


class LawfulBasis(models.TextChoices):
    """Why a brand may keep and use somebody's data; empty where nobody said."""

    CONSENT = "consent", "Consent"
    CONTRACT = "contract", "Contract, or steps before one"
    LEGITIMATE_INTEREST = "legitimate_interest", "Legitimate interest"


class AgentRole(models.TextChoices):
    """What somebody does for a creator."""

    MANAGER = "manager", "Manager"
    AGENCY = "agency", "Agency"
    ASSISTANT = "assistant", "Assistant"
    LEGAL = "legal", "Lawyer"
    OTHER = "other", "Something else"


class TagColour(models.TextChoices):
    """The colours a tag can have; the word counts, the colour helps to find it."""

    GREY = "secondary", "Grey"
    BLUE = "blue", "Blue"
    GREEN = "green", "Green"
    YELLOW = "yellow", "Yellow"
    ORANGE = "orange", "Orange"
    RED = "red", "Red"
    PURPLE = "purple", "Purple"


class MergeAction(models.TextChoices):
    """What a merge did to rows of a table."""

    MOVED = "moved", "Moved"
    DROPPED = "dropped", "Taken out"
    CHANGED = "changed", "Changed"
    ADDED = "added", "Added"
    OWN = "own", "As the app that owns it does"
