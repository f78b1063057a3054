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
    CREATORS_WRITE = "creators:write", "Add and correct creators, their fields and tags"
    CONTACTS_READ = "contacts:read", "Read contacts, postal addresses and agents (personal data)"
    CONTACTS_WRITE = "contacts:write", "Write and erase contacts, postal addresses and agents"
    RELATIONSHIPS_READ = "relationships:read", "Read relationships"
    RELATIONSHIPS_WRITE = "relationships:write", "Move stages, set owner and next step"
    TASKS_READ = "tasks:read", "Read tasks, notes and your own notifications"
    TASKS_WRITE = "tasks:write", "Write tasks and notes, mark notifications read"
    OUTREACH_READ = "outreach:read", "Read templates, sequences and the suppression list"
    OUTREACH_WRITE = "outreach:write", "Change templates and sequences, enrol, suppress"
    IMPORTS_READ = "imports:read", "Read imports"
    IMPORTS_WRITE = "imports:write", "Upload lists, settle their columns, apply and undo them"
    MAIL_READ = "mail:read", "Read mailboxes, conversations and mails"
    MAIL_WRITE = "mail:write", "Say whose conversations are and that they are done; sends nothing"
    APPLICATIONS_READ = "applications:read", "Read who applied, and what was handed in"
    APPLICATIONS_WRITE = "applications:write", "Decide about who applied, and what was handed in"
    CONVERSIONS_WRITE = "conversions:write", "Tell conversions and refunds, as a shop does"
    OFFERS_READ = "offers:read", "Read offers and gifts"
    OFFERS_WRITE = "offers:write", "Make offers and gifts, and say what became of them"
    CAMPAIGNS_READ = "campaigns:read", "Read campaigns and the creators in them"
    CAMPAIGNS_WRITE = "campaigns:write", "Plan campaigns and put creators on their shortlists"
    CAMPAIGNS_RUN = "campaigns:run", "Start and end campaigns, move creators through them"
    POLICIES_WRITE = "policies:write", "Write policies and claims"
    PAYMENTS_READ = "payments:read", "Read costs, amounts to be paid, invoices and rates"
    PAYMENTS_WRITE = "payments:write", "Enter costs, invoices and rates; release and pay"
    LEGAL_READ = "legal:read", "Read reviews of disclosures, their evidence, and the registers"
    LEGAL_WRITE = "legal:write", "Decide about disclosures, and keep registers and incidents"
    INCIDENTS_REPORT = "incidents:report", "Report incidents"
    PAUSES_WRITE = "pauses:write", "Pause creators and campaigns, and let them go on"
    PRIVACY_READ = "privacy:read", "Read what people asked about their data"
    PRIVACY_WRITE = "privacy:write", "Keep the register of requests; have data copied and erased"
    SEGMENTS_READ = "segments:read", "Read facts, segments and members; check and preview rules"
    SEGMENTS_WRITE = "segments:write", "Change segments, playbooks, overrides and audiences"
    SCORECARDS_READ = "scorecards:read", "Read scorecards"
    SCORES_READ = "scores:read", "Read score models and creators' scores"
    SCORES_WRITE = "scores:write", "Write score models, use and count them"
    SERIES_READ = "series:read", "Read daily series, visits, comments, surveys and watched posts"
    SERIES_WRITE = "series:write", "Write daily series, visits, comments, answers and alerts"
    EXPERIMENTS_READ = "experiments:read", "Read experiments, who got which arm, and results"
    EXPERIMENTS_WRITE = "experiments:write", "Plan, start, read and end experiments"
    RUNS_READ = "runs:read", "Read runs and their changes"
    RUNS_WRITE = "runs:write", "Start runs"
    REVIEWS_READ = "reviews:read", "Read review forms, vettings and reviews that may be read"
    REVIEWS_WRITE = "reviews:write", "Ask for vettings, write, decline and settle reviews"
    JOBS_READ = "jobs:read", "Read what you had done in the background"
    JOBS_WRITE = "jobs:write", "Stop and undo what you had done in the background"
    AUDIT_READ = "audit:read", "Read the audit ledger"
    SETTINGS_READ = "settings:read", "Read what the brand set"
    SETTINGS_WRITE = "settings:write", "Change what the brand set, as far as your role may"
    CONNECTORS_READ = "connectors:read", "Read connectors and what they pulled"
    CONNECTORS_WRITE = "connectors:write", "Add, change and remove connectors; pull now"
    TOKENS_READ = "tokens:read", "Read your tokens; admins: all of the brand"
    TOKENS_WRITE = "tokens:write", "Make tokens within this one, narrow, replace and end them"
    BRAND_EXPORT = "brand:export", "Take out everything of the brand (personal data)"
    WEBHOOKS_READ = "webhooks:read", "Read webhooks and what they were told"
    WEBHOOKS_WRITE = "webhooks:write", "Add, change and remove webhooks; send again"


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


class MailSecurity(models.TextChoices):
    """How the connection to a mail server is protected."""

    TLS = "tls", "TLS from the start"
    STARTTLS = "starttls", "STARTTLS"
    NONE = "none", "None (only on this machine or a private network)"


class MailDirection(models.TextChoices):
    """Which way a mail went."""

    OUT = "out", "Sent by us"
    IN = "in", "Received"


class MailStatus(models.TextChoices):
    """Where a mail stands."""

    DRAFT = "draft", "Draft"
    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    # The connection broke after the text had been handed over: only a person can tell.
    UNKNOWN = "unknown", "Not known whether it left"
    REFUSED = "refused", "Not sent"
    FAILED = "failed", "Could not be sent"
    BOUNCED = "bounced", "Came back"
    RECEIVED = "received", "Received"


class MailPurpose(models.TextChoices):
    """Why a mail of ours is written; the sending guard asks more of the first one."""

    FIRST = "first", "First mail"
    FOLLOW_UP = "follow_up", "Follow-up"
    REPLY = "reply", "Reply"


class MailKind(models.TextChoices):
    """What a mail is: only what a person wrote counts as a reply."""

    PERSONAL = "personal", "Mail"
    AUTOMATIC = "automatic", "Automatic reply"
    BOUNCE = "bounce", "Delivery report"


class FolderKind(models.TextChoices):
    """What a mailbox's folder on the server holds."""

    INBOX = "inbox", "Incoming mail"
    SENT = "sent", "Sent mail"


class JobStatus(models.TextChoices):
    """The life of a piece of work in the background."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


class DeliveryStatus(models.TextChoices):
    """What became of something that a webhook was to be told."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"


class PullStatus(models.TextChoices):
    """The life of one round of a connector."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


class RowOutcome(models.TextChoices):
    """What became of one creator in a change of many."""

    WAITING = "waiting", "Not yet done"
    CHANGED = "changed", "Changed"
    SAME = "same", "Was so already"
    REFUSED = "refused", "Refused"
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Changed since, so kept"


class ListKind(models.TextChoices):
    """The lists of which views can be saved."""

    CREATORS = "creators", "Creators"


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


class CriterionKind(models.TextChoices):
    """How reviewers answer a criterion."""

    SCALE = "scale", "1 to 5"
    CHOICE = "choice", "One of a list"


class VettingStatus(models.TextChoices):
    """Where a vetting stands."""

    OPEN = "open", "Waits for reviews"
    DISPUTED = "disputed", "Waits for a third person"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ReviewStatus(models.TextChoices):
    """Where one person's review stands."""

    WAITING = "waiting", "Waiting"
    SUBMITTED = "submitted", "Handed in"
    DECLINED = "declined", "Declined"
    RELEASED = "released", "Given to somebody else"


class ResultBasis(models.TextChoices):
    """How the result of a criterion came about."""

    SINGLE = "single", "One review"
    AGREED = "agreed", "Both say so"
    MEDIAN = "median", "Median of two reviews"
    ONE_OF_TWO = "one_of_two", "Only one of two could say"
    ADJUDICATED = "adjudicated", "Decided by a third person"
    UNKNOWN = "unknown", "Nobody could say"


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


class RequestKind(models.TextChoices):
    """What somebody may ask of who keeps their data (GDPR, articles 15 to 21)."""

    ACCESS = "access", "A copy of the data"
    RECTIFICATION = "rectification", "A correction"
    ERASURE = "erasure", "To be erased"
    RESTRICTION = "restriction", "To be left alone, the data kept"
    MARKETING = "marketing", "No more advertising mail"
    PROFILING = "profiling", "Not to be sorted and scored"


class RequestOrigin(models.TextChoices):
    """How a request came."""

    PORTAL = "portal", "Their page"
    MAIL = "mail", "Mail"
    PHONE = "phone", "Phone"
    LETTER = "letter", "Letter"
    OTHER = "other", "Another way"


class IdentityCheck(models.TextChoices):
    """Whether it is known that who asks is who they say."""

    WAITING = "waiting", "Not checked yet"
    CONFIRMED = "confirmed", "Confirmed"
    NOT_NEEDED = "not_needed", "Not needed"


class RequestStatus(models.TextChoices):
    """Where a request about data stands."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


class NoticeWay(models.TextChoices):
    """How somebody was told what is kept of them."""

    MAIL = "mail", "In our first mail"
    HAND = "hand", "By hand"


class RetentionPurpose(models.TextChoices):
    """For what data is kept, and so from when on its time runs."""

    NEVER_CONTACTED = "never_contacted", "Creators whom nobody ever wrote to"
    CONTACTED = "contacted", "Creators written to, without a campaign"
    WORKED_WITH = "worked_with", "Creators worked with"
    MAILS = "mails", "Mails"
    NOTES = "notes", "Notes"


class ProposalStatus(models.TextChoices):
    """What became of a proposal to delete what is kept long enough."""

    WAITING = "waiting", "Waits for a yes"
    APPROVED = "approved", "Approved"
    DONE = "done", "Carried out"
    DECLINED = "declined", "Declined"
    REPLACED = "replaced", "Replaced by a newer one"


class CommentKind(models.TextChoices):
    """What a comment is to the people who make a product."""

    QUESTION = "question", "Question"
    PRAISE = "praise", "Praise"
    OBJECTION = "objection", "Objection"
    PROBLEM = "problem", "Product issue"
    OTHER = "other", "Something else"


class Mood(models.TextChoices):
    """How a comment sounds."""

    POSITIVE = "positive", "Positive"
    NEUTRAL = "neutral", "Neither"
    NEGATIVE = "negative", "Negative"


class ThemeState(models.TextChoices):
    """What became of a theme of comments."""

    OPEN = "open", "Nobody has it"
    ROUTED = "routed", "Given to somebody"
    HANDLED = "handled", "Handled"


class LearnedTask(models.TextChoices):
    """What is learned from a brand's own decisions.

    DISCLOSURE is not learned yet, and nothing offers it: the column has the choice, no row does.
    """

    COMMENT_KIND = "comment_kind", "Kind of a comment"
    COMMENT_MOOD = "comment_mood", "Mood of a comment"
    COMMENT_RELEVANCE = "comment_relevance", "Comments on the topic"
    DISCLOSURE = "disclosure", "Sentences that disclose"
