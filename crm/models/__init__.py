"""The tables of this app; one module per idea."""

from crm.models.brands import ApiToken, Brand, User, UserRole
from crm.models.calendar import CalendarFeed
from crm.models.creators import (
    ContactPoint,
    Creator,
    CreatorNiche,
    ExternalId,
    Niche,
    Platform,
    Profile,
)
from crm.models.day import Snooze, StageLimit
from crm.models.fields import CustomField, FieldValue
from crm.models.imports import ImportBatch, ImportBeforeImage, ImportReject, SavedMapping
from crm.models.jobs import Job, JobRow
from crm.models.ledger import AuditEntry, FactChange
from crm.models.mail import Attachment, Mailbox, MailFolder, Message, Thread
from crm.models.metrics import (
    AudienceSnapshot,
    CreatorMetrics,
    MetricSnapshot,
    Post,
    PostMetricSnapshot,
)
from crm.models.notes import Mention, NoteVersion
from crm.models.notifications import Notification, Preferences
from crm.models.relationships import Note, Relationship, StageChange, StageCount
from crm.models.tasks import Reminder, Task
from crm.models.tiers import Tier, TierScheme
from crm.models.views import SavedView, ViewPin

__all__ = (
    "ApiToken",
    "Attachment",
    "AudienceSnapshot",
    "AuditEntry",
    "Brand",
    "CalendarFeed",
    "ContactPoint",
    "Creator",
    "CreatorMetrics",
    "CreatorNiche",
    "CustomField",
    "ExternalId",
    "FactChange",
    "FieldValue",
    "ImportBatch",
    "ImportBeforeImage",
    "ImportReject",
    "Job",
    "JobRow",
    "MailFolder",
    "Mailbox",
    "Mention",
    "Message",
    "MetricSnapshot",
    "Niche",
    "Note",
    "NoteVersion",
    "Notification",
    "Platform",
    "Post",
    "PostMetricSnapshot",
    "Preferences",
    "Profile",
    "Relationship",
    "Reminder",
    "SavedMapping",
    "SavedView",
    "Snooze",
    "StageChange",
    "StageCount",
    "StageLimit",
    "Task",
    "Thread",
    "Tier",
    "TierScheme",
    "User",
    "UserRole",
    "ViewPin",
)
