"""The addresses of crm in the REST API."""

from __future__ import annotations

from django.urls import URLPattern
from rest_framework.viewsets import ViewSetMixin

from crm.api.addresses import AddressViewSet
from crm.api.agents import AgentViewSet, RepresentationViewSet
from crm.api.applications import ApplicationViewSet
from crm.api.audience_samples import AudienceSampleViewSet
from crm.api.audit import AuditViewSet
from crm.api.brand_exports import BrandExportViewSet
from crm.api.comment_authors import CommentAuthorViewSet
from crm.api.comment_themes import CommentLabelViewSet, CommentThemeViewSet
from crm.api.connector_pulls import PullViewSet
from crm.api.connectors import ConnectorKindViewSet, ConnectorViewSet
from crm.api.contacts import ContactViewSet
from crm.api.creators import CreatorViewSet
from crm.api.duplicates import DuplicateViewSet, MergeViewSet
from crm.api.enrolments import EnrolmentViewSet
from crm.api.fields import KEY as FIELD_KEY
from crm.api.fields import CreatorFieldViewSet, FieldViewSet
from crm.api.import_acts import ImportActViewSet
from crm.api.imports import ImportViewSet
from crm.api.jobs import JobViewSet
from crm.api.learned_models import LearnedModelViewSet
from crm.api.ledger_proof import CheckpointViewSet, LedgerCheckViewSet
from crm.api.mail import MailboxViewSet, ThreadViewSet
from crm.api.mail_templates import MailTemplateViewSet
from crm.api.notes import NoteViewSet
from crm.api.notifications import NotificationViewSet
from crm.api.outreach_rules import OutreachRulesViewSet
from crm.api.overview import OverviewViewSet
from crm.api.pitch_approvals import PitchApprovalViewSet
from crm.api.post_comments import CommentThreadViewSet, PostCommentViewSet
from crm.api.post_counts import PostCountsViewSet
from crm.api.posts import PostViewSet
from crm.api.privacy import PrivacyRequestViewSet
from crm.api.privacy_of_creators import CreatorPrivacyViewSet, PrivacyNoticeViewSet
from crm.api.profiles import ProfileViewSet
from crm.api.relationships import RelationshipViewSet
from crm.api.review_drift import ReviewerDriftViewSet
from crm.api.review_forms import AgreementViewSet, ReviewFormViewSet
from crm.api.reviews import ReviewViewSet
from crm.api.routes import CREATOR, ONE, acts, at, collections
from crm.api.saved_views import SavedViewViewSet
from crm.api.sequences import SequenceViewSet
from crm.api.suppressions import SuppressionViewSet
from crm.api.tags import CreatorTagViewSet, TagViewSet
from crm.api.tasks import TaskViewSet
from crm.api.thread_acts import ThreadActViewSet
from crm.api.tokens import TokenViewSet
from crm.api.vettings import VettingViewSet
from crm.api.webhook_deliveries import DeliveryViewSet
from crm.api.webhooks import WebhookEventViewSet, WebhookViewSet

FIELD = f"(?P<key>{FIELD_KEY})"

COLLECTIONS: dict[str, type[ViewSetMixin]] = {
    "addresses": AddressViewSet,
    "agents": AgentViewSet,
    "applications": ApplicationViewSet,
    "audience-samples": AudienceSampleViewSet,
    "audit": AuditViewSet,
    "audit-checkpoints": CheckpointViewSet,
    "brand-exports": BrandExportViewSet,
    "comment-themes": CommentThemeViewSet,
    "comment-threads": CommentThreadViewSet,
    "comments": PostCommentViewSet,
    "connector-kinds": ConnectorKindViewSet,
    "connector-pulls": PullViewSet,
    "connectors": ConnectorViewSet,
    "contacts": ContactViewSet,
    "creators": CreatorViewSet,
    "duplicates": DuplicateViewSet,
    "enrolments": EnrolmentViewSet,
    "fields": FieldViewSet,
    "imports": ImportViewSet,
    "jobs": JobViewSet,
    "learned-models": LearnedModelViewSet,
    "mail-templates": MailTemplateViewSet,
    "mailboxes": MailboxViewSet,
    "merges": MergeViewSet,
    "notes": NoteViewSet,
    "notifications": NotificationViewSet,
    "pitch-approvals": PitchApprovalViewSet,
    "posts": PostViewSet,
    "privacy-notices": PrivacyNoticeViewSet,
    "privacy-requests": PrivacyRequestViewSet,
    "profiles": ProfileViewSet,
    "relationships": RelationshipViewSet,
    "representations": RepresentationViewSet,
    "review-agreement": AgreementViewSet,
    "review-drift": ReviewerDriftViewSet,
    "review-forms": ReviewFormViewSet,
    "reviews": ReviewViewSet,
    "sequences": SequenceViewSet,
    "suppressions": SuppressionViewSet,
    "tags": TagViewSet,
    "tasks": TaskViewSet,
    "threads": ThreadViewSet,
    "tokens": TokenViewSet,
    "vettings": VettingViewSet,
    "views": SavedViewViewSet,
    "webhook-deliveries": DeliveryViewSet,
    "webhook-events": WebhookEventViewSet,
    "webhooks": WebhookViewSet,
}

urlpatterns: list[URLPattern] = [
    *collections(COLLECTIONS),
    *acts(f"applications/{ONE}", ApplicationViewSet, "accept", "decline", "spam", "undo"),
    *acts(f"applications/{ONE}", ApplicationViewSet, "take-up"),
    *acts("audit", LedgerCheckViewSet, "check"),
    at(f"brand-exports/{ONE}/file", BrandExportViewSet, get="file"),
    *acts(f"comment-themes/{ONE}", CommentThemeViewSet, "handle"),
    *acts("comments", CommentAuthorViewSet, "forget"),
    *acts(f"comments/{ONE}", CommentLabelViewSet, "label"),
    *acts(f"connectors/{ONE}", ConnectorViewSet, "test", "pull", "stop", "pause", "resume"),
    at(f"creators/{CREATOR}/fields", CreatorFieldViewSet, get="list", patch="change"),
    at(f"creators/{CREATOR}/tags", CreatorTagViewSet, get="list", patch="change"),
    at(f"creators/{CREATOR}/privacy", CreatorPrivacyViewSet, get="retrieve"),
    *acts(f"creators/{CREATOR}/privacy", CreatorPrivacyViewSet, "copy", "lift"),
    *acts(f"duplicates/{ONE}", DuplicateViewSet, "different"),
    *acts(f"enrolments/{ONE}", EnrolmentViewSet, "pause", "resume", "stop"),
    *acts(f"fields/{FIELD}", FieldViewSet, "archive", "restore"),
    *acts(f"imports/{ONE}", ImportActViewSet, "check", "apply", "undo"),
    at(f"imports/{ONE}/columns", ImportActViewSet, get="columns", patch="settle"),
    *acts(f"jobs/{ONE}", JobViewSet, "stop", "undo"),
    *acts(f"mail-templates/{ONE}", MailTemplateViewSet, "archive"),
    *acts(f"merges/{ONE}", MergeViewSet, "undo"),
    *acts(f"notes/{ONE}", NoteViewSet, "delete", "restore"),
    *acts("notifications", NotificationViewSet, "read"),
    at("outreach-rules", OutreachRulesViewSet, get="retrieve", patch="partial_update"),
    at("overview", OverviewViewSet, get="retrieve"),
    *acts(f"pitch-approvals/{ONE}", PitchApprovalViewSet, "approve", "refuse"),
    *acts("privacy-notices", PrivacyNoticeViewSet, "take-back"),
    *acts(f"privacy-requests/{ONE}", PrivacyRequestViewSet, "identity", "extend", "close"),
    at(f"posts/{ONE}/counts", PostCountsViewSet, post="create"),
    *acts(f"reviews/{ONE}", ReviewViewSet, "submit", "decline"),
    *acts(f"sequences/{ONE}", SequenceViewSet, "archive"),
    *acts(f"suppressions/{ONE}", SuppressionViewSet, "lift"),
    *acts("tags", TagViewSet, "give", "take"),
    *acts(f"tasks/{ONE}", TaskViewSet, "done", "reopen", "delete"),
    *acts(f"threads/{ONE}", ThreadActViewSet, "assign", "aside", "done", "reopen"),
    *acts(f"tokens/{ONE}", TokenViewSet, "rotate"),
    *acts(f"vettings/{ONE}", VettingViewSet, "assign", "withdraw", "adjudicate"),
    *acts(f"webhook-deliveries/{ONE}", DeliveryViewSet, "replay"),
    *acts(f"webhooks/{ONE}", WebhookViewSet, "rotate", "pause", "resume", "ping", "replay"),
]
