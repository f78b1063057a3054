"""The tables of this app; one module per idea."""

from campaigns.models.calendar import Slot, SlotFill
from campaigns.models.campaigns import BudgetLine, Campaign, Competitor, Deadline
from campaigns.models.deliverables import Deliverable
from campaigns.models.engagements import Engagement, EngagementStay
from campaigns.models.gifts import Gift, GiftEvent
from campaigns.models.guests import GuestLink
from campaigns.models.offer_versions import OfferDeliverable, OfferRight, OfferVersion
from campaigns.models.offers import Offer, OfferEvent
from campaigns.models.publishing import FirstReading, PostSetAside, Publication, Sighting
from campaigns.models.reports import ReportCopy

__all__ = (
    "BudgetLine",
    "Campaign",
    "Competitor",
    "Deadline",
    "Deliverable",
    "Engagement",
    "EngagementStay",
    "FirstReading",
    "Gift",
    "GiftEvent",
    "GuestLink",
    "Offer",
    "OfferDeliverable",
    "OfferEvent",
    "OfferRight",
    "OfferVersion",
    "PostSetAside",
    "Publication",
    "ReportCopy",
    "Sighting",
    "Slot",
    "SlotFill",
)
