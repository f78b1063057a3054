"""The REST API's addresses, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from campaigns.api.assets import AssetUseViewSet, AssetViewSet
from campaigns.api.authenticity import FlagsViewSet
from campaigns.api.briefs import BriefAcceptanceViewSet, BriefVersionViewSet, BriefViewSet
from campaigns.api.campaigns import KEY as CAMPAIGN
from campaigns.api.campaigns import CampaignMoveViewSet, CampaignViewSet
from campaigns.api.causes import CauseTagViewSet
from campaigns.api.channels import ChannelResultViewSet
from campaigns.api.claims import ClaimCheckViewSet, ClaimViewSet
from campaigns.api.commissions import CommissionViewSet, StatementLineViewSet
from campaigns.api.competitors import CompetitorViewSet
from campaigns.api.connections import ConnectionViewSet
from campaigns.api.contracts import ContractViewSet
from campaigns.api.conversions import ConversionViewSet
from campaigns.api.deliverable_acts import DeliverableActViewSet
from campaigns.api.deliverables import DeliverableViewSet
from campaigns.api.disclosure_checks import DisclosureCheckViewSet
from campaigns.api.disclosure_rates import DisclosureComplianceViewSet
from campaigns.api.disclosures import DisclosureViewSet
from campaigns.api.donations import DonationViewSet, ImpactViewSet
from campaigns.api.engagements import EngagementActViewSet, EngagementViewSet
from campaigns.api.events import EventViewSet, InvitationViewSet
from campaigns.api.evidence_files import CaptureViewSet, EvidenceFilesViewSet
from campaigns.api.gifts import GiftViewSet
from campaigns.api.holds import HoldViewSet
from campaigns.api.incidents import IncidentViewSet
from campaigns.api.invoices import InvoiceViewSet
from campaigns.api.keywords import (
    KeywordListViewSet,
    KeywordViewSet,
    PostReferenceViewSet,
)
from campaigns.api.offers import OfferViewSet
from campaigns.api.payments import PaymentViewSet
from campaigns.api.policies import PolicyViewSet
from campaigns.api.publishing import (
    MissingViewSet,
    PublicationActViewSet,
    PublicationViewSet,
)
from campaigns.api.rates import ExchangeRateViewSet
from campaigns.api.registers import PermitViewSet, RuleAlertViewSet
from campaigns.api.reliability import ReliabilityViewSet
from campaigns.api.remediation_acts import RemediationActViewSet
from campaigns.api.reports import ReportViewSet
from campaigns.api.returns import ReturnsViewSet
from campaigns.api.rights import RightQueryViewSet, RightViewSet
from campaigns.api.risk import RiskViewSet
from campaigns.api.rule_packs import RulePackViewSet
from campaigns.api.series import (
    CampaignLiftViewSet,
    DayNoteViewSet,
    SeriesValueViewSet,
    SeriesViewSet,
)
from campaigns.api.submissions import SubmissionViewSet
from campaigns.api.survey import SurveyAnswerViewSet, SurveyShareViewSet
from campaigns.api.topics import RisingTopicViewSet
from campaigns.api.tracking import ClickDayViewSet, PromoCodeViewSet, TrackingLinkViewSet
from campaigns.api.trust import AuthenticityViewSet, TrustViewSet, TrustWeightsViewSet
from campaigns.api.visits import VisitViewSet
from campaigns.api.watching import (
    PlatformWeekViewSet,
    PostAlertViewSet,
    PostingTimesViewSet,
)
from campaigns.api.whereabouts import SoonViewSet, WhereaboutsViewSet
from config import api_acts, api_settings
from config.batches import BATCHES
from crm.api.addresses import AddressViewSet
from crm.api.agents import AgentViewSet, RepresentationViewSet
from crm.api.applications import ApplicationViewSet
from crm.api.audit import AuditViewSet
from crm.api.base import ID, UID
from crm.api.brand_exports import BrandExportViewSet
from crm.api.comment_themes import CommentLabelViewSet, CommentThemeViewSet
from crm.api.connector_pulls import PullViewSet
from crm.api.connectors import ConnectorKindViewSet, ConnectorViewSet
from crm.api.contacts import ContactViewSet
from crm.api.creators import CreatorViewSet
from crm.api.duplicates import DuplicateViewSet, MergeViewSet
from crm.api.enrolments import EnrolmentViewSet
from crm.api.fields import KEY as FIELD
from crm.api.fields import CreatorFieldViewSet, FieldViewSet
from crm.api.imports import ImportViewSet
from crm.api.jobs import JobViewSet
from crm.api.mail import MailboxViewSet, ThreadViewSet
from crm.api.mail_templates import MailTemplateViewSet
from crm.api.notes import NoteViewSet
from crm.api.notifications import NotificationViewSet
from crm.api.outreach_rules import OutreachRulesViewSet
from crm.api.post_comments import CommentThreadViewSet, PostCommentViewSet
from crm.api.posts import PostViewSet
from crm.api.privacy import PrivacyRequestViewSet
from crm.api.privacy_of_creators import PrivacyNoticeViewSet
from crm.api.problems import not_found
from crm.api.profiles import ProfileViewSet
from crm.api.relationships import RelationshipViewSet
from crm.api.review_forms import AgreementViewSet, ReviewFormViewSet
from crm.api.reviews import ReviewViewSet
from crm.api.saved_views import SavedViewViewSet
from crm.api.sequences import SequenceViewSet
from crm.api.suppressions import SuppressionViewSet
from crm.api.tags import CreatorTagViewSet, TagViewSet
from crm.api.tasks import TaskViewSet
from crm.api.tokens import TokenViewSet
from crm.api.vettings import VettingViewSet
from crm.api.webhook_deliveries import DeliveryViewSet
from crm.api.webhooks import WebhookEventViewSet, WebhookViewSet
from segmentation.api.activations import ActivationViewSet
from segmentation.api.attribution import AttributionViewSet
from segmentation.api.audiences import AudienceViewSet
from segmentation.api.benchmarks import BenchmarkViewSet, ClaimTrialViewSet
from segmentation.api.budgets import BudgetPlanViewSet, CampaignBudgetPlanViewSet
from segmentation.api.clusters import (
    ClusterMapViewSet,
    ClusterViewSet,
    CreatorClusterViewSet,
)
from segmentation.api.comparison import CohortViewSet, ComparisonViewSet, TrendViewSet
from segmentation.api.creators import CreatorSegmentViewSet
from segmentation.api.dimensions import KEY, DimensionViewSet
from segmentation.api.drift import DriftViewSet
from segmentation.api.examples import ExampleViewSet
from segmentation.api.experiments import ExperimentLookViewSet, ExperimentViewSet
from segmentation.api.facts import FactViewSet
from segmentation.api.forecasts import (
    CampaignForecastViewSet,
    CreatorForecastViewSet,
    ForecastModelViewSet,
)
from segmentation.api.kpis import KpiViewSet
from segmentation.api.looks import LikeViewSet
from segmentation.api.matches import (
    CampaignMatchViewSet,
    MatchLessonViewSet,
    MatchViewSet,
    MatchWeightsViewSet,
)
from segmentation.api.metrics import MetricViewSet
from segmentation.api.near_misses import NearMissViewSet
from segmentation.api.overlap import OverlapViewSet
from segmentation.api.overrides import OverrideViewSet
from segmentation.api.overview import HygieneViewSet, MatrixViewSet
from segmentation.api.packs import PackViewSet, TierSchemeViewSet
from segmentation.api.playbooks import PlaybookViewSet
from segmentation.api.rules import RuleViewSet
from segmentation.api.run_decisions import RunDecisionViewSet
from segmentation.api.runs import RunViewSet
from segmentation.api.score_studies import ScoreBacktestViewSet, ScoreComparisonViewSet
from segmentation.api.scorecards import ScorecardViewSet
from segmentation.api.scores import KEY as SCORE
from segmentation.api.scores import CreatorScoreViewSet, ScoreModelViewSet
from segmentation.api.segments import SegmentViewSet
from segmentation.api.stage_rules import CreatorStageViewSet, StageRuleViewSet
from segmentation.api.stage_suggestions import StageSuggestionViewSet
from segmentation.api.suggested_values import ClassifierViewSet, SuggestedValueViewSet
from segmentation.api.versions import VersionViewSet

RESOURCES: dict[str, tuple[str, type[ViewSetMixin]]] = {
    "creators": ("creators", CreatorViewSet),
    "creator-segments": (f"creators/(?P<uid>{UID})/segments", CreatorSegmentViewSet),
    "profiles": ("profiles", ProfileViewSet),
    "posts": ("posts", PostViewSet),
    "relationships": ("relationships", RelationshipViewSet),
    "contacts": ("contacts", ContactViewSet),
    "addresses": ("addresses", AddressViewSet),
    "agents": ("agents", AgentViewSet),
    "representations": ("representations", RepresentationViewSet),
    "tags": ("tags", TagViewSet),
    "duplicates": ("duplicates", DuplicateViewSet),
    "merges": ("merges", MergeViewSet),
    "tasks": ("tasks", TaskViewSet),
    "notes": ("notes", NoteViewSet),
    "review-forms": ("review-forms", ReviewFormViewSet),
    "reviews": ("reviews", ReviewViewSet),
    "review-agreement": ("review-agreement", AgreementViewSet),
    "vettings": ("vettings", VettingViewSet),
    "notifications": ("notifications", NotificationViewSet),
    "mailboxes": ("mailboxes", MailboxViewSet),
    "threads": ("threads", ThreadViewSet),
    "mail-templates": ("mail-templates", MailTemplateViewSet),
    "sequences": ("sequences", SequenceViewSet),
    "enrolments": ("enrolments", EnrolmentViewSet),
    "suppressions": ("suppressions", SuppressionViewSet),
    "privacy-requests": ("privacy-requests", PrivacyRequestViewSet),
    "privacy-notices": ("privacy-notices", PrivacyNoticeViewSet),
    "applications": ("applications", ApplicationViewSet),
    "conversions": ("conversions", ConversionViewSet),
    "campaigns": ("campaigns", CampaignViewSet),
    "briefs": ("briefs", BriefViewSet),
    "claims": ("claims", ClaimViewSet),
    "competitors": ("competitors", CompetitorViewSet),
    "engagements": ("engagements", EngagementViewSet),
    "deliverables": ("deliverables", DeliverableViewSet),
    "publications": ("publications", PublicationViewSet),
    "disclosures": ("disclosures", DisclosureViewSet),
    "remediations": ("remediations", RemediationActViewSet),
    "disclosure-compliance": ("disclosure-compliance", DisclosureComplianceViewSet),
    "offers": ("offers", OfferViewSet),
    "contracts": ("contracts", ContractViewSet),
    "gifts": ("gifts", GiftViewSet),
    "payments": ("payments", PaymentViewSet),
    "exchange-rates": ("exchange-rates", ExchangeRateViewSet),
    "invoices": ("invoices", InvoiceViewSet),
    "commissions": ("commissions", CommissionViewSet),
    "channel-results": ("channel-results", ChannelResultViewSet),
    "tracking-links": ("tracking-links", TrackingLinkViewSet),
    "promo-codes": ("promo-codes", PromoCodeViewSet),
    "events": ("events", EventViewSet),
    "invitations": ("invitations", InvitationViewSet),
    "submissions": ("submissions", SubmissionViewSet),
    "whereabouts": ("whereabouts", WhereaboutsViewSet),
    "incidents": ("incidents", IncidentViewSet),
    "holds": ("holds", HoldViewSet),
    "risk": ("risk", RiskViewSet),
    "flags": ("flags", FlagsViewSet),
    "causes": ("causes", CauseTagViewSet),
    "donations": ("donations", DonationViewSet),
    "reliability": ("reliability", ReliabilityViewSet),
    "authenticity": ("authenticity", AuthenticityViewSet),
    "trust": ("trust", TrustViewSet),
    "trust-weights": ("trust-weights", TrustWeightsViewSet),
    "permits": ("permits", PermitViewSet),
    "policies": ("policies", PolicyViewSet),
    "rule-alerts": ("rule-alerts", RuleAlertViewSet),
    "assets": ("assets", AssetViewSet),
    "asset-uses": ("asset-uses", AssetUseViewSet),
    "rights": ("rights", RightViewSet),
    "imports": ("imports", ImportViewSet),
    "fields": ("fields", FieldViewSet),
    "facts": ("facts", FactViewSet),
    "dimensions": ("dimensions", DimensionViewSet),
    "segments": ("segments", SegmentViewSet),
    "overrides": ("overrides", OverrideViewSet),
    "audiences": ("audiences", AudienceViewSet),
    "stage-rules": ("stage-rules", StageRuleViewSet),
    "stage-suggestions": ("stage-suggestions", StageSuggestionViewSet),
    "suggested-values": ("suggested-values", SuggestedValueViewSet),
    "classifiers": ("classifiers", ClassifierViewSet),
    "hygiene": ("hygiene", HygieneViewSet),
    "drift": ("drift", DriftViewSet),
    "attribution-reports": ("attribution-reports", AttributionViewSet),
    "experiments": ("experiments", ExperimentViewSet),
    "budget-plans": ("budget-plans", BudgetPlanViewSet),
    "forecast-models": ("forecast-models", ForecastModelViewSet),
    "score-models": ("score-models", ScoreModelViewSet),
    "matches": ("matches", MatchViewSet),
    "match-weights": ("match-weights", MatchWeightsViewSet),
    "match-lessons": ("match-lessons", MatchLessonViewSet),
    "clusters": ("clusters", ClusterViewSet),
    "keyword-lists": ("keyword-lists", KeywordListViewSet),
    "rising-topics": ("rising-topics", RisingTopicViewSet),
    "comment-themes": ("comment-themes", CommentThemeViewSet),
    "post-references": ("post-references", PostReferenceViewSet),
    "score-comparisons": ("score-comparisons", ScoreComparisonViewSet),
    "score-backtests": ("score-backtests", ScoreBacktestViewSet),
    "comments": ("comments", PostCommentViewSet),
    "comment-threads": ("comment-threads", CommentThreadViewSet),
    "visits": ("visits", VisitViewSet),
    "post-alerts": ("post-alerts", PostAlertViewSet),
    "platform-weeks": ("platform-weeks", PlatformWeekViewSet),
    "posting-times": ("posting-times", PostingTimesViewSet),
    "survey-answers": ("survey-answers", SurveyAnswerViewSet),
    "survey-shares": ("survey-shares", SurveyShareViewSet),
    "series": ("series", SeriesViewSet),
    "day-notes": ("day-notes", DayNoteViewSet),
    "tier-schemes": ("tier-schemes", TierSchemeViewSet),
    "benchmarks": ("benchmarks", BenchmarkViewSet),
    "claim-trials": ("claim-trials", ClaimTrialViewSet),
    "cohorts": ("cohorts", CohortViewSet),
    "metrics": ("metrics", MetricViewSet),
    "runs": ("runs", RunViewSet),
    "views": ("views", SavedViewViewSet),
    "jobs": ("jobs", JobViewSet),
    "audit": ("audit", AuditViewSet),
    "tokens": ("tokens", TokenViewSet),
    "brand-exports": ("brand-exports", BrandExportViewSet),
    "connectors": ("connectors", ConnectorViewSet),
    "connector-kinds": ("connector-kinds", ConnectorKindViewSet),
    "connector-pulls": ("connector-pulls", PullViewSet),
    "webhooks": ("webhooks", WebhookViewSet),
    "webhook-deliveries": ("webhook-deliveries", DeliveryViewSet),
    "webhook-events": ("webhook-events", WebhookEventViewSet),
}

router = SimpleRouter()
# With or without: a redirect would lose the body of a POST, and curl does not follow it.
router.trailing_slash = "/?"
for name, (prefix, viewset) in RESOURCES.items():
    router.register(prefix, viewset, basename=f"api-{name}")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    *api_acts.urlpatterns,
    *api_settings.urlpatterns,
    *(path(f"{name}:batch", one.as_view({"post": "batch"})) for name, one in BATCHES.items()),
    re_path(
        rf"^creators/(?P<uid>{UID})/fields/?$",
        CreatorFieldViewSet.as_view({"get": "list", "patch": "change"}),
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/tags/?$",
        CreatorTagViewSet.as_view({"get": "list", "patch": "change"}),
    ),
    *(path(f"tags:{verb}", TagViewSet.as_view({"post": verb})) for verb in ("give", "take")),
    *(
        re_path(
            rf"^fields/(?P<key>{FIELD}):{verb}$",
            FieldViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("archive", "restore")
    ),
    re_path(
        rf"^duplicates/(?P<pk>{ID}):different$",
        DuplicateViewSet.as_view({"post": "different"}, detail=True),
    ),
    re_path(rf"^merges/(?P<pk>{ID}):undo$", MergeViewSet.as_view({"post": "undo"}, detail=True)),
    re_path(
        r"^series/(?P<key>[-a-zA-Z0-9_]{1,60})/values/?$",
        SeriesValueViewSet.as_view({"get": "list", "post": "create"}),
    ),
    *(
        re_path(
            rf"^rising-topics/(?P<pk>{ID}):{verb}$",
            RisingTopicViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("follow", "dismiss")
    ),
    re_path(
        rf"^comment-themes/(?P<pk>{ID}):handle$",
        CommentThemeViewSet.as_view({"post": "handle"}, detail=True),
    ),
    re_path(
        rf"^comments/(?P<pk>{ID}):label$",
        CommentLabelViewSet.as_view({"post": "label"}, detail=True),
    ),
    re_path(
        rf"^keyword-lists/(?P<pk>{ID})/words/?$",
        KeywordViewSet.as_view({"get": "list", "post": "create"}),
    ),
    re_path(
        rf"^keyword-lists/(?P<pk>{ID}):assign$",
        KeywordListViewSet.as_view({"post": "assign"}, detail=True),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/lifts/?$", CampaignLiftViewSet.as_view({"get": "list"})
    ),
    re_path(
        rf"^experiments/(?P<pk>{ID})/looks/?$",
        ExperimentLookViewSet.as_view({"get": "list", "post": "create"}),
    ),
    *(
        re_path(
            rf"^experiments/(?P<pk>{ID}):{verb}$",
            ExperimentViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("start", "join", "complete", "stop")
    ),
    *(
        re_path(
            rf"^score-models/(?P<key>{SCORE}):{verb}$",
            ScoreModelViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("word", "activate", "count", "archive")
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/budget-plans/?$",
        CampaignBudgetPlanViewSet.as_view({"get": "list", "post": "create"}),
    ),
    re_path(
        rf"^budget-plans/(?P<pk>{ID}):take$",
        BudgetPlanViewSet.as_view({"post": "take"}, detail=True),
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/forecasts/?$",
        CreatorForecastViewSet.as_view({"get": "list"}),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/forecast/?$",
        CampaignForecastViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/forecast:keep$",
        CampaignForecastViewSet.as_view({"post": "keep"}, detail=True),
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/look-alikes/?$", LikeViewSet.as_view({"get": "of_creator"})
    ),
    re_path(
        rf"^segments/(?P<key>{KEY})/look-alikes/?$", LikeViewSet.as_view({"get": "of_segment"})
    ),
    re_path(
        r"^clusters/(?P<number>[0-9]{1,9})/members/?$", ClusterViewSet.as_view({"get": "members"})
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/clusters/?$",
        CreatorClusterViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    re_path(
        r"^cluster-map/?$",
        ClusterMapViewSet.as_view({"get": "retrieve", "post": "create"}, detail=True),
    ),
    re_path(r"^audience-overlap/?$", OverlapViewSet.as_view({"get": "retrieve"}, detail=True)),
    re_path(r"^unique-reach/?$", OverlapViewSet.as_view({"get": "reach"}, detail=True)),
    re_path(rf"^creators/(?P<uid>{UID})/scores/?$", CreatorScoreViewSet.as_view({"get": "list"})),
    re_path(r"^scorecards/?$", ScorecardViewSet.as_view({"get": "list"})),
    re_path(
        r"^scorecards/comparison/?$", ComparisonViewSet.as_view({"get": "retrieve"}, detail=True)
    ),
    re_path(rf"^segments/(?P<key>{KEY})/trend/?$", TrendViewSet.as_view({"get": "list"})),
    re_path(
        rf"^segments/(?P<key>{KEY})/kpis/?$",
        KpiViewSet.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
    ),
    re_path(
        rf"^segments/(?P<key>{KEY})/scorecard/?$",
        ScorecardViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    re_path(
        rf"^segments/(?P<key>{KEY})/playbook/?$",
        PlaybookViewSet.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
    ),
    re_path(
        rf"^segments/(?P<key>{KEY})/examples/?$",
        ExampleViewSet.as_view({"get": "list", "post": "create"}),
    ),
    re_path(
        rf"^segments/(?P<key>{KEY})/examples/(?P<pk>{ID})/?$",
        ExampleViewSet.as_view({"delete": "destroy"}, detail=True),
    ),
    re_path(
        rf"^segments/(?P<key>{KEY}):archive$",
        SegmentViewSet.as_view({"post": "archive"}, detail=True),
    ),
    re_path(
        rf"^dimensions/(?P<key>{KEY}):order$",
        DimensionViewSet.as_view({"post": "order"}, detail=True),
    ),
    re_path(
        rf"^segments/(?P<key>{KEY})/versions/(?P<number>[0-9]{{1,10}})/?$",
        VersionViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    re_path(
        rf"^segments/(?P<key>{KEY})/versions/(?P<number>[0-9]{{1,10}}):activate$",
        VersionViewSet.as_view({"post": "activate"}, detail=True),
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/stage/?$", CreatorStageViewSet.as_view({"get": "retrieve"})
    ),
    *(
        re_path(
            rf"^stage-suggestions/(?P<pk>{ID}):{answer}$",
            StageSuggestionViewSet.as_view({"post": answer}, detail=True),
        )
        for answer in ("accept", "dismiss")
    ),
    *(
        re_path(
            rf"^suggested-values/(?P<pk>{ID}):{verb}$",
            SuggestedValueViewSet.as_view({"post": act}, detail=True),
        )
        for verb, act in (
            ("accept", "accept"),
            ("override", "override"),
            ("not-enough", "not_enough"),
            ("take-back", "take_back"),
        )
    ),
    path(
        "suggested-values:accept-all",
        SuggestedValueViewSet.as_view({"post": "accept_many"}, detail=True),
    ),
    re_path(rf"^overrides/(?P<pk>{ID}):withdraw$", OverrideViewSet.as_view({"post": "withdraw"})),
    *(
        re_path(rf"^{prefix}/(?P<pk>{ID}):{verb}$", viewset.as_view({"post": verb}, detail=True))
        for prefix, viewset, verb in (
            ("mail-templates", MailTemplateViewSet, "archive"),
            ("sequences", SequenceViewSet, "archive"),
            ("enrolments", EnrolmentViewSet, "pause"),
            ("enrolments", EnrolmentViewSet, "resume"),
            ("enrolments", EnrolmentViewSet, "stop"),
            ("suppressions", SuppressionViewSet, "lift"),
            ("reviews", ReviewViewSet, "submit"),
            ("reviews", ReviewViewSet, "decline"),
            ("vettings", VettingViewSet, "assign"),
            ("vettings", VettingViewSet, "withdraw"),
            ("vettings", VettingViewSet, "adjudicate"),
            ("applications", ApplicationViewSet, "accept"),
            ("applications", ApplicationViewSet, "decline"),
            ("applications", ApplicationViewSet, "spam"),
            ("applications", ApplicationViewSet, "undo"),
        )
    ),
    re_path(rf"^briefs/(?P<pk>{ID})/versions/?$", BriefVersionViewSet.as_view({"get": "list"})),
    re_path(
        rf"^briefs/(?P<pk>{ID})/versions/(?P<number>[0-9]{{1,4}})/?$",
        BriefVersionViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    re_path(
        rf"^briefs/(?P<pk>{ID})/versions/(?P<number>[0-9]{{1,4}})/pdf/?$",
        BriefVersionViewSet.as_view({"get": "pdf"}, detail=True),
    ),
    re_path(
        rf"^briefs/(?P<pk>{ID})/acceptances/?$", BriefAcceptanceViewSet.as_view({"get": "list"})
    ),
    *(
        path(f"conversions:{verb}", ConversionViewSet.as_view({"post": verb}, detail=True))
        for verb in ("batch", "refund")
    ),
    re_path(r"^claims:check$", ClaimCheckViewSet.as_view({"post": "check"}, detail=True)),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN}):clone$",
        CampaignViewSet.as_view({"post": "clone"}, detail=True),
    ),
    *(
        re_path(
            rf"^campaigns/(?P<key>{CAMPAIGN}):{verb}$",
            CampaignMoveViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("activate", "complete", "cancel", "reopen")
    ),
    *(
        re_path(
            rf"^engagements/(?P<pk>{ID}):{verb}$",
            EngagementActViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("change", "substitute")
    ),
    *(
        re_path(
            rf"^deliverables/(?P<pk>{ID}):{verb}$",
            DeliverableViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("submit", "decide", "comment")
    ),
    *(
        re_path(
            rf"^deliverables/(?P<pk>{ID}):{verb}$",
            DeliverableActViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("cancel", "restore", "reopen", "withdraw", "shorten", "confirm")
    ),
    path("disclosures:check", DisclosureCheckViewSet.as_view({"post": "check"})),
    re_path(
        rf"^disclosures/(?P<pk>{ID})/evidence/?$",
        DisclosureViewSet.as_view({"post": "evidence"}, detail=True),
    ),
    re_path(
        rf"^disclosures/(?P<pk>{ID})/files/?$",
        EvidenceFilesViewSet.as_view({"post": "create"}, detail=True),
    ),
    re_path(
        rf"^publications/(?P<pk>{ID})/captures/?$",
        CaptureViewSet.as_view({"post": "create"}, detail=True),
    ),
    re_path(
        rf"^policies/(?P<pk>{ID}):read$",
        PolicyViewSet.as_view({"post": "read"}, detail=True),
    ),
    *(
        re_path(
            rf"^disclosures/(?P<pk>{ID}):{verb}$",
            DisclosureViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("answer", "decide")
    ),
    *(
        re_path(
            rf"^events/(?P<pk>{ID}):{verb}$",
            EventViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("cancel", "invite")
    ),
    re_path(
        rf"^invitations/(?P<pk>{ID}):answer$",
        InvitationViewSet.as_view({"post": "answer"}, detail=True),
    ),
    *(
        re_path(
            rf"^submissions/(?P<pk>{ID}):{verb}$",
            SubmissionViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("accept", "refuse", "ask", "answer", "withdraw", "undo")
    ),
    re_path(
        rf"^whereabouts/(?P<pk>{ID}):erase$",
        WhereaboutsViewSet.as_view({"post": "erase"}, detail=True),
    ),
    re_path(r"^posting-soon/?$", SoonViewSet.as_view({"get": "retrieve"})),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN}):fast-lane$",
        SoonViewSet.as_view({"post": "lane"}, detail=True),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/report/?$", ReportViewSet.as_view({"get": "retrieve"})
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/report/copies/?$",
        ReportViewSet.as_view({"get": "list", "post": "create"}),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/report/copies/(?P<number>{ID})/?$",
        ReportViewSet.as_view({"get": "copy"}, detail=True),
    ),
    re_path(r"^publications/missing/?$", MissingViewSet.as_view({"get": "list"})),
    *(
        re_path(
            rf"^publications/(?P<pk>{ID}):{verb}$",
            PublicationActViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("plan", "publish", "readdress", "gone", "unpublish")
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/activations/?$",
        ActivationViewSet.as_view({"get": "list", "post": "create"}),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/activations:preview$",
        ActivationViewSet.as_view({"post": "preview"}, detail=True),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/matches/?$",
        CampaignMatchViewSet.as_view({"get": "list", "post": "create"}),
    ),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/match-weights/?$",
        CampaignMatchViewSet.as_view({"get": "versions", "post": "weigh"}),
    ),
    re_path(rf"^matches/(?P<pk>{ID}):take$", MatchViewSet.as_view({"post": "take"}, detail=True)),
    re_path(
        rf"^match-lessons/(?P<pk>{ID}):decide$",
        MatchLessonViewSet.as_view({"post": "decide"}, detail=True),
    ),
    re_path(r"^matrix/?$", MatrixViewSet.as_view({"get": "retrieve"})),
    re_path(r"^packs/?$", PackViewSet.as_view({"get": "list"})),
    re_path(rf"^packs/(?P<key>{KEY})/?$", PackViewSet.as_view({"get": "retrieve"}, detail=True)),
    *(
        re_path(rf"^packs/(?P<key>{KEY}):{verb}$", PackViewSet.as_view({"post": verb}, detail=True))
        for verb in ("install", "adopt")
    ),
    re_path(rf"^runs/(?P<pk>{ID})/near-misses/?$", NearMissViewSet.as_view({"get": "list"})),
    path("runs:history", RunDecisionViewSet.as_view({"post": "history"})),
    *(
        re_path(
            rf"^runs/(?P<pk>{ID}):{verb}$",
            RunDecisionViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("approve", "reject", "cancel", "rollback")
    ),
    *(
        re_path(rf"^jobs/(?P<pk>{ID}):{verb}$", JobViewSet.as_view({"post": verb}, detail=True))
        for verb in ("stop", "undo")
    ),
    *(
        re_path(rf"^offers/(?P<pk>{ID}):{verb}$", OfferViewSet.as_view({"post": verb}, detail=True))
        for verb in ("send", "counter", "revise", "accept", "decline", "withdraw", "discard")
    ),
    *(
        re_path(
            rf"^contracts/(?P<pk>{ID}):{verb}$",
            ContractViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("send", "accept")
    ),
    re_path(
        rf"^contracts/(?P<pk>{ID})/contract\.pdf$",
        ContractViewSet.as_view({"get": "pdf"}, detail=True),
    ),
    re_path(
        rf"^assets/(?P<pk>{ID}):may-use$", AssetViewSet.as_view({"get": "may_use"}, detail=True)
    ),
    re_path(rf"^assets/(?P<pk>{ID}):use$", AssetViewSet.as_view({"post": "use"}, detail=True)),
    re_path(r"^rights:query$", RightQueryViewSet.as_view({"get": "list"})),
    re_path(
        rf"^rights/(?P<pk>{ID}):revoke$", RightViewSet.as_view({"post": "revoke"}, detail=True)
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/connections/?$",
        ConnectionViewSet.as_view({"get": "list", "post": "create"}),
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/connections:none$",
        ConnectionViewSet.as_view({"post": "none"}, detail=True),
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/received/?$", ConnectionViewSet.as_view({"get": "received"})
    ),
    *(
        re_path(
            rf"^connections/(?P<pk>{ID}):{verb}$",
            ConnectionViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("replace", "withdraw")
    ),
    re_path(
        rf"^rule-alerts/(?P<pk>{ID}):aside$",
        RuleAlertViewSet.as_view({"post": "aside"}, detail=True),
    ),
    re_path(r"^rule-packs/?$", RulePackViewSet.as_view({"get": "list"})),
    re_path(
        r"^rule-packs/(?P<key>[A-Za-z]{2,20})/?$",
        RulePackViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    re_path(
        r"^rule-packs/(?P<key>[A-Za-z]{2,20}):sign-off$",
        RulePackViewSet.as_view({"post": "sign_off"}, detail=True),
    ),
    path("incidents:rates", IncidentViewSet.as_view({"get": "rates"})),
    re_path(
        rf"^incidents/(?P<pk>{ID}):act$", IncidentViewSet.as_view({"post": "act"}, detail=True)
    ),
    re_path(rf"^holds/(?P<pk>{ID}):lift$", HoldViewSet.as_view({"post": "lift"}, detail=True)),
    re_path(
        rf"^campaign-holds/(?P<pk>{ID}):lift$",
        HoldViewSet.as_view({"post": "lift_campaign"}, detail=True),
    ),
    *(
        re_path(
            rf"^risk/(?P<uid>{UID}):{verb.replace('_', '-')}$",
            RiskViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("assess", "override", "end_override")
    ),
    *(
        re_path(
            rf"^flags/(?P<uid>{UID}):{verb.replace('_', '-')}$",
            FlagsViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("look", "explain", "count_again")
    ),
    path("causes:impact", ImpactViewSet.as_view({"get": "impact"})),
    *(
        re_path(
            rf"^causes/(?P<pk>{ID}):{verb}$",
            CauseTagViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("show", "remove")
    ),
    re_path(
        rf"^donations/(?P<pk>{ID}):withdraw$",
        DonationViewSet.as_view({"post": "withdraw"}, detail=True),
    ),
    re_path(
        rf"^reliability/(?P<uid>{UID}):compute$",
        ReliabilityViewSet.as_view({"post": "compute"}, detail=True),
    ),
    re_path(
        rf"^trust/(?P<uid>{UID}):compute$",
        TrustViewSet.as_view({"post": "compute"}, detail=True),
    ),
    path("tracking-links:make", TrackingLinkViewSet.as_view({"post": "make"}, detail=True)),
    *(
        re_path(
            rf"^tracking-links/(?P<pk>{ID}):{verb}$",
            TrackingLinkViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("archive", "restore")
    ),
    re_path(rf"^tracking-links/(?P<pk>{ID})/days/?$", ClickDayViewSet.as_view({"get": "list"})),
    *(
        re_path(
            rf"^promo-codes/(?P<pk>{ID}):{verb}$",
            PromoCodeViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("archive", "restore", "replace")
    ),
    re_path(rf"^payments/(?P<pk>{ID}):act$", PaymentViewSet.as_view({"post": "act"}, detail=True)),
    re_path(
        rf"^invoices/(?P<pk>{ID}):attach$",
        InvoiceViewSet.as_view({"post": "attach"}, detail=True),
    ),
    re_path(
        rf"^invoices/(?P<pk>{ID}):set-aside$",
        InvoiceViewSet.as_view({"post": "set_aside"}, detail=True),
    ),
    re_path(
        rf"^commissions/(?P<pk>{ID}):end$", CommissionViewSet.as_view({"post": "end"}, detail=True)
    ),
    path("commissions:state", CommissionViewSet.as_view({"post": "state"})),
    re_path(
        rf"^commissions/(?P<pk>{ID})/statements/(?P<number>{ID})/lines/?$",
        StatementLineViewSet.as_view({"get": "list"}),
    ),
    path("payments:export", PaymentViewSet.as_view({"post": "export"})),
    re_path(r"^concentration/?$", ReturnsViewSet.as_view({"get": "concentration"})),
    re_path(
        rf"^campaigns/(?P<key>{CAMPAIGN})/returns/?$",
        ReturnsViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    re_path(
        rf"^gifts/(?P<pk>{ID}):advance$", GiftViewSet.as_view({"post": "advance"}, detail=True)
    ),
    path("rules:validate", RuleViewSet.as_view({"post": "check"})),
    path("rules:preview", RuleViewSet.as_view({"post": "preview"})),
    *(
        re_path(rf"^tasks/(?P<pk>{ID}):{verb}$", TaskViewSet.as_view({"post": verb}, detail=True))
        for verb in ("done", "reopen", "delete")
    ),
    *(
        re_path(rf"^notes/(?P<pk>{ID}):{verb}$", NoteViewSet.as_view({"post": verb}, detail=True))
        for verb in ("delete", "restore")
    ),
    re_path(
        r"^outreach-rules/?$",
        OutreachRulesViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    re_path(
        rf"^brand-exports/(?P<pk>{ID})/file/?$",
        BrandExportViewSet.as_view({"get": "file"}, detail=True),
    ),
    *(
        re_path(
            rf"^webhooks/(?P<pk>{ID}):{verb}$",
            WebhookViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("rotate", "pause", "resume", "ping", "replay")
    ),
    *(
        re_path(
            rf"^connectors/(?P<pk>{ID}):{verb}$",
            ConnectorViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("test", "pull", "stop", "pause", "resume")
    ),
    re_path(
        rf"^webhook-deliveries/(?P<pk>{ID}):replay$",
        DeliveryViewSet.as_view({"post": "replay"}, detail=True),
    ),
    re_path(
        rf"^tokens/(?P<pk>{ID}):rotate$", TokenViewSet.as_view({"post": "rotate"}, detail=True)
    ),
    path("notifications:read", NotificationViewSet.as_view({"post": "read"})),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema", template_name="api/docs.html", title="Rapport API"
        ),
        name="api-docs",
    ),
    re_path(r"", not_found),
]
