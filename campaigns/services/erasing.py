"""What an erasure leaves of campaigns: who was in which, what it cost, and papers while they count.

The texts of every other row that hangs on a creator are emptied (crm/services/privacy).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Value, When
from django.db.models.functions import Coalesce, Now

from campaigns.models import ReportCopy, TrackingLink
from campaigns.services.causes.papers import STORE as CAUSES
from campaigns.services.contracts.files import STORE as CONTRACTS
from campaigns.services.deliverables.files import STORE as DRAFTS
from campaigns.services.disclosures.evidence import STORE as EVIDENCE
from campaigns.services.documents import digest_of
from campaigns.services.incidents.files import STORE as INCIDENTS
from campaigns.services.payments.invoices import STORE as INVOICES
from campaigns.services.publishing.captures import STORE as CAPTURES
from campaigns.services.registers.papers import STORE as PERMITS
from campaigns.services.registers.virtual import STORE as CONSENTS
from campaigns.services.submissions.files import STORE as SUBMISSIONS
from campaigns.services.tracking import landing
from crm.models import Brand
from crm.services.privacy.blanking import ERASED, VALUES, numbered
from crm.services.privacy.leftovers import CLEANERS, SHORTEST, Traces
from crm.services.privacy.parts import (
    FILES,
    Files,
    add_contracts,
    add_deleted,
    add_kept,
    add_papers,
)

# A file of the row, its column and how the brand is found; evidence may lie in any of the stores.
_FILES = (
    Files("campaigns.Asset", "sha256", DRAFTS),
    Files("campaigns.DraftFile", "sha256", DRAFTS),
    Files("campaigns.EvidenceFile", "sha256", DRAFTS),
    Files("campaigns.EvidenceFile", "sha256", CAPTURES),
    Files("campaigns.EvidenceFile", "sha256", EVIDENCE),
    Files("campaigns.Sighting", "digest", CAPTURES, "publication__brand"),
    Files("campaigns.ContractAcceptance", "file_sha256", CONTRACTS, "version__contract__brand"),
    Files("campaigns.CauseEvidence", "file_sha256", CAUSES, "tag__brand"),
    Files("campaigns.Likeness", "file_sha256", CONSENTS),
    Files("campaigns.Permit", "file_sha256", PERMITS),
    Files("campaigns.Invoice", "file_sha256", INVOICES),
    Files("campaigns.Submission", "sha256", SUBMISSIONS),
    Files("campaigns.UsageRight", "document_sha256", CONTRACTS),
    Files("crm.IncidentFile", "digest", INCIDENTS, "incident__brand"),
)


def add_erasing() -> None:
    """Say what only this app knows of its tables: once, when the apps are ready."""
    add_papers("campaigns.Engagement", "campaigns.Offer", "campaigns.Gift")
    # What was agreed, and what shows that it was kept: defence of legal claims.
    add_contracts(
        "campaigns.Contract",
        "campaigns.ContractVersion",
        "campaigns.ContractEvent",
        "campaigns.ContractAcceptance",
        "campaigns.UsageRight",
        "campaigns.RightEvent",
        "campaigns.Evidence",
        "campaigns.EvidenceFile",
        "campaigns.DisclosureFinding",
        "campaigns.DisclosureDecision",
        "campaigns.Commission",
        "campaigns.CommissionStatement",
        "campaigns.CommissionLine",
        "campaigns.Payable",
        "campaigns.PayableEvent",
        "campaigns.Payment",
        "campaigns.Invoice",
    )
    add_deleted(
        "campaigns.AuthenticityReading",
        "campaigns.AuthenticityScore",
        "campaigns.CauseEvidence",
        "campaigns.CauseTag",
        "campaigns.CommentTie",
        "campaigns.CommenterReading",
        "campaigns.DisclosureHint",
        "campaigns.FlagDismissal",
        "campaigns.FormatReading",
        "campaigns.GuestLink",
        "campaigns.ReliabilityReading",
        "campaigns.ExclusiveElsewhere",
        "campaigns.Likeness",
        "campaigns.KeywordUse",
        "campaigns.Permit",
        "campaigns.PostFormat",
        "campaigns.PostReference",
        "campaigns.RiskAssessment",
        "campaigns.RiskOverride",
        "campaigns.RuleAlert",
        "campaigns.RuleFact",
        "campaigns.Submission",
        "campaigns.SubmissionPermission",
        "campaigns.SurveyRule",
        "campaigns.TopicPost",
        "campaigns.TrustReading",
        "campaigns.VirtualCreator",
        "campaigns.Whereabouts",
        "crm.IncidentFile",
    )
    # What was bought and followed counts for campaigns: names go, numbers stay.
    add_papers("campaigns.TrackingLink", "campaigns.PromoCode")
    VALUES.add(
        "campaigns.TrackingLink", {"target": "", "archived_at": Coalesce("archived_at", Now())}
    )
    VALUES.add("campaigns.PromoCode", {"code": numbered("ERASED-")})
    CLEANERS.add("tracking", end_links)
    # Words of the brand's own: keys of segments and tiers, products, what a list asks.
    add_kept(
        "campaigns.ChecklistEntry.question",
        # Of visitors, of whom nobody knows who they are.
        "campaigns.Click.country",
        "campaigns.Click.referrer_host",
        "campaigns.DisclosureFinding.strictest",
        "campaigns.Engagement.segment",
        "campaigns.Engagement.tier",
        "campaigns.Gift.product",
        "campaigns.Gift.variant",
        "campaigns.OfferVersion.product",
        "campaigns.OfferVersion.exclusive_for",
        "campaigns.ContractVersion.cleared_digest",
        # Numbers of answers and orders, which say nothing of the creator who is named.
        "campaigns.SurveyAnswer.key",
        "campaigns.SurveyAnswer.order_key",
        # Drawn by chance.
        "campaigns.TrackingLink.code",
        "crm.Incident.origin",
        "crm.Incident.taxonomy",
        "crm.Incident.tier",
        "crm.IncidentStep.text",
    )
    # Rates count it: its words go, what kind of thing it was stays.
    add_papers("crm.Incident")
    VALUES.add("crm.Incident", {"what": "", "url": "", "erased_at": Now()})
    VALUES.add("campaigns.Asset", {"url": _unless_empty("url", numbered("erased-"))})
    for number, one in enumerate(_FILES):
        FILES.add(f"campaigns {number}", one)
    CLEANERS.add("campaigns", clean_reports)


def end_links(brand: Brand, _traces: Traces) -> None:
    """Links that lead nowhere any more do so at once, in every process."""
    landing.write_on_commit(TrackingLink.objects.filter(brand=brand, target=""))


def clean_reports(brand: Brand, traces: Traces) -> None:
    """Reports that were kept name their creators: the name goes, the numbers stay."""
    names = {traces.name.casefold(), *traces.keys}
    copies = ReportCopy.objects.filter(campaign__brand=brand)
    for copy in copies.filter(report__icontains=traces.uid).order_by("pk"):
        report = _without(copy.report, names)
        ReportCopy.objects.filter(pk=copy.pk).update(report=report, digest=digest_of(report))


def _without(value: Any, names: set[str]) -> Any:
    """The same with every text gone in which one of the names stands."""
    if isinstance(value, dict):
        return {key: _without(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, names) for item in value]
    if isinstance(value, str):
        text = value.casefold()
        return ERASED if any(len(one) >= SHORTEST and one in text for one in names) else value
    return value


def _unless_empty(column: str, value: Any) -> Case:
    return Case(When(**{column: "", "then": Value("")}), default=value)
