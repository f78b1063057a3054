"""The tables of this app; one module per idea."""

from crm.models.brands import ApiToken, Brand, User, UserRole
from crm.models.creators import (
    ContactPoint,
    Creator,
    CreatorNiche,
    ExternalId,
    Niche,
    Platform,
    Profile,
)
from crm.models.fields import CustomField, FieldValue
from crm.models.imports import ImportBatch, ImportBeforeImage, ImportReject, SavedMapping
from crm.models.ledger import AuditEntry, FactChange
from crm.models.metrics import (
    AudienceSnapshot,
    CreatorMetrics,
    MetricSnapshot,
    Post,
    PostMetricSnapshot,
)
from crm.models.relationships import Note, Relationship, StageChange, StageCount
from crm.models.tiers import Tier, TierScheme

__all__ = (
    "ApiToken",
    "AudienceSnapshot",
    "AuditEntry",
    "Brand",
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
    "MetricSnapshot",
    "Niche",
    "Note",
    "Platform",
    "Post",
    "PostMetricSnapshot",
    "Profile",
    "Relationship",
    "SavedMapping",
    "StageChange",
    "StageCount",
    "Tier",
    "TierScheme",
    "User",
    "UserRole",
)
