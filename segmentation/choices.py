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


class Cadence(models.TextChoices):
    """How often a dimension is evaluated anew without being asked."""

    QUARTERLY = "quarterly", "Each fiscal quarter"
    MONTHLY = "monthly", "Each month"
    CRON = "cron", "By a cron expression"
    BY_HAND = "by_hand", "Only on demand"


class Trigger(models.TextChoices):
    """What started a run."""

    QUARTERLY = "quarterly", "Quarterly"
    SCHEDULE = "schedule", "By schedule"
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
    CANCELLED = "cancelled", "Cancelled"
    ROLLED_BACK = "rolled_back", "Rolled back"


class ChangeKind(models.TextChoices):
    """What a run does to a creator's stay in a segment."""

    JOINED = "joined", "Joined"
    LEFT = "left", "Left"


class Cause(models.TextChoices):
    """Why a stay began or ended."""

    RULE = "rule", "Rule"
    OVERRIDE = "override", "Decided by a person"
    PRECEDENCE = "precedence", "Another segment comes first"
    ROLLBACK = "rollback", "Run rolled back"
    ARCHIVED = "archived", "Segment archived"
    ERASED = "erased", "Creator erased"


class OverrideKind(models.TextChoices):
    """What a person decided about a creator and a segment, whatever the rule says."""

    IN = "in", "Always in"
    OUT = "out", "Never in"


class ErrandStatus(models.TextChoices):
    """The life of what a worker was asked for."""

    QUEUED = "queued", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class OrderKind(models.TextChoices):
    """What people have done with a run by a worker, since it may take long."""

    APPLY = "apply", "Being applied"
    ROLL_BACK = "roll_back", "Being rolled back"


class StageRuleKind(models.TextChoices):
    """What a rule about a stage of the relationship is asked for."""

    ENTRY = "entry", "To enter"
    EXIT = "exit", "To leave"
    SUGGEST = "suggest", "Suggests a move"


class SuggestionStatus(models.TextChoices):
    """What became of a suggested move."""

    OPEN = "open", "Waits for an answer"
    ACCEPTED = "accepted", "Accepted"
    DISMISSED = "dismissed", "Dismissed"
    # Its rule is true no more, is out of use, or the creator was moved by hand.
    WITHDRAWN = "withdrawn", "No longer holds"


class Denominator(models.TextChoices):
    """By what an engagement rate is divided."""

    FOLLOWERS = "followers", "Followers"
    VIEWS = "views", "Views"
    REACH = "reach", "Reach"
    IMPRESSIONS = "impressions", "Impressions"


class Benchmarked(models.TextChoices):
    """Of what others have published numbers."""

    ENGAGEMENT_RATE = "engagement_rate", "Engagement rate"
    CPM = "cpm", "Cost of 1,000 impressions"


class ExperimentDesign(models.TextChoices):
    """What makes the arms of an experiment differ."""

    CHANCE = "chance", "Chance decides who gets what"
    SEGMENTS = "segments", "Compare segments as they are"


class ExperimentReading(models.TextChoices):
    """When somebody looks at the result: campaigns.experiments.results.Reading."""

    ONCE = "once", "Once, when all has come in"
    PLANNED = "planned", "At a planned number of moments"
    ANYTIME = "anytime", "Whenever somebody likes"


class ExperimentStatus(models.TextChoices):
    """The life of an experiment."""

    DRAFT = "draft", "Draft"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    STOPPED = "stopped", "Stopped early"


class OutcomeMetric(models.TextChoices):
    """What is counted of each creator, and on what."""

    ORDERS_PER_CLICK = "orders_per_click", "Orders for each click"
    ORDERS = "orders", "Orders of each creator"
    REVENUE = "revenue", "Revenue of each creator"
    CLICKS = "clicks", "Clicks for each creator"
    ENGAGEMENTS = "engagements", "Likes, comments, shares and saves for each view"
    SAVES = "saves", "Saves for each view"
    UPLOADED = "uploaded", "Numbers from a file"


class LookSource(models.TextChoices):
    """Where the outcomes of a look come from."""

    MEASURED = "measured", "What the product has measured"
    FILE = "file", "A file"


class StretchKind(models.TextChoices):
    """What a row of a creator's stretches of a quarter is."""

    UNIT = "unit", "A unit, with what it adds up to"
    MORE = "more", "A further time of the unit"
    PART = "part", "What one source told of the unit"


class WeightsOrigin(models.TextChoices):
    """Where the weights of a match come from."""

    USUAL = "usual", "The product's usual ones"
    PERSON = "person", "Set by a person"
    LEARNED = "learned", "Learned from campaigns, accepted by a person"


class BacktestOutcome(models.TextChoices):
    """What of a creator's later work a score is held against."""

    ENGAGEMENT = "engagement", "Engagement for each view"
    VIEWS = "views", "Views against their own norm"
    ORDERS = "orders", "Orders by their codes and links"
    ON_TIME = "on_time", "Pieces delivered on time"


class ContentElement(models.TextChoices):
    """What the variants of a content test differ in."""

    HOOK = "hook", "Hook"
    CALL_TO_ACTION = "call_to_action", "Call to action"
    TIME = "time", "Time of publication"
    AUDIENCE = "audience", "Audience it speaks to"
    OTHER = "other", "Something else"


class ClassifierKind(models.TextChoices):
    """How a classifier comes to what it says."""

    LEXICON = "lexicon", "Word list"
    LEARNED = "learned", "Learned from your values"
    DETECTOR = "detector", "Language detector"
    OUTSIDE = "outside", "Language model outside"


class ClassifierStatus(models.TextChoices):
    """Whether a classifier suggests values."""

    IN_USE = "in_use", "In use"
    # No better than the one in use on creators that neither had seen.
    REFUSED = "refused", "Refused"
    RETIRED = "retired", "Retired"


class AnswerStatus(models.TextChoices):
    """What became of a suggested value."""

    OPEN = "open", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    OVERRIDDEN = "overridden", "Another value given"
    NOT_ENOUGH = "not_enough", "Not enough to tell"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Forecasted(models.TextChoices):
    """What is forecast of a creator's next piece."""

    VIEWS = "views", "Views"
    REACH = "reach", "Reach"
    ENGAGEMENTS = "engagements", "Engagements"
    ORDERS = "orders", "Orders"
    PRICE = "price", "Price"


class Wish(models.TextChoices):
    """What somebody said of a creator before a budget is allocated."""

    MUST = "must", "Must be in"
    NEVER = "never", "Must not be in"


class PriceSource(models.TextChoices):
    """How a price of a piece is known."""

    AGREED = "agreed", "Agreed before"
    PLANNED = "planned", "Planned in this campaign"
    ESTIMATED = "estimated", "Estimated from accepted offers"
    ASSUMED = "assumed", "Assumed for the tier"
