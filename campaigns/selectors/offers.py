"""What the pages show of offers and gifts: one named bundle for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from campaigns.choices import OfferAct
from campaigns.models import Gift, Offer, OfferEvent, OfferVersion
from campaigns.services.fee_benchmarks import Benchmarks, accounts_of, benchmarks
from campaigns.services.offers.states import allowed
from campaigns.services.offers.wanted import Wanted
from campaigns.services.offers.words import SheetRow, differences, platform_names, sheet
from crm.choices import MailStatus
from crm.models import Brand, Message

# A creator's page shows so many of each.
ON_CREATOR = 10
# Versions side by side; earlier ones are a click away.
SIDE_BY_SIDE = 4


# A mail that is there, or will be by itself.
_UNDER_WAY = (MailStatus.QUEUED, MailStatus.SENDING, MailStatus.SENT)


@dataclass(frozen=True)
class OfferPage:
    """Everything that the page of one offer shows."""

    offer: Offer
    versions: list[OfferVersion]
    rows: list[SheetRow]
    # What the newest version changed, in words.
    changed: list[str]
    benchmarks: Benchmarks
    events: list[OfferEvent]
    gifts: list[Gift]
    acts: tuple[OfferAct, ...]
    earlier: int

    @property
    def stuck_mail(self) -> Message | None:
        """The mail that was to bring the newest version and has not left, or came back."""
        last = self.events[0] if self.events else None
        if last is None or last.act != OfferAct.SEND or last.message is None:
            return None
        return None if last.message.status in _UNDER_WAY else last.message

    @property
    def has_reasons(self) -> bool:
        """Whether anybody said why a version is as it is."""
        return any(version.reason for version in self.versions)

    @property
    def newest(self) -> OfferVersion:
        """The version that counts, or is being written."""
        return self.versions[-1]


def offer_page(offer: Offer, *, is_whole: bool = False) -> OfferPage:
    """An offer with its newest versions, or all of them. A constant number of queries."""
    every = list(offer.versions.select_related("author").prefetch_related("deliverables", "rights"))
    shown = every if is_whole else every[-SIDE_BY_SIDE:]
    terms = [Wanted.of(version) for version in shown]
    names = platform_names()
    accounts = accounts_of(offer.relationship.creator_id)
    return OfferPage(
        offer=offer,
        versions=shown,
        rows=sheet(terms, names),
        changed=differences(terms[-2], terms[-1], names) if len(terms) > 1 else [],
        benchmarks=benchmarks(terms[-1], accounts, names),
        events=list(
            offer.events.select_related("actor", "version", "message").order_by("-at", "-pk")
        ),
        gifts=list(offer.gifts.order_by("pk")),
        acts=allowed(offer.state),
        earlier=len(every) - len(shown),
    )


def gift_counts(brand: Brand) -> Mapping[str, int]:
    """How many gifts stand in each state: one query."""
    rows = Gift.objects.filter(brand=brand).order_by().values("state")
    return dict(rows.annotate(number=Count("pk")).values_list("state", "number"))
