"""Campaigns, and the creators in them: closed lists."""

from __future__ import annotations

from django.db import models


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
