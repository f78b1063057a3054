"""What campaigns cost and how it is paid: closed lists."""

from __future__ import annotations

from django.db import models


class CostKind(models.TextChoices):
    """What money is spent on."""

    FEE = "fee", "Fee"
    PERFORMANCE = "performance", "Pay by result"
    COMMISSION = "commission", "Commission"
    KILL_FEE = "kill_fee", "Kill fee"
    PRODUCT = "product", "Product"
    SHIPPING = "shipping", "Shipping"
    TRAVEL = "travel", "Travel"
    AGENCY = "agency", "Agency fee"
    BOOST = "boost", "Paid boost"
    PRODUCTION = "production", "Production"
    OTHER = "other", "Something else"


class PayState(models.TextChoices):
    """How far an amount that is to be paid is."""

    COMMITTED = "committed", "Committed"
    READY = "ready", "Ready to pay"
    ON_HOLD = "on_hold", "On hold"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Cancelled"


class PayAct(models.TextChoices):
    """What happens to an amount; the value is what its history calls it."""

    PLAN = "plan", "Agreed"
    REACH = "reach", "Milestone reached"
    MARK_READY = "mark_ready", "Mark as ready"
    RELEASE = "release", "Release"
    HOLD = "hold", "Put on hold"
    LIFT = "lift", "Take off hold"
    PAY = "pay", "Mark as paid"
    REVERSE = "reverse", "Take the payment back"
    CANCEL = "cancel", "Cancel"
    INVOICE = "invoice", "Invoice attached"


class PayTrigger(models.TextChoices):
    """What makes an amount ready to pay; the first ones are those of a contract's fee."""

    SIGNING = "signing", "when the contract is accepted"
    APPROVAL = "approval", "when the content is approved"
    PUBLICATION = "publication", "when the content is published"
    DATE = "date", "on a day"
    RESULT = "result", "when the result is counted"
    HAND = "hand", "when somebody marks it as ready"


class PayMetric(models.TextChoices):
    """What pay by result counts, of the posts that were published."""

    VIEWS = "views", "view"
    REACH = "reach", "person reached"
    IMPRESSIONS = "impressions", "impression"
    ENGAGEMENTS = "engagements", "engagement"
    LIKES = "likes", "like"
    COMMENTS = "comments", "comment"
    SAVES = "saves", "save"
    SHARES = "shares", "share"


class ValueKind(models.TextChoices):
    """What a set of declared values is for."""

    MEDIA = "media", "Media values (EMV)"
    WEIGHTS = "weights", "Weights of engagements"


class MarketingChannel(models.TextChoices):
    """Where else a brand spends money, to compare creators with."""

    PAID_SOCIAL = "paid_social", "Paid social"
    SEARCH = "search", "Search advertising"
    DISPLAY = "display", "Display and video"
    TELEVISION = "television", "Television and radio"
    EMAIL = "email", "Mail to customers"
    AFFILIATE = "affiliate", "Affiliates"
    PRINT = "print", "Print and outdoor"
    OTHER = "other", "Other channel"
