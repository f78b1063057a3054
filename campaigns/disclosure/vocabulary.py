"""The words with fixed meaning: verdicts, results, standings, formats, connections."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What the disclosure of a post comes to, in one jurisdiction or over all."""

    SUFFICIENT = "sufficient"
    INSUFFICIENT = "insufficient"
    MISSING = "missing"
    NOT_REQUIRED = "not_required"
    UNCLEAR = "unclear"
    NOT_REVIEWED = "not_reviewed"


# From the one that needs a person first to the one that needs nobody.
STRICTEST_FIRST = (
    Verdict.MISSING,
    Verdict.INSUFFICIENT,
    Verdict.UNCLEAR,
    Verdict.NOT_REVIEWED,
    Verdict.SUFFICIENT,
    Verdict.NOT_REQUIRED,
)


class Result(StrEnum):
    """What one layer or one item of the checklist comes to."""

    PASS = "pass"  # noqa: S105 - a result, no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Standing(StrEnum):
    """How a jurisdiction looks at a wording."""

    ACCEPTED = "accepted"
    CONDITIONAL = "conditional"
    INSUFFICIENT = "insufficient"
    MARK = "mark"  # says something else that must be said, e.g. that a picture was altered
    UNLISTED = "unlisted"


class Confidence(StrEnum):
    """Whether a source was read or a researcher knew it."""

    FOUND = "found"
    GENERAL_KNOWLEDGE = "general-knowledge"


class Format(StrEnum):
    """What was posted. A "post" is one whose picture or film nobody has described."""

    POST = "post"
    PHOTO = "photo"
    CAROUSEL = "carousel"
    VIDEO = "video"
    REEL = "reel"
    SHORT = "short"
    STORY = "story"
    LIVE = "live"
    PODCAST = "podcast"
    NEWSLETTER = "newsletter"
    BLOG = "blog"
    PIN = "pin"
    THREAD = "thread"


# The formats that a rule for one format reaches.
REACHES = {
    Format.VIDEO: {Format.VIDEO, Format.REEL, Format.SHORT},
    Format.PHOTO: {Format.PHOTO, Format.CAROUSEL, Format.PIN},
}
MOVING = frozenset({Format.VIDEO, Format.REEL, Format.SHORT, Format.LIVE, Format.STORY})


class CreatorKind(StrEnum):
    """Who speaks; kinds other than a person of their own carry duties of their own."""

    EXTERNAL = "external"
    EMPLOYEE = "employee"
    CUSTOMER = "customer"
    EXPERT = "expert"
    VIRTUAL = "virtual"


CONNECTION_KINDS = (
    "payment",
    "free_product",
    "gift_unsolicited",
    "loan",
    "discount",
    "discount_code",
    "perk",
    "travel_event",
    "invitation",
    "affiliate_commission",
    "barter",
    "contest_entry",
    "employment",
    "family",
    "friendship",
    "equity",
    "own_brand",
    "ambassadorship",
    "award",
    "refund_after_review",
    "future_conditional_benefit",
    "unpaid_promotion",
    "services",
)
