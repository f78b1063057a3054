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


class ContractState(models.TextChoices):
    """Where a contract stands."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "With legal"
    READY = "ready", "Ready to send"
    SENT = "sent", "Sent"
    ACCEPTED = "accepted", "In force"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Superseded"
    ENDED = "ended", "Ended"
    TERMINATED = "terminated", "Terminated"


class ContractAct(models.TextChoices):
    """What can be done with a contract; the value is what its history calls it."""

    EDIT = "edit", "Change the draft"
    SUBMIT = "submit", "Ask legal"
    CLEAR = "clear", "Clear for legal"
    RETURN = "return", "Give back to the draft"
    REOPEN = "reopen", "Take back to the draft"
    SEND = "send", "Send"
    ACCEPT = "accept", "Accept"
    DECLINE = "decline", "Decline"
    REVISE = "revise", "Write a new version"
    WITHDRAW = "withdraw", "Withdraw"
    AMEND = "amend", "Amend"
    TERMINATE = "terminate", "Terminate"
    SUPERSEDE = "supersede", "Superseded by an amendment"
    END = "end", "End"


class FeeDue(models.TextChoices):
    """What makes a part of a fee due."""

    SIGNING = "signing", "when the contract is accepted"
    APPROVAL = "approval", "when the content is approved"
    PUBLICATION = "publication", "when the content is published"
    DATE = "date", "on a day"


class KillStage(models.TextChoices):
    """How far the work was when the brand calls it off."""

    BEFORE = "before", "before a first draft is there"
    DRAFTED = "drafted", "after a first draft is there"
    APPROVED = "approved", "after the content is approved"


class Ownership(models.TextChoices):
    """Whose the content is."""

    CREATOR = "creator", "The creator's: the brand has the rights that are listed"
    BRAND = "brand", "The brand's, once it is paid"


class AiUse(models.TextChoices):
    """What the brand may do with content, voice and likeness by means of AI."""

    NONE = "none", "Nothing: no training, no synthetic likeness or voice"
    ASKED = "asked", "Only what the creator agreed to in writing, case by case"
    EDITS = "edits", "Technical edits only: cropping, subtitles, translation of subtitles"


class ClauseWhen(models.TextChoices):
    """In which contracts a clause stands."""

    ALWAYS = "always", "In every contract"
    RIGHTS = "rights", "Where the brand gets rights of use"
    EXCLUSIVE = "exclusive", "Where exclusivity is agreed"
    KILL_FEE = "kill_fee", "Where a kill fee is agreed"
    CLAIMS = "claims", "Where claims are named"
    EMBARGO = "embargo", "Where an embargo is agreed"
    MINOR = "minor", "Where the creator is a minor"
    VIRTUAL = "virtual", "Where the creator is virtual"
    EQUITY = "equity", "Where equity is part of the pay"
    WHITELISTING = "whitelisting", "Where the brand advertises through the creator's account"


class AssetKind(models.TextChoices):
    """What a piece of content is."""

    IMAGE = "image", "Image"
    VIDEO = "video", "Video"
    AUDIO = "audio", "Audio"
    DOCUMENT = "document", "Document"
    TEXT = "text", "Text"
    PAGE = "page", "Published post or page"


class AssetOrigin(models.TextChoices):
    """How a piece of content came to the brand."""

    CAMPAIGN = "campaign", "Made for a campaign"
    POST = "post", "A creator's own post"
    UGC = "ugc", "By a customer (UGC)"
    TESTIMONIAL = "testimonial", "Testimonial"
    OWN = "own", "The brand's own"


class AiPart(models.TextChoices):
    """What part a machine had in it."""

    NONE = "none", "Made without AI"
    ASSISTED = "assisted", "Made with the help of AI"
    GENERATED = "generated", "Generated by AI"


class Releases(models.TextChoices):
    """Whether the people who can be recognised agreed."""

    NOBODY = "nobody", "Nobody can be recognised"
    HELD = "held", "Everybody shown has agreed"
    MISSING = "missing", "Somebody shown has not agreed"


class StartTrigger(models.TextChoices):
    """With what a right begins."""

    DAY = "day", "On a day"
    PUBLICATION = "publication", "When the content is published"
    SIGNING = "signing", "When the contract is signed"


class RightSource(models.TextChoices):
    """What a right rests on."""

    CONTRACT = "contract", "Contract"
    OFFER = "offer", "Accepted offer"
    HAND = "hand", "Written down by hand"


class RightAct(models.TextChoices):
    """What happens to a right; the value is what its history calls it."""

    GRANT = "grant", "Given"
    START = "start", "Started"
    REVOKE = "revoke", "Taken back"


class Verdict(models.TextChoices):
    """The answer to whether something may be done; unknown is neither yes nor no."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


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


class DataRequest(models.TextChoices):
    """What a creator may ask for about their own data."""

    COPY = "copy", "Wants a copy of their data"
    CORRECT = "correct", "Says that data about them is wrong"
    ERASE = "erase", "Wants their data erased"
