"""What a person finds about one item of the checklist, in place of what the rules could see."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import Gate, ItemResult
from campaigns.models import DisclosureAnswer, DisclosureReview, Evidence
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor, words_of
from campaigns.services.disclosures import finding
from campaigns.services.disclosures.asking import refuse_requester, refuse_unless_open
from campaigns.services.disclosures.record import held, log
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from crm.models import Brand, User

NOTE_MAX = 1_000


@transaction.atomic
def answer(
    *,
    review_id: int,
    brand: Brand,
    key: str,
    result: ItemResult | str,
    note: str = "",
    evidence_id: int | None = None,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> DisclosureReview:
    """Answer an item; the rules are asked again with it. The same answer again changes nothing.

    Whoever contradicts what the rules saw says why. Raises DisclosureReview.DoesNotExist,
    CampaignRefused.
    """
    review, piece = held(review_id, brand, expected_version)
    refuse_unless_open(review)
    refusal, _instead_of = gates.stead(actor, brand, Gate.LEGAL, None, at.date())
    if refusal:
        raise CampaignRefused(refusal, code="not_yours")
    refuse_requester(review, actor)
    if result not in ItemResult.values:
        raise CampaignRefused("There is no such answer.", field="result")
    result = ItemResult(result)
    item = finding.items(finding.refresh(review, piece, at)).get(key)
    if item is None:
        raise CampaignOutdated("The checklist has changed since you looked: look at it again.")
    note = words_of(note, "note", NOTE_MAX)
    seen = item["engine"] or item["result"]
    if not note and seen not in {ItemResult.UNKNOWN.value, result.value}:
        raise ReasonNeeded(
            f"The rules say “{ItemResult(seen).label.lower()}” here: {item['reason']} Say what "
            "you see."
        )
    shot = None
    if evidence_id is not None:
        shot = Evidence.objects.filter(pk=evidence_id, deliverable=piece).first()
        if shot is None:
            raise CampaignRefused("This evidence is of another piece.", field="evidence")
    last = review.answers.filter(key=key).order_by("-at", "-pk").first()
    if last is not None and (last.result, last.note, last.evidence_id) == (
        result,
        note,
        shot.pk if shot else None,
    ):
        return review
    made = DisclosureAnswer.objects.create(
        review=review, key=key, result=result, note=note, evidence=shot, by=actor, at=at
    )
    found = finding.refresh(review, piece, at)
    log(
        review,
        "answered",
        Actor(actor),
        at,
        answer=made.pk,
        item=key,
        result=result.value,
        finding=found.digest,
    )
    return review
