"""Pieces of content: briefs, drafts, gates, publication: closed lists."""

from __future__ import annotations

from django.db import models


class ContentKind(models.TextChoices):
    """What a deliverable or a post is about (F18, F61); its form is a kind of post."""

    SPONSORED_POST = "sponsored_post", "Sponsored post"
    REVIEW = "review", "Review"
    UNBOXING = "unboxing", "Unboxing"
    TUTORIAL = "tutorial", "Tutorial"
    DAY_IN_THE_LIFE = "day_in_the_life", "Day in the life"
    INTERVIEW = "interview", "Interview"
    TESTIMONIAL = "testimonial", "Testimonial"
    LIFESTYLE = "lifestyle", "Lifestyle"
    COLLABORATIVE = "collaborative", "Collaborative post"
    OTHER = "other", "Something else"


class BriefState(models.TextChoices):
    """Where a version of a brief stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waits for approval"
    APPROVED = "approved", "Approved"
    SUPERSEDED = "superseded", "Replaced by a newer version"


class BriefGate(models.TextChoices):
    """Who says yes to a brief before creators see it."""

    BRAND = "brand", "The brand"
    LEGAL = "legal", "Legal"


class Freedom(models.TextChoices):
    """How free a creator is in how they say it (F134)."""

    FREE = "free", "Free: your words, your format"
    GUIDED = "guided", "Guided: your words, around our messages"
    STRICT = "strict", "Strict: some sentences word for word"


class ClaimStatus(models.TextChoices):
    """Whether a claim about a product may be made (F101)."""

    ALLOWED = "allowed", "Allowed"
    EVIDENCE = "evidence", "Needs evidence"
    FORBIDDEN = "forbidden", "Forbidden"


class GuidelineKind(models.TextChoices):
    """Which way a guideline points."""

    DO = "do", "Do"
    DONT = "dont", "Don't"


class DeliverableState(models.TextChoices):
    """Where one piece of content stands."""

    PLANNED = "planned", "To be made"
    IN_REVIEW = "in_review", "In review"
    NEEDS_WORK = "needs_work", "Needs work"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    CANCELLED = "cancelled", "Called off"


class DeliverableAct(models.TextChoices):
    """What happens to one piece of content; the label is how its history says it."""

    PLAN = "plan", "Planned"
    EDIT = "edit", "Changed"
    SHORTEN = "shorten", "Put on the fast lane"
    SUBMIT = "submit", "Draft submitted"
    WITHDRAW = "withdraw", "Draft taken back"
    APPROVE = "approve", "Gate approved"
    CORRECT = "correct", "Gate approved with corrections"
    REFUSE = "refuse", "Sent back: needs work"
    CONFIRM = "confirm", "Corrections confirmed as done"
    REOPEN = "reopen", "Review opened again"
    PUBLISH = "publish", "Published"
    CANCEL = "cancel", "Called off"
    RESTORE = "restore", "Taken up again"


class Gate(models.TextChoices):
    """Who has to say yes to a draft, in this order."""

    MANAGER = "manager", "Manager"
    BRAND = "brand", "Brand"
    LEGAL = "legal", "Legal"


class DraftState(models.TextChoices):
    """Where one version of a draft stands."""

    IN_REVIEW = "in_review", "In review"
    NEEDS_WORK = "needs_work", "Needs work"
    APPROVED = "approved", "Approved"
    WITHDRAWN = "withdrawn", "Taken back"


class GateOutcome(models.TextChoices):
    """What a gate, or somebody from outside who was asked, says about a draft."""

    APPROVED = "approved", "Approved"
    CORRECTIONS = "corrections", "Approved with corrections"
    NEEDS_WORK = "needs_work", "Needs work"


class CheckAnswer(models.TextChoices):
    """What somebody found about one line of a gate's checklist."""

    YES = "yes", "In order"
    NO = "no", "Not in order"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class CheckKind(models.TextChoices):
    """Where a line of a gate's checklist comes from."""

    PIECE = "piece", "The piece itself"
    BRIEF = "brief", "The brief"
    GUIDELINE = "guideline", "Guidelines"
    CLAIM = "claim", "Claims in the text"


class SightingKind(models.TextChoices):
    """By what it is known whether a publication is there."""

    IMPORT = "import", "An import"
    CAPTURE = "capture", "A capture"
    # Nothing to show for it: tells that something is gone, never that it is there.
    LOOK = "look", "Somebody looked"


class ReadingVerdict(models.TextChoices):
    """How a publication does after two days, beside what is usual for its creator."""

    BELOW = "below", "Below the usual"
    WITHIN = "within", "Within the usual"
    ABOVE = "above", "Above the usual"
    UNKNOWN = "unknown", "Cannot be told"
