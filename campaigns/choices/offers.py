"""What is offered, and what a creator gets: closed lists."""

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
