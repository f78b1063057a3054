"""Conversions: closed lists."""

from __future__ import annotations

from django.db import models


class ConversionKind(models.TextChoices):
    """What somebody did whom a creator had sent."""

    ORDER = "order", "Order"
    SIGN_UP = "sign_up", "Sign-up"
    LEAD = "lead", "Lead"
    INSTALL = "install", "Install"
    OTHER = "other", "Other"


class ConversionSource(models.TextChoices):
    """How the brand came to know of it."""

    API = "api", "REST API"
    FILE = "file", "File"
    WEBHOOK = "webhook", "Webhook of a shop"
    MANUAL = "manual", "By hand"


class FeedSignature(models.TextChoices):
    """How a shop proves that a message is its own."""

    STAMPED = "stamped", "Time and HMAC-SHA256 of time and message, hexadecimal"
    BODY = "body", "HMAC-SHA256 of the message, base64, as Shopify signs"


class FileShape(models.TextChoices):
    """What a line of a file of conversions is."""

    LINES = "lines", "One conversion a line"
    DAYS = "days", "One code and day a line, with how many there were"
