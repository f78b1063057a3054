"""Whether somebody may decide about a review, and what a verdict asks of them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from campaigns.choices import DisclosureVerdict, Gate, ReviewStage, ReviewState
from campaigns.models import Deliverable, DisclosureFinding, DisclosureReview
from campaigns.services.deliverables import gates
from campaigns.services.disclosures import finding as findings
from campaigns.services.disclosures.record import CLEAR
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import User

# What a person can say. That nobody looked is what it is before.
VERDICTS = tuple(one for one in DisclosureVerdict if one != DisclosureVerdict.NOT_REVIEWED)


def why_not(
    review: DisclosureReview, piece: Deliverable, actor: User, at: datetime
) -> tuple[str, User | None]:
    """Why somebody may not decide about it (empty: they may), and in whose stead they would."""
    brand = piece.engagement.campaign.brand
    plan = gates.plan_of(piece.engagement.campaign)
    today = at.astimezone(ZoneInfo(brand.timezone)).date()
    refusal, instead_of = gates.stead(actor, brand, Gate.LEGAL, plan.keeper_of(Gate.LEGAL), today)
    if not refusal and review.requested_by_id == actor.pk:
        refusal = _requester(review)
    if not refusal and review.state == ReviewState.SECOND:
        first = review.decisions.filter(is_second=False).first()
        if first is not None and first.by_id == actor.pk:
            refusal = "You decided first: somebody else looks at it now."
    return refusal, instead_of


def refuse_requester(review: DisclosureReview, actor: User) -> None:
    """Who handed it in does not review it, in nobody's stead either. Raises CampaignRefused."""
    if review.requested_by_id == actor.pk:
        raise CampaignRefused(_requester(review), code="own_request")


def refuse_unless_open(review: DisclosureReview) -> None:
    """Raise CampaignOutdated where it does not wait for anybody any more."""
    if review.state == ReviewState.DECIDED:
        last = review.decisions.select_related("by").order_by("-at", "-pk").first()
        who = last.by.display_name if last and last.by else "Somebody"
        verdict = DisclosureVerdict(review.verdict).label.lower()
        raise CampaignOutdated(
            f"{who} decided already: {verdict}. Nothing of yours was written down."
        )
    if not review.is_open:
        raise CampaignOutdated(
            "This review has ended meanwhile: the draft was sent back, taken back or changed, or "
            "the piece is not published any more."
        )


def reason_needed(finding: DisclosureFinding, verdict: DisclosureVerdict | str) -> str:
    """Why this verdict takes a reason; empty: it takes none."""
    if finding.result is None:
        return f"The rules could not be asked: {finding.problem} Say what your verdict stands on."
    if verdict != finding.verdict:
        said = DisclosureVerdict(finding.verdict).label.lower()
        return f"The rules say “{said}”: say why you decide otherwise."
    if verdict == DisclosureVerdict.UNCLEAR:
        return "Say what is unclear, and who could clear it."
    if verdict in CLEAR and finding.result["sensitive"]:
        return "This is a sensitive piece, which is never cleared unseen: say what you looked at."
    return ""


def refuse_while_open(finding: DisclosureFinding, verdict: DisclosureVerdict | str) -> None:
    """Unknown never is sufficient, and a hard stop is never cleared. Raises CampaignRefused."""
    if verdict not in CLEAR:
        return
    stops = findings.hard_stops(finding)
    if stops:
        raise CampaignRefused(
            f"This stops the piece whatever its label says: {stops[0]['reason']} Answer "
            f"“{stops[0]['question']}” first, where that is wrong.",
            code="hard_stop",
            field="verdict",
        )
    if verdict == DisclosureVerdict.NOT_REQUIRED:
        return
    if finding.verdict == DisclosureVerdict.NOT_REVIEWED:
        raise CampaignRefused(
            "Nothing of the piece was captured: add evidence before you find it sufficient.",
            code="no_evidence",
            field="verdict",
        )
    left = findings.open_items(finding)
    if left:
        more = f" ({len(left)} are open)" if len(left) > 1 else ""
        raise CampaignRefused(
            f"Nobody knows yet{more}: “{left[0]['question']}” {left[0]['reason']} Answer it first.",
            code="checklist_open",
            field="verdict",
        )


def _requester(review: DisclosureReview) -> str:
    did = "handed this draft in" if review.stage == ReviewStage.DRAFT else "wrote down this post"
    return f"You {did}: somebody else reviews it."
