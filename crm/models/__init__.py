"""The tables of this app; one module per idea."""

from crm.models.applications import Application, ApplicationAccount, ApplicationPage
from crm.models.audience_samples import AudienceSample, SampleBatch
from crm.models.brands import ApiToken, Brand, User, UserRole
from crm.models.calendar import CalendarFeed
from crm.models.comment_themes import CommentLabel, CommentSorting, CommentTheme
from crm.models.connectors import Connector, ConnectorSpend, Pull, PullAnswer
from crm.models.contacts import Agent, ContactPoint, PostalAddress, Representation
from crm.models.creators import (
    Creator,
    CreatorNiche,
    ExternalId,
    FormerHandle,
    Niche,
    Platform,
    Profile,
)
from crm.models.day import Snooze, StageLimit
from crm.models.fields import CustomField, FieldValue
from crm.models.holds import Hold
from crm.models.imports import ImportBatch, ImportBeforeImage, ImportReject, SavedMapping
from crm.models.incidents import (
    Incident,
    IncidentEvent,
    IncidentFile,
    IncidentStep,
    Runbook,
)
from crm.models.jobs import Job, JobRow
from crm.models.kept_answers import KeptAnswer
from crm.models.learned import LearnedModel
from crm.models.ledger import (
    AuditEntry,
    AuditText,
    FactChange,
    LedgerCheckpoint,
    LedgerKeeping,
    LedgerKey,
    LedgerOrigin,
)
from crm.models.mail import Attachment, Mailbox, MailFolder, Message, Thread
from crm.models.mail_templates import MailTemplate, MailTemplateVersion
from crm.models.merges import DuplicatePair, Merge, MergePart
from crm.models.metrics import (
    AudienceSnapshot,
    CreatorMetrics,
    MetricSnapshot,
    Post,
    PostMetricSnapshot,
)
from crm.models.notes import Mention, NoteVersion
from crm.models.notifications import Notification, Preferences
from crm.models.outreach import OutreachPolicy, SuppressedAddress, Suppression
from crm.models.pitches import PitchApproval
from crm.models.post_comments import (
    CommentBatch,
    CommentScore,
    CommentScorer,
    CommentSettings,
    CommentThread,
    PostComment,
)
from crm.models.privacy import (
    Erasure,
    Notice,
    NoticeText,
    PrivacyPolicy,
    PrivacyRequest,
    RetentionItem,
    RetentionProposal,
    RetentionRule,
)
from crm.models.promised_tasks import PromisedTask
from crm.models.relationships import Note, Relationship, StageChange, StageCount
from crm.models.reviews import (
    Answer,
    Criterion,
    FormCriterion,
    Review,
    ReviewForm,
    Vetting,
    VettingResult,
)
from crm.models.sequences import (
    Enrolment,
    EnrolmentStep,
    Sequence,
    SequenceStep,
    SequenceVersion,
)
from crm.models.tags import CreatorTag, Tag
from crm.models.tasks import Reminder, Task
from crm.models.tiers import Tier, TierScheme
from crm.models.views import SavedView, ViewPin
from crm.models.webhooks import Webhook, WebhookAttempt, WebhookDelivery

__all__ = (
    "Agent",
    "Answer",
    "ApiToken",
    "Application",
    "ApplicationAccount",
    "ApplicationPage",
    "Attachment",
    "AudienceSample",
    "AudienceSnapshot",
    "AuditEntry",
    "AuditText",
    "Brand",
    "CalendarFeed",
    "CommentBatch",
    "CommentLabel",
    "CommentScore",
    "CommentScorer",
    "CommentSettings",
    "CommentSorting",
    "CommentTheme",
    "CommentThread",
    "Connector",
    "ConnectorSpend",
    "ContactPoint",
    "Creator",
    "CreatorMetrics",
    "CreatorNiche",
    "CreatorTag",
    "Criterion",
    "CustomField",
    "DuplicatePair",
    "Enrolment",
    "EnrolmentStep",
    "Erasure",
    "ExternalId",
    "FactChange",
    "FieldValue",
    "FormCriterion",
    "FormerHandle",
    "Hold",
    "ImportBatch",
    "ImportBeforeImage",
    "ImportReject",
    "Incident",
    "IncidentEvent",
    "IncidentFile",
    "IncidentStep",
    "Job",
    "JobRow",
    "KeptAnswer",
    "LearnedModel",
    "LedgerCheckpoint",
    "LedgerKeeping",
    "LedgerKey",
    "LedgerOrigin",
    "MailFolder",
    "MailTemplate",
    "MailTemplateVersion",
    "Mailbox",
    "Mention",
    "Merge",
    "MergePart",
    "Message",
    "MetricSnapshot",
    "Niche",
    "Note",
    "NoteVersion",
    "Notice",
    "NoticeText",
    "Notification",
    "OutreachPolicy",
    "PitchApproval",
    "Platform",
    "Post",
    "PostComment",
    "PostMetricSnapshot",
    "PostalAddress",
    "Preferences",
    "PrivacyPolicy",
    "PrivacyRequest",
    "Profile",
    "PromisedTask",
    "Pull",
    "PullAnswer",
    "Relationship",
    "Reminder",
    "Representation",
    "RetentionItem",
    "RetentionProposal",
    "RetentionRule",
    "Review",
    "ReviewForm",
    "Runbook",
    "SampleBatch",
    "SavedMapping",
    "SavedView",
    "Sequence",
    "SequenceStep",
    "SequenceVersion",
    "Snooze",
    "StageChange",
    "StageCount",
    "StageLimit",
    "SuppressedAddress",
    "Suppression",
    "Tag",
    "Task",
    "Thread",
    "Tier",
    "TierScheme",
    "User",
    "UserRole",
    "Vetting",
    "VettingResult",
    "ViewPin",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
)
