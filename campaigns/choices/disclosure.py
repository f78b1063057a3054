"""Disclosure of advertising: reviews, verdicts, evidence, risk: closed lists."""

from __future__ import annotations

from django.db import models


class ReviewStage(models.TextChoices):
    """When legal looks: at a draft, or at what is to be seen."""

    DRAFT = "draft", "Before publication"
    LIVE = "live", "Published"


class ReviewState(models.TextChoices):
    """Where the review of a disclosure stands."""

    WAITING = "waiting", "Waiting"
    SECOND = "second", "Second reviewer"
    DECIDED = "decided", "Decided"
    DROPPED = "dropped", "Dropped"


class DisclosureVerdict(models.TextChoices):
    """What a disclosure comes to; the words of campaigns.disclosure.vocabulary.Verdict."""

    SUFFICIENT = "sufficient", "Sufficient"
    INSUFFICIENT = "insufficient", "Insufficient"
    MISSING = "missing", "Missing"
    NOT_REQUIRED = "not_required", "Not required"
    UNCLEAR = "unclear", "Unclear"
    NOT_REVIEWED = "not_reviewed", "Not reviewed"


class HintState(models.TextChoices):
    """What became of a hint that a post reads like advertising."""

    OPEN = "open", "Waits for an answer"
    ACCEPTED = "accepted", "It is an ad"
    DISMISSED = "dismissed", "Not an ad"
    WITHDRAWN = "withdrawn", "Withdrawn"


class HintSource(models.TextChoices):
    """What told that a post reads like advertising."""

    LIST = "list", "Word list"
    LEARNED = "learned", "Learned from your posts"


class ItemResult(models.TextChoices):
    """What an item of a checklist comes to; the words of campaigns.disclosure.vocabulary.Result."""

    PASS = "pass", "Pass"
    FAIL = "fail", "Fail"
    UNKNOWN = "unknown", "Unknown"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class EvidenceSource(models.TextChoices):
    """How a snapshot of content came to us."""

    DRAFT = "draft", "The draft as handed in"
    UPLOAD = "upload", "Uploaded by the team"
    PORTAL = "portal", "Uploaded by the creator"
    IMPORT = "import", "An import of posts"


class EvidenceFileKind(models.TextChoices):
    """What a file of a snapshot shows."""

    SCREENSHOT = "screenshot", "Screenshot"
    MEDIA = "media", "Picture, film or sound itself"
    TRANSCRIPT = "transcript", "What is said"
    OTHER = "other", "Something else"


class RiskTier(models.TextChoices):
    """How careful to be with a creator, a piece of content, a deal."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class RemediationState(models.TextChoices):
    """Where a request to put a disclosure right stands."""

    OPEN = "open", "Waits for the creator"
    ANSWERED = "answered", "To be looked at again"
    OVERDUE = "overdue", "Overdue"
    INCIDENT = "incident", "Overdue, incident reported"
    RESOLVED = "resolved", "Put right"
    WITHDRAWN = "withdrawn", "Withdrawn"


class RemediationAct(models.TextChoices):
    """What can happen to a request to put a disclosure right."""

    ASK = "ask", "Creator asked"
    REMIND = "remind", "Reminded"
    ANSWER = "answer", "Creator says it is done"
    ASK_AGAIN = "ask_again", "Asked again"
    EXPIRE = "expire", "Deadline passed"
    ESCALATE = "escalate", "Incident reported"
    RESOLVE = "resolve", "Seen to be right"
    WITHDRAW = "withdraw", "Withdrawn"
