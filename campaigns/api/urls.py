"""The addresses of campaigns in the REST API."""

from __future__ import annotations

from django.urls import URLPattern, re_path
from rest_framework.viewsets import ViewSetMixin

from campaigns.api.assets import AssetUseViewSet, AssetViewSet
from campaigns.api.authenticity import FlagsViewSet
from campaigns.api.brief_acts import BriefAcceptingViewSet, BriefActViewSet, BriefReaderViewSet
from campaigns.api.briefs import BriefVersionViewSet
from campaigns.api.budgets import CampaignBudgetViewSet
from campaigns.api.calendar import CampaignSlotViewSet, SlotViewSet
from campaigns.api.campaign_shelf import CampaignShelfViewSet
from campaigns.api.campaigns import KEY as CAMPAIGN_KEY
from campaigns.api.campaigns import CampaignMoveViewSet, CampaignViewSet
from campaigns.api.capacity import CapacityTakingViewSet, CapacityViewSet
from campaigns.api.causes import CauseTagViewSet
from campaigns.api.channels import ChannelResultViewSet
from campaigns.api.claims import ClaimCheckViewSet, ClaimViewSet
from campaigns.api.commissions import CommissionViewSet, StatementLineViewSet
from campaigns.api.competitors import CompetitorViewSet
from campaigns.api.connections import ConnectionViewSet
from campaigns.api.contract_acts import ContractActViewSet
from campaigns.api.contract_clauses import ContractClauseViewSet
from campaigns.api.contracts import ContractViewSet
from campaigns.api.conversion_feeds import ConversionFeedViewSet
from campaigns.api.conversions import ConversionViewSet
from campaigns.api.deadlines import CampaignDeadlineViewSet, DeadlineViewSet
from campaigns.api.deliverable_acts import DeliverableActViewSet
from campaigns.api.deliverables import DeliverableViewSet
from campaigns.api.disclosure_checks import DisclosureCheckViewSet
from campaigns.api.disclosure_rates import DisclosureComplianceViewSet
from campaigns.api.disclosures import DisclosureViewSet
from campaigns.api.donations import DonationViewSet, ImpactViewSet
from campaigns.api.engagements import EngagementActViewSet, EngagementViewSet
from campaigns.api.event_coverage import EventCoverageViewSet
from campaigns.api.events import EventViewSet, InvitationViewSet
from campaigns.api.evidence_archives import EvidenceArchiveViewSet
from campaigns.api.evidence_files import CaptureViewSet, EvidenceFilesViewSet
from campaigns.api.exclusivities import ExclusivityViewSet, OwnExclusivityViewSet
from campaigns.api.fast_lane import FastLaneViewSet
from campaigns.api.gifts import GiftViewSet
from campaigns.api.guidelines import GuidelineViewSet
from campaigns.api.hints import DisclosureHintViewSet
from campaigns.api.holds import HoldViewSet
from campaigns.api.incident_work import IncidentFileViewSet, IncidentWorkViewSet
from campaigns.api.invoices import InvoiceViewSet
from campaigns.api.kept_papers import (
    DonationReceiptViewSet,
    InvoiceFileViewSet,
    PermitPaperViewSet,
    SignedContractViewSet,
)
from campaigns.api.keyword_assigning import KeywordAssigningViewSet
from campaigns.api.keyword_uses import CampaignKeywordViewSet, KeywordUseViewSet
from campaigns.api.keywords import KeywordListViewSet, KeywordViewSet, PostReferenceViewSet
from campaigns.api.library import (
    AssetFileViewSet,
    KeepingViewSet,
    LibraryViewSet,
    UseEndViewSet,
)
from campaigns.api.lifts import CampaignLiftViewSet
from campaigns.api.offers import OfferViewSet
from campaigns.api.payments import PaymentViewSet
from campaigns.api.policies import (
    PolicyAcceptanceViewSet,
    PolicyReaderViewSet,
    PolicyVersionViewSet,
    PolicyViewSet,
)
from campaigns.api.post_formats import PostFormatViewSet
from campaigns.api.post_matches import PostMatchViewSet
from campaigns.api.publishing import MissingViewSet, PublicationActViewSet, PublicationViewSet
from campaigns.api.rates import ExchangeRateViewSet
from campaigns.api.registers import PermitViewSet, RuleAlertViewSet
from campaigns.api.reliability import ReliabilityViewSet
from campaigns.api.remarks import RemarkViewSet
from campaigns.api.remediation_acts import RemediationActViewSet
from campaigns.api.reports import ReportViewSet
from campaigns.api.returns import ReturnsViewSet
from campaigns.api.review_plans import ReviewPlanViewSet
from campaigns.api.right_grants import (
    OfferedRightsViewSet,
    RightDocumentViewSet,
    RightEventViewSet,
    RightGrantViewSet,
)
from campaigns.api.rights import RightQueryViewSet, RightViewSet
from campaigns.api.risk import RiskViewSet
from campaigns.api.rule_facts import RuleFactViewSet
from campaigns.api.rule_pack_additions import PackAdditionViewSet, RuleChangeViewSet
from campaigns.api.rule_packs import RulePackViewSet
from campaigns.api.runbooks import RunbookViewSet
from campaigns.api.series import DayNoteViewSet, SeriesValueViewSet, SeriesViewSet
from campaigns.api.submission_pages import (
    SubmissionChainViewSet,
    SubmissionPageViewSet,
    TaggedPostViewSet,
)
from campaigns.api.submissions import SubmissionViewSet
from campaigns.api.survey import SurveyAnswerViewSet, SurveyShareViewSet
from campaigns.api.survey_rules import SurveyRuleViewSet
from campaigns.api.topics import RisingTopicViewSet
from campaigns.api.tracking import ClickDayViewSet, PromoCodeViewSet, TrackingLinkViewSet
from campaigns.api.trust import AuthenticityViewSet, TrustViewSet, TrustWeightsViewSet
from campaigns.api.unknown_codes import UnknownCodeViewSet
from campaigns.api.virtual import (
    ConsentViewSet,
    CreatorLikenessViewSet,
    LikenessViewSet,
    VirtualViewSet,
)
from campaigns.api.visits import VisitViewSet
from campaigns.api.watching import PlatformWeekViewSet, PostAlertViewSet, PostingTimesViewSet
from campaigns.api.whereabouts import SoonViewSet, WhereaboutsViewSet
from crm.api.base import ID
from crm.api.routes import CREATOR, ONE, acts, at, collections, question

CAMPAIGN = f"(?P<key>{CAMPAIGN_KEY})"
VERSION = "(?P<number>[0-9]{1,4})"
PACK = "(?P<key>[A-Za-z]{2,20})"
SERIES = "(?P<key>[-a-zA-Z0-9_]{1,60})"
NUMBER = f"(?P<number>{ID})"
# Something that a campaign has one of.
PAGE = {"get": "retrieve", "patch": "partial_update"}

COLLECTIONS: dict[str, type[ViewSetMixin]] = {
    "asset-uses": AssetUseViewSet,
    "assets": LibraryViewSet,
    "authenticity": AuthenticityViewSet,
    "briefs": BriefActViewSet,
    "campaigns": CampaignViewSet,
    "causes": CauseTagViewSet,
    "channel-results": ChannelResultViewSet,
    "claims": ClaimViewSet,
    "commissions": CommissionViewSet,
    "competitors": CompetitorViewSet,
    "contract-clauses": ContractClauseViewSet,
    "contracts": ContractViewSet,
    "conversion-feeds": ConversionFeedViewSet,
    "conversions": ConversionViewSet,
    "day-notes": DayNoteViewSet,
    "deadlines": DeadlineViewSet,
    "deliverables": DeliverableViewSet,
    "disclosure-compliance": DisclosureComplianceViewSet,
    "disclosure-hints": DisclosureHintViewSet,
    "disclosures": DisclosureViewSet,
    "donations": DonationViewSet,
    "engagements": EngagementViewSet,
    "events": EventViewSet,
    "evidence-archives": EvidenceArchiveViewSet,
    "exchange-rates": ExchangeRateViewSet,
    "exclusivities": ExclusivityViewSet,
    "flags": FlagsViewSet,
    "gifts": GiftViewSet,
    "guidelines": GuidelineViewSet,
    "holds": HoldViewSet,
    "incidents": IncidentWorkViewSet,
    "invitations": InvitationViewSet,
    "invoices": InvoiceViewSet,
    "keyword-lists": KeywordListViewSet,
    "likenesses": LikenessViewSet,
    "offers": OfferViewSet,
    "payments": PaymentViewSet,
    "permits": PermitViewSet,
    "platform-weeks": PlatformWeekViewSet,
    "policies": PolicyViewSet,
    "post-alerts": PostAlertViewSet,
    "post-formats": PostFormatViewSet,
    "post-references": PostReferenceViewSet,
    "posting-times": PostingTimesViewSet,
    "promo-codes": PromoCodeViewSet,
    "publications": PublicationViewSet,
    "reliability": ReliabilityViewSet,
    "remarks": RemarkViewSet,
    "remediations": RemediationActViewSet,
    "rights": RightGrantViewSet,
    "rising-topics": RisingTopicViewSet,
    "risk": RiskViewSet,
    "rule-alerts": RuleAlertViewSet,
    "rule-changes": RuleChangeViewSet,
    "runbooks": RunbookViewSet,
    "series": SeriesViewSet,
    "slots": SlotViewSet,
    "submissions": SubmissionViewSet,
    "survey-answers": SurveyAnswerViewSet,
    "survey-rules": SurveyRuleViewSet,
    "survey-shares": SurveyShareViewSet,
    "tracking-links": TrackingLinkViewSet,
    "trust": TrustViewSet,
    "trust-weights": TrustWeightsViewSet,
    "unknown-codes": UnknownCodeViewSet,
    "visits": VisitViewSet,
    "whereabouts": WhereaboutsViewSet,
}

urlpatterns: list[URLPattern] = [
    *collections(COLLECTIONS),
    question(f"assets/{ONE}", AssetViewSet, "may-use", "may_use"),
    *acts(f"asset-uses/{ONE}", UseEndViewSet, "end"),
    *acts(f"assets/{ONE}", AssetViewSet, "use"),
    *acts(f"assets/{ONE}", LibraryViewSet, "archive", "restore"),
    *acts("assets", LibraryViewSet, tag="tag_many"),
    *acts("assets", AssetFileViewSet, "upload"),
    at(f"assets/{ONE}/file", LibraryViewSet, get="file"),
    at(f"briefs/{ONE}/versions", BriefVersionViewSet, get="list"),
    at(f"briefs/{ONE}/versions/{VERSION}", BriefVersionViewSet, get="retrieve"),
    at(f"briefs/{ONE}/versions/{VERSION}/pdf", BriefVersionViewSet, get="pdf"),
    at(f"briefs/{ONE}/acceptances", BriefAcceptingViewSet, get="list", post="create"),
    at(f"briefs/{ONE}/choices", BriefActViewSet, get="choices"),
    *acts(f"briefs/{ONE}", BriefActViewSet, "submit", "take-back", "discard", "approve", "clear"),
    *acts(f"campaign-holds/{ONE}", HoldViewSet, lift="lift_campaign"),
    at(f"campaigns/{CAMPAIGN}/brief-readers", BriefReaderViewSet, get="list"),
    at(
        f"campaigns/{CAMPAIGN}/budget",
        CampaignBudgetViewSet,
        get="retrieve",
        patch="partial_update",
    ),
    at(f"campaigns/{CAMPAIGN}/capacity", CapacityViewSet, get="retrieve"),
    *acts(f"campaigns/{CAMPAIGN}/capacity", CapacityViewSet, "count"),
    *acts(f"campaigns/{CAMPAIGN}/capacity", CapacityTakingViewSet, "take"),
    at(f"campaigns/{CAMPAIGN}/deadlines", CampaignDeadlineViewSet, get="list", post="create"),
    at(f"campaigns/{CAMPAIGN}/posts", PostMatchViewSet, get="list"),
    *acts(f"campaigns/{CAMPAIGN}/posts", PostMatchViewSet, "match", "aside", "again"),
    at(f"campaigns/{CAMPAIGN}/slots", CampaignSlotViewSet, get="list", post="create"),
    at(f"campaigns/{CAMPAIGN}/keywords", CampaignKeywordViewSet, get="list"),
    at(f"campaigns/{CAMPAIGN}/lifts", CampaignLiftViewSet, get="list", post="create"),
    at(f"campaigns/{CAMPAIGN}/review-plan", ReviewPlanViewSet, **PAGE),
    at(f"campaigns/{CAMPAIGN}/submission-page", SubmissionPageViewSet, **PAGE),
    at(f"campaigns/{CAMPAIGN}/submission-posts", TaggedPostViewSet, get="list", post="create"),
    at(f"campaigns/{CAMPAIGN}/submission-chain", SubmissionChainViewSet, get="list"),
    *acts(f"campaigns/{CAMPAIGN}", CampaignViewSet, "clone"),
    *acts(f"campaigns/{CAMPAIGN}", CampaignMoveViewSet, "activate", "complete", "cancel", "reopen"),
    *acts(f"campaigns/{CAMPAIGN}", SoonViewSet, fast_lane="lane"),
    at(f"campaigns/{CAMPAIGN}/report", ReportViewSet, get="retrieve"),
    at(f"campaigns/{CAMPAIGN}/report/copies", ReportViewSet, get="list", post="create"),
    at(rf"campaigns/{CAMPAIGN}/report/copies/{NUMBER}", ReportViewSet, get="copy"),
    at(f"campaigns/{CAMPAIGN}/returns", ReturnsViewSet, get="retrieve"),
    *acts(f"campaigns/{CAMPAIGN}", CampaignShelfViewSet, "archive", "restore"),
    question("causes", ImpactViewSet, "impact", "impact"),
    *acts(f"causes/{ONE}", CauseTagViewSet, "show", "remove"),
    *acts("claims", ClaimCheckViewSet, "check"),
    *acts("claims", ClaimViewSet, "green"),
    *acts(f"commissions/{ONE}", CommissionViewSet, "end"),
    *acts("commissions", CommissionViewSet, "state"),
    at(rf"commissions/{ONE}/statements/{NUMBER}/lines", StatementLineViewSet, get="list"),
    at("concentration", ReturnsViewSet, get="concentration"),
    *acts(f"connections/{ONE}", ConnectionViewSet, "replace", "withdraw"),
    *acts(f"contracts/{ONE}", ContractViewSet, "send", "accept"),
    re_path(rf"^contracts/{ONE}/contract\.pdf$", ContractViewSet.as_view({"get": "pdf"})),
    *acts(
        f"contracts/{ONE}",
        ContractActViewSet,
        "submit",
        "reopen",
        "clear",
        "give-back",
        "decline",
        "withdraw",
        "terminate",
        "owner",
        "revise",
        "amend",
    ),
    *acts("conversion-feeds", ConversionFeedViewSet, "trial"),
    *acts("conversions", ConversionViewSet, "batch", "refund"),
    at(f"creators/{CREATOR}/connections", ConnectionViewSet, get="list", post="create"),
    *acts(f"creators/{CREATOR}/connections", ConnectionViewSet, "none"),
    at(f"creators/{CREATOR}/exclusivities", OwnExclusivityViewSet, get="list"),
    at(f"creators/{CREATOR}/likenesses", CreatorLikenessViewSet, get="list", post="create"),
    at(f"creators/{CREATOR}/virtual", VirtualViewSet, get="retrieve", patch="partial_update"),
    at(f"creators/{CREATOR}/rule-facts", RuleFactViewSet, get="list", post="create"),
    at(f"creators/{CREATOR}/received", ConnectionViewSet, get="received"),
    *acts(f"deadlines/{ONE}", DeadlineViewSet, "reopen", done="finish"),
    *acts(f"deliverables/{ONE}", DeliverableViewSet, "submit", "decide", "comment"),
    *acts(
        f"deliverables/{ONE}",
        DeliverableActViewSet,
        "cancel",
        "restore",
        "reopen",
        "withdraw",
        "shorten",
        "confirm",
    ),
    *acts(f"deliverables/{ONE}", KeepingViewSet, "keep"),
    *acts(f"disclosure-hints/{ONE}", DisclosureHintViewSet, "accept", "dismiss", "take-back"),
    *acts("disclosures", DisclosureCheckViewSet, "check"),
    at(f"disclosures/{ONE}/evidence", DisclosureViewSet, post="evidence"),
    at(f"disclosures/{ONE}/files", EvidenceFilesViewSet, post="create"),
    *acts(f"disclosures/{ONE}", DisclosureViewSet, "answer", "decide", "reopen"),
    *acts(f"donations/{ONE}", DonationViewSet, "withdraw"),
    at(f"donations/{ONE}/receipt", DonationReceiptViewSet, get="paper"),
    *acts(f"engagements/{ONE}", OfferedRightsViewSet, "read-offer"),
    *acts(f"engagements/{ONE}", EngagementActViewSet, "change", "substitute"),
    at(f"engagements/{ONE}/fast-lane", FastLaneViewSet, get="retrieve", delete="destroy"),
    at(f"events/{ONE}/coverage", EventCoverageViewSet, get="list", post="create"),
    at(f"evidence-archives/{ONE}/file", EvidenceArchiveViewSet, get="file"),
    *acts(f"events/{ONE}", EventViewSet, "cancel", "invite"),
    *acts(f"flags/{CREATOR}", FlagsViewSet, "look", "explain", "count-again"),
    *acts(f"gifts/{ONE}", GiftViewSet, "advance"),
    *acts(f"holds/{ONE}", HoldViewSet, "lift"),
    question("incidents", IncidentWorkViewSet, "rates", "rates"),
    *acts(f"incidents/{ONE}", IncidentWorkViewSet, "act", "note", "campaigns", "step"),
    at(f"incidents/{ONE}/files", IncidentFileViewSet, post="attach"),
    at(f"incidents/{ONE}/files/{NUMBER}", IncidentFileViewSet, get="file"),
    *acts(f"invitations/{ONE}", InvitationViewSet, "answer"),
    *acts(f"invoices/{ONE}", InvoiceViewSet, "attach", "set-aside"),
    at(f"invoices/{ONE}/file", InvoiceFileViewSet, get="paper"),
    at(f"permits/{ONE}/paper", PermitPaperViewSet, get="paper"),
    at(f"contracts/{ONE}/paper", SignedContractViewSet, get="paper"),
    at(f"keyword-lists/{ONE}/words", KeywordViewSet, get="list", post="create"),
    *acts(f"keyword-lists/{ONE}", KeywordAssigningViewSet, "assign", "unassign"),
    at(f"likenesses/{ONE}/paper", ConsentViewSet, get="paper", post="put_paper"),
    at(f"keywords/{ONE}/posts", KeywordUseViewSet, get="list"),
    at(f"lifts/{ONE}", CampaignLiftViewSet, get="retrieve", delete="destroy"),
    *acts(f"platform-weeks/{ONE}", PlatformWeekViewSet, "note", "dismiss"),
    *acts(f"post-alerts/{ONE}", PostAlertViewSet, "dismiss"),
    *acts(
        f"offers/{ONE}",
        OfferViewSet,
        "send",
        "counter",
        "revise",
        "accept",
        "decline",
        "withdraw",
        "discard",
        "owner",
    ),
    *acts(f"payments/{ONE}", PaymentViewSet, "act"),
    *acts("payments", PaymentViewSet, "export"),
    *acts(f"policies/{ONE}", PolicyViewSet, "read", "publish"),
    at(f"policies/{ONE}/versions", PolicyVersionViewSet, get="list"),
    at(f"policies/{ONE}/readers", PolicyReaderViewSet, get="list"),
    at(f"policies/{ONE}/acceptances", PolicyAcceptanceViewSet, get="list"),
    at("posting-soon", SoonViewSet, get="retrieve"),
    *acts(f"promo-codes/{ONE}", PromoCodeViewSet, "archive", "restore", "replace"),
    at(f"publications/{ONE}/captures", CaptureViewSet, post="create"),
    at("publications/missing", MissingViewSet, get="list"),
    *acts(
        f"publications/{ONE}",
        PublicationActViewSet,
        "plan",
        "publish",
        "readdress",
        "gone",
        "unpublish",
    ),
    *acts(f"reliability/{CREATOR}", ReliabilityViewSet, "compute"),
    *acts(f"remarks/{ONE}", RemarkViewSet, "settle", "show"),
    *acts(f"remediations/{ONE}", RemediationActViewSet, "again", "done", "withdraw"),
    question("rights", RightQueryViewSet, "query", "list"),
    *acts(f"rights/{ONE}", RightViewSet, "revoke"),
    *acts(f"rights/{ONE}", RightGrantViewSet, "renew", "start"),
    *acts("rights", RightDocumentViewSet, "upload"),
    at(f"rights/{ONE}/document", RightGrantViewSet, get="document"),
    at(f"rights/{ONE}/events", RightEventViewSet, get="list"),
    *acts(f"rising-topics/{ONE}", RisingTopicViewSet, "follow", "dismiss"),
    *acts(f"risk/{CREATOR}", RiskViewSet, "assess", "override", "end-override"),
    *acts(f"rule-alerts/{ONE}", RuleAlertViewSet, "aside"),
    at("rule-packs", RulePackViewSet, get="list"),
    at(f"rule-packs/{PACK}", RulePackViewSet, get="retrieve"),
    *acts(f"rule-packs/{PACK}", RulePackViewSet, "sign-off"),
    at(f"rule-packs/{PACK}/additions", PackAdditionViewSet, get="list", post="create"),
    *acts(f"rule-pack-additions/{ONE}", PackAdditionViewSet, "end"),
    at(f"series/{SERIES}/values", SeriesValueViewSet, get="list", post="create"),
    *acts(
        f"submissions/{ONE}",
        SubmissionViewSet,
        "accept",
        "refuse",
        "ask",
        "answer",
        "withdraw",
        "undo",
    ),
    *acts(f"slots/{ONE}", SlotViewSet, "fill", "clear"),
    at(f"submissions/{ONE}/file", SubmissionViewSet, get="file"),
    *acts("tracking-links", TrackingLinkViewSet, "make"),
    *acts(f"tracking-links/{ONE}", TrackingLinkViewSet, "archive", "restore"),
    at(f"tracking-links/{ONE}/days", ClickDayViewSet, get="list"),
    *acts(f"trust/{CREATOR}", TrustViewSet, "compute"),
    *acts("unknown-codes", UnknownCodeViewSet, "adopt"),
    *acts(f"whereabouts/{ONE}", WhereaboutsViewSet, "erase"),
]
