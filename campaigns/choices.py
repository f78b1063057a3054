"""The closed lists of this app; the database checks each of them."""

from __future__ import annotations

from django.db import models


class Compensation(models.TextChoices):
    """What a creator gets for working with the brand (F60)."""

    FEE = "fee", "Fee"
    GIFT = "gift", "Gift"
    AFFILIATE = "affiliate", "Affiliate commission"
    AMBASSADOR = "ambassador", "Ambassadorship"
    EQUITY = "equity", "Equity"
    EVENT = "event", "Event"
    CO_CREATION = "co_creation", "Co-creation"


class Per(models.TextChoices):
    """What an amount of money is for."""

    ALL = "all", "for everything together"
    POST = "post", "for each deliverable"
    MONTH = "month", "for each month"


class OfferState(models.TextChoices):
    """Where an offer stands."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    COUNTERED = "countered", "Countered"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"


class OfferAct(models.TextChoices):
    """What can be done with an offer; some of it the creator does, and we write it down."""

    EDIT = "edit", "Change the draft"
    SEND = "send", "Send"
    REVISE = "revise", "Write a new version"
    COUNTER = "counter", "Write down a counter-offer"
    ACCEPT = "accept", "Accept"
    DECLINE = "decline", "Decline"
    WITHDRAW = "withdraw", "Withdraw"
    DISCARD = "discard", "Throw the draft away"
    EXPIRE = "expire", "Expire"


class Side(models.TextChoices):
    """Whose version of an offer it is."""

    OURS = "ours", "Ours"
    THEIRS = "theirs", "The creator's"


class Channel(models.TextChoices):
    """How an offer or an answer went from one to the other."""

    MAIL = "mail", "E-mail"
    MESSAGE = "message", "Direct message"
    PHONE = "phone", "Phone or video call"
    IN_PERSON = "in_person", "In person"
    PLATFORM = "platform", "Another tool"


class ContentKind(models.TextChoices):
    """What a deliverable is about (F61); its form is a kind of post."""

    SPONSORED_POST = "sponsored_post", "Sponsored post"
    REVIEW = "review", "Review"
    UNBOXING = "unboxing", "Unboxing"
    TUTORIAL = "tutorial", "Tutorial"
    LIFESTYLE = "lifestyle", "Lifestyle"
    COLLABORATIVE = "collaborative", "Collaborative post"
    OTHER = "other", "Something else"


class Usage(models.TextChoices):
    """What the brand may do with the content."""

    ORGANIC = "organic", "Organic: show it on the brand's own channels"
    PAID = "paid", "Paid: use it in the brand's advertising"
    WHITELISTING = "whitelisting", "Whitelisting: advertise through the creator's account"


class GiftState(models.TextChoices):
    """Where a gift stands."""

    PLANNED = "planned", "Planned"
    ASKED = "asked", "Interest asked"
    WANTED = "wanted", "Wanted"
    REFUSED = "refused", "Not wanted"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"
    POSTED = "posted", "Posted"
    RETURNED = "returned", "Returned"
    CANCELLED = "cancelled", "Called off"


class GiftAct(models.TextChoices):
    """What happens to a gift; the value is what its history calls it."""

    ASK = "ask", "Asked whether they want it"
    WANT = "want", "They want it"
    REFUSE = "refuse", "They do not want it"
    SHIP = "ship", "Shipped"
    DELIVER = "deliver", "Delivered"
    POST = "post", "Posted"
    RETURN = "return", "Came back"
    CANCEL = "cancel", "Called off"


class UseCase(models.TextChoices):
    """What kind of campaign it is; each has a template with its steps (campaigns/use_cases)."""

    LAUNCH = "launch", "Launch with embargo"
    AWARENESS = "awareness", "Awareness"
    ECOMMERCE = "ecommerce", "E-commerce"
    EVENT = "event", "Event"
    EDUCATION = "education", "Education"
    SEASONAL = "seasonal", "Seasonal"
    CRISIS = "crisis", "Crisis"
    UGC = "ugc", "Content by users (UGC)"
    CROSS_PLATFORM = "cross_platform", "Cross-platform"
    NICHE = "niche", "Niche"


class CampaignTrigger(models.TextChoices):
    """Why there is a campaign at all (F45)."""

    LAUNCH = "launch", "A product is launched"
    SEASON = "season", "A season or a holiday"
    EXPANSION = "expansion", "A category or market is opened"
    AUDIENCE = "audience", "An audience is to be reached"
    CALENDAR = "calendar", "The content calendar needs it"
    INCIDENT = "incident", "Something happened"
    OTHER = "other", "Something else"


class CampaignStatus(models.TextChoices):
    """Where a campaign stands."""

    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"


class BudgetKind(models.TextChoices):
    """By what a budget is cut; each cut is of the whole budget."""

    TIER = "tier", "By tier"
    SEGMENT = "segment", "By segment"


class EngagementStage(models.TextChoices):
    """Where a creator stands in a campaign, in the order of the board's columns."""

    SHORTLISTED = "shortlisted", "Shortlisted"
    VETTED = "vetted", "Vetted"
    APPROVED = "approved", "Approved"
    INVITED = "invited", "Invited"
    NEGOTIATING = "negotiating", "Negotiating"
    CONTRACTED = "contracted", "Contracted"
    IN_PRODUCTION = "in_production", "In production"
    LIVE = "live", "Live"
    COMPLETED = "completed", "Completed"
    DECLINED = "declined", "Declined"
    DROPPED = "dropped", "Dropped"
    SUBSTITUTED = "substituted", "Substituted"


class SlotCadence(models.TextChoices):
    """How often a slot of the calendar comes again (F46)."""

    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every quarter"


class DeliverableState(models.TextChoices):
    """Where one piece of content stands."""

    PLANNED = "planned", "To be made"
    IN_REVIEW = "in_review", "In review"
    NEEDS_WORK = "needs_work", "Needs work"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    CANCELLED = "cancelled", "Called off"


class GuestKind(models.TextChoices):
    """What a link for somebody without an account opens."""

    PORTAL = "portal", "A creator's pages in a campaign"
    REVIEWER = "reviewer", "The review of a piece of content"
    REPORT = "report", "The report of a campaign"


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
