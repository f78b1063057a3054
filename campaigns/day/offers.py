"""Offers to answer and those that soon expire; gifts to send, and those nobody posted about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, Expression, F, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.timesince import timesince

from campaigns.choices import GiftState, OfferState
from campaigns.models import Gift, Offer
from crm.day import DAY_AT, Asker, PutAside, Row, Section, Source
from crm.models import User
from crm.permissions import Can

# So long before its last day an offer is chased.
SOON = timedelta(days=3)
# So long a delivered gift may go without a post before anybody asks.
PATIENCE = timedelta(days=14)


class OffersToAnswer(Source):
    """Counter-offers: the creator waits for a yes, a no, or a new version."""

    key = "offer"
    section = Section.ANSWER
    name = "Offer"
    icon = "heart-handshake"
    can = Can.MAKE_OFFERS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those one leads, and those that nobody does."""
        rows = Offer.objects.filter(brand=asker.brand, state=OfferState.COUNTERED).for_list_page()
        return _own(rows, asker, F("state_since"))

    def show(self, asker: Asker, rows: Sequence[Offer]) -> list[Row]:
        """What they offer is a click away: it takes a look to decide."""
        return [
            _offer_row(asker, row, f"a counter-offer waits {timesince(row.state_since, asker.at)}")
            for row in rows
        ]


class OffersExpiring(PutAside):
    """Offers without an answer whose last day is near."""

    key = "offer-expiring"
    section = Section.CHASE
    name = "Offer expires"
    icon = "heart-handshake"
    can = Can.MAKE_OFFERS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """By their last day."""
        rows = Offer.objects.filter(
            brand=asker.brand,
            state=OfferState.SENT,
            current__valid_until__range=(asker.today, asker.today + SOON),
        ).for_list_page()
        until = Cast("current__valid_until", DateTimeField())
        return _own(rows, asker, until)

    def show(self, asker: Asker, rows: Sequence[Offer]) -> list[Row]:
        """How long it still holds."""
        found = []
        for row in rows:
            until = row.current.valid_until if row.current else None
            days = (until - asker.today).days if until else 0
            words = ("today", "tomorrow")[days] if days < 2 else f"in {days} days"
            found.append(
                _offer_row(asker, row, f"no answer yet, expires {words}", done="Put aside")
            )
        return found


class GiftsToSend(Source):
    """Gifts that the creator wants and that have not been sent."""

    key = "gift"
    section = Section.UNBLOCK
    name = "Gift to send"
    icon = "gift"
    can = Can.MAKE_OFFERS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those one sees to, and those that nobody does."""
        rows = Gift.objects.filter(brand=asker.brand, state=GiftState.WANTED).for_list_page()
        return _own(rows, asker, F("state_since"))

    def show(self, asker: Asker, rows: Sequence[Gift]) -> list[Row]:
        """Since when they wait for it."""
        return [
            _gift_row(asker, row, f"wanted, not sent for {timesince(row.state_since, asker.at)}")
            for row in rows
        ]


class GiftsWithoutPost(PutAside):
    """Gifts that arrived a while ago, and nobody wrote down a post."""

    key = "gift-quiet"
    section = Section.CHASE
    name = "Gift without a post"
    icon = "gift"
    can = Can.MAKE_OFFERS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """By when they arrived."""
        rows = Gift.objects.filter(
            brand=asker.brand,
            state=GiftState.DELIVERED,
            delivered_on__lte=asker.today - PATIENCE,
        ).for_list_page()
        arrived = Cast("delivered_on", DateTimeField())
        return _own(rows, asker, arrived)

    def show(self, asker: Asker, rows: Sequence[Gift]) -> list[Row]:
        """How long ago it arrived."""
        found = []
        for row in rows:
            arrived = row.delivered_on or asker.today
            days = (asker.today - arrived).days
            why = f"arrived {days} days ago, no post yet"
            found.append(_gift_row(asker, row, why, done="Put aside"))
        return found


def _own(rows: QuerySet[Any], asker: Asker, since: Expression | F) -> QuerySet[Any]:
    mine = rows if asker.is_team else rows.filter(Q(owner=asker.user) | Q(owner=None))
    dated: QuerySet[Any] = mine.annotate(**{DAY_AT: since})
    return dated


def _offer_row(asker: Asker, row: Offer, why: str, *, done: str = "") -> Row:
    return _row(asker, row, "offer", row.title, why, done=done)


def _gift_row(asker: Asker, row: Gift, why: str, *, done: str = "") -> Row:
    return _row(asker, row, "gift", str(row), why, done=done)


def _row(asker: Asker, row: Offer | Gift, page: str, title: str, why: str, *, done: str) -> Row:
    owner: User | None = row.owner
    return Row(
        pk=row.pk,
        title=title,
        url=reverse(f"campaigns:{page}", args=[asker.brand.slug, row.pk]),
        why=why,
        since=getattr(row, DAY_AT),
        about=row.relationship.creator.name,
        who=owner.display_name if owner else "nobody",
        done=done,
    )


SOURCES: tuple[Source, ...] = (
    OffersToAnswer(),
    OffersExpiring(),
    GiftsToSend(),
    GiftsWithoutPost(),
)
