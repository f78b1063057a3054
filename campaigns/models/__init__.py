"""The tables of this app; one module per idea."""

from campaigns.models.asset_uses import AssetUse
from campaigns.models.assets import Asset
from campaigns.models.briefs import Brief, BriefAcceptance, BriefDecision, BriefVersion
from campaigns.models.calendar import Slot, SlotFill
from campaigns.models.campaigns import BudgetLine, Campaign, Competitor, Deadline
from campaigns.models.claims import Claim
from campaigns.models.comments import Comment, Opinion
from campaigns.models.contract_clauses import Clause, ContractRules
from campaigns.models.contract_versions import ContractAcceptance, ContractVersion
from campaigns.models.contracts import Contract, ContractEvent
from campaigns.models.deliverables import Deliverable, DeliverableEvent
from campaigns.models.drafts import Draft, DraftFile
from campaigns.models.engagements import Engagement, EngagementStay
from campaigns.models.exclusivities import ExclusiveElsewhere
from campaigns.models.gates import (
    ChecklistEntry,
    Correction,
    Delegation,
    GateTurn,
    ReviewPlan,
    WorkingWeek,
)
from campaigns.models.gifts import Gift, GiftEvent
from campaigns.models.guests import GuestLink
from campaigns.models.offer_versions import OfferDeliverable, OfferRight, OfferVersion
from campaigns.models.offers import Offer, OfferEvent
from campaigns.models.policies import (
    Guideline,
    Policy,
    PolicyAcceptance,
    PolicyReading,
    PolicyVersion,
)
from campaigns.models.publishing import FirstReading, PostSetAside, Publication, Sighting
from campaigns.models.reports import ReportCopy
from campaigns.models.rights import RightEvent, UsageRight

__all__ = (
    "Asset",
    "AssetUse",
    "Brief",
    "BriefAcceptance",
    "BriefDecision",
    "BriefVersion",
    "BudgetLine",
    "Campaign",
    "ChecklistEntry",
    "Claim",
    "Clause",
    "Comment",
    "Competitor",
    "Contract",
    "ContractAcceptance",
    "ContractEvent",
    "ContractRules",
    "ContractVersion",
    "Correction",
    "Deadline",
    "Delegation",
    "Deliverable",
    "DeliverableEvent",
    "Draft",
    "DraftFile",
    "Engagement",
    "EngagementStay",
    "ExclusiveElsewhere",
    "FirstReading",
    "GateTurn",
    "Gift",
    "GiftEvent",
    "GuestLink",
    "Guideline",
    "Offer",
    "OfferDeliverable",
    "OfferEvent",
    "OfferRight",
    "OfferVersion",
    "Opinion",
    "Policy",
    "PolicyAcceptance",
    "PolicyReading",
    "PolicyVersion",
    "PostSetAside",
    "Publication",
    "ReportCopy",
    "ReviewPlan",
    "RightEvent",
    "Sighting",
    "Slot",
    "SlotFill",
    "UsageRight",
    "WorkingWeek",
)
