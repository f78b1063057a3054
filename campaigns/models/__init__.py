"""The tables of this app; one module per idea."""

from campaigns.models.asset_uses import AssetUse
from campaigns.models.assets import Asset
from campaigns.models.attribution import AttributionSettings
from campaigns.models.authenticity import AuthenticityReading, FlagDismissal
from campaigns.models.briefs import Brief, BriefAcceptance, BriefDecision, BriefVersion
from campaigns.models.calendar import Slot, SlotFill
from campaigns.models.campaigns import BudgetLine, Campaign, Competitor, Deadline
from campaigns.models.causes import CauseEvidence, CauseTag, Donation
from campaigns.models.claims import Claim
from campaigns.models.codes import PromoCode, Spike
from campaigns.models.commenters import CommenterReading, CommentTie
from campaigns.models.comments import Comment, Opinion
from campaigns.models.commissions import Commission, CommissionLine, CommissionStatement
from campaigns.models.connections import ConnectionEntry
from campaigns.models.contract_clauses import Clause, ContractRules
from campaigns.models.contract_versions import ContractAcceptance, ContractVersion
from campaigns.models.contracts import Contract, ContractEvent
from campaigns.models.conversions import Conversion, ConversionBatch, ConversionFeed, Refund
from campaigns.models.deliverables import Deliverable, DeliverableEvent
from campaigns.models.disclosure_hints import DisclosureHint
from campaigns.models.disclosure_reviews import (
    DisclosureAnswer,
    DisclosureDecision,
    DisclosureFinding,
    DisclosureReview,
)
from campaigns.models.drafts import Draft, DraftFile
from campaigns.models.engagements import Engagement, EngagementStay
from campaigns.models.events import Event, EventInvitation, EventPost, InvitationEvent
from campaigns.models.evidence import Evidence, EvidenceFile
from campaigns.models.exclusivities import ExclusiveElsewhere
from campaigns.models.formats import FormatReading, PostFormat
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
from campaigns.models.holds import CampaignHold
from campaigns.models.incidents import AffectedCampaign
from campaigns.models.keywords import (
    Keyword,
    KeywordAssignment,
    KeywordList,
    KeywordUse,
    PostReference,
    SearchSettings,
)
from campaigns.models.media_values import ChannelResult, ValueSet
from campaigns.models.offer_versions import OfferDeliverable, OfferRight, OfferVersion
from campaigns.models.offers import Offer, OfferEvent
from campaigns.models.pack_signoffs import PackAddition, PackSignOff
from campaigns.models.payments import Invoice, Payable, PayableEvent, Payment, PayRules
from campaigns.models.permits import Permit
from campaigns.models.policies import (
    Guideline,
    Policy,
    PolicyAcceptance,
    PolicyReading,
    PolicyVersion,
)
from campaigns.models.public_policies import PublicPolicy, PublicPolicyVersion
from campaigns.models.publishing import FirstReading, PostSetAside, Publication, Sighting
from campaigns.models.rates import ExchangeRate
from campaigns.models.reliability import ReliabilityReading
from campaigns.models.remediations import Remediation, RemediationEvent
from campaigns.models.reports import ReportCopy
from campaigns.models.rights import RightEvent, UsageRight
from campaigns.models.risk import RiskAssessment, RiskOverride
from campaigns.models.rule_alerts import RuleAlert
from campaigns.models.rule_facts import RuleFact
from campaigns.models.series import DailySeries, DailyValue, DayNote, SeriesBatch, SeriesLift
from campaigns.models.submissions import Submission, SubmissionPage, SubmissionPermission
from campaigns.models.survey import SurveyAnswer, SurveyBatch, SurveyRule
from campaigns.models.topics import RisingTopic, TopicPost, TopicWeek
from campaigns.models.tracking import (
    Click,
    ClickDay,
    TrackingLink,
    TrackingSettings,
)
from campaigns.models.trust import AuthenticityScore, TrustReading, TrustWeights
from campaigns.models.virtual import Likeness, VirtualCreator
from campaigns.models.visits import VisitBatch, VisitDay
from campaigns.models.watching import PlatformWeek, WatchSettings
from campaigns.models.whereabouts import FastLane, Whereabouts, WhereaboutsRule

__all__ = (
    "AffectedCampaign",
    "Asset",
    "AssetUse",
    "AttributionSettings",
    "AuthenticityReading",
    "AuthenticityScore",
    "Brief",
    "BriefAcceptance",
    "BriefDecision",
    "BriefVersion",
    "BudgetLine",
    "Campaign",
    "CampaignHold",
    "CauseEvidence",
    "CauseTag",
    "ChannelResult",
    "ChecklistEntry",
    "Claim",
    "Clause",
    "Click",
    "ClickDay",
    "Comment",
    "CommentTie",
    "CommenterReading",
    "Commission",
    "CommissionLine",
    "CommissionStatement",
    "Competitor",
    "ConnectionEntry",
    "Contract",
    "ContractAcceptance",
    "ContractEvent",
    "ContractRules",
    "ContractVersion",
    "Conversion",
    "ConversionBatch",
    "ConversionFeed",
    "Correction",
    "DailySeries",
    "DailyValue",
    "DayNote",
    "Deadline",
    "Delegation",
    "Deliverable",
    "DeliverableEvent",
    "DisclosureAnswer",
    "DisclosureDecision",
    "DisclosureFinding",
    "DisclosureHint",
    "DisclosureReview",
    "Donation",
    "Draft",
    "DraftFile",
    "Engagement",
    "EngagementStay",
    "Event",
    "EventInvitation",
    "EventPost",
    "Evidence",
    "EvidenceFile",
    "ExchangeRate",
    "ExclusiveElsewhere",
    "FastLane",
    "FirstReading",
    "FlagDismissal",
    "FormatReading",
    "GateTurn",
    "Gift",
    "GiftEvent",
    "GuestLink",
    "Guideline",
    "InvitationEvent",
    "Invoice",
    "Keyword",
    "KeywordAssignment",
    "KeywordList",
    "KeywordUse",
    "Likeness",
    "Offer",
    "OfferDeliverable",
    "OfferEvent",
    "OfferRight",
    "OfferVersion",
    "Opinion",
    "PackAddition",
    "PackSignOff",
    "PayRules",
    "Payable",
    "PayableEvent",
    "Payment",
    "Permit",
    "PlatformWeek",
    "Policy",
    "PolicyAcceptance",
    "PolicyReading",
    "PolicyVersion",
    "PostFormat",
    "PostReference",
    "PostSetAside",
    "PromoCode",
    "PublicPolicy",
    "PublicPolicyVersion",
    "Publication",
    "Refund",
    "ReliabilityReading",
    "Remediation",
    "RemediationEvent",
    "ReportCopy",
    "ReviewPlan",
    "RightEvent",
    "RisingTopic",
    "RiskAssessment",
    "RiskOverride",
    "RuleAlert",
    "RuleFact",
    "SearchSettings",
    "SeriesBatch",
    "SeriesLift",
    "Sighting",
    "Slot",
    "SlotFill",
    "Spike",
    "Submission",
    "SubmissionPage",
    "SubmissionPermission",
    "SurveyAnswer",
    "SurveyBatch",
    "SurveyRule",
    "TopicPost",
    "TopicWeek",
    "TrackingLink",
    "TrackingSettings",
    "TrustReading",
    "TrustWeights",
    "UsageRight",
    "ValueSet",
    "VirtualCreator",
    "VisitBatch",
    "VisitDay",
    "WatchSettings",
    "Whereabouts",
    "WhereaboutsRule",
    "WorkingWeek",
)
