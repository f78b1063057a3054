"""The tables of this app; one module per idea."""

from campaigns.models.gifts import Gift, GiftEvent
from campaigns.models.offer_versions import OfferDeliverable, OfferRight, OfferVersion
from campaigns.models.offers import Offer, OfferEvent

__all__ = (
    "Gift",
    "GiftEvent",
    "Offer",
    "OfferDeliverable",
    "OfferEvent",
    "OfferRight",
    "OfferVersion",
)
