"""Reviews of disclosures: opened, asked, answered, decided; by whom, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import DisclosureVerdict as V
from campaigns.choices import GateOutcome, ReviewState
from campaigns.models import (
    DisclosureAnswer,
    DisclosureDecision,
    DisclosureFinding,
    DisclosureReview,
    Evidence,
)
from campaigns.services.deliverables import planning, submitting
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.settings import delegate, set_plan
from campaigns.services.disclosures.again import open_again
from campaigns.services.disclosures.answers import answer
from campaigns.services.disclosures.deciding import FindingChanged
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import AuditEntry, Notification
from tests.campaigns.deliverables.worlds import active, hand_in, say
from tests.campaigns.disclosures.worlds import (
    LABELLED,
    at_legal,
    judge,
    review_of,
    second_legal,
    settle,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return active(brand, manager)


def everything():
    """All that a refused decision must not change."""
    return (
        list(DisclosureReview.objects.order_by("pk").values()),
        DisclosureFinding.objects.count(),
        DisclosureAnswer.objects.count(),
        DisclosureDecision.objects.count(),
        AuditEntry.objects.count(),
        Notification.objects.count(),
    )


def test_legals_turn_opens_a_review_with_what_was_handed_in(brand, manager, campaign):
    piece = at_legal(campaign, manager)
    review, shot = review_of(piece), Evidence.objects.get()
    turn = piece.drafts.get().turns.get(gate="legal")
    assert (review.stage, review.state, review.due_at) == ("draft", "waiting", turn.due_at)
    assert (review.requested_by, review.opening) == (manager, 1)
    assert (shot.text, shot.source, shot.draft) == (LABELLED, "draft", piece.drafts.get())
    found = review.finding
    assert (found.evidence, found.case["text"], found.problem) == (shot, LABELLED, "")
    assert list(found.packs["jurisdictions"]) == ["DK"]
    assert found.case["captured"] == {"text": shot.pk}
    opened = AuditEntry.objects.get(verb="campaigns.disclosure.opened")
    assert (opened.data["evidence"], opened.data["finding"]) == (shot.digest, found.digest)


def test_what_was_captured_and_found_never_changes(brand, manager, campaign):
    at_legal(campaign, manager)
    for rows, values in (
        (Evidence.objects.all(), {"text": "Other"}),
        (DisclosureFinding.objects.all(), {"verdict": V.SUFFICIENT}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


def test_unknown_never_is_sufficient(brand, manager, legal, campaign):
    review = review_of(at_legal(campaign, manager))
    before = everything()
    with pytest.raises(CampaignRefused, match="Answer it first") as refused:
        judge(review, legal, reason="Looks fine.")
    assert (refused.value.code, refused.value.field) == ("checklist_open", "verdict")
    assert everything() == before
    review = settle(review, legal)
    assert review.finding.verdict == "sufficient"
    judge(review, legal, gate=GateOutcome.APPROVED)
    review.refresh_from_db()
    assert (review.state, review.verdict, review.decided_at) == ("decided", "sufficient", NOW)
    decision = review.decisions.get()
    assert (decision.finding, decision.by, decision.reason) == (review.finding, legal, "")
    review.deliverable.refresh_from_db()
    assert review.deliverable.state == "approved"
    verbs = list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))[-2:]
    assert verbs == ["campaigns.deliverable.approve", "campaigns.disclosure.decided"]


def test_the_gate_says_no_until_somebody_has_decided(brand, manager, legal, campaign):
    from campaigns.services.deliverables.deciding import Said, decide  # noqa: PLC0415

    piece = at_legal(campaign, manager)
    turn = piece.drafts.get().turns.get(gate="legal")
    said = {"turn_id": turn.pk, "brand": brand, "actor": legal, "at": NOW}
    before = everything()
    with pytest.raises(CampaignRefused, match="Decide about the disclosure first") as refused:
        decide(**said, said=Said(GateOutcome.APPROVED))
    assert refused.value.code == "disclosure_open"
    assert everything() == before
    judge(review_of(piece), legal, V.INSUFFICIENT, "The label comes late.")
    with pytest.raises(CampaignRefused, match="found insufficient: say why"):
        decide(**said, said=Said(GateOutcome.APPROVED))
    decide(**said, said=Said(GateOutcome.APPROVED, "The client takes it on."))
    piece.refresh_from_db()
    assert piece.state == "approved"


def test_a_draft_that_needs_work_drops_its_review(brand, manager, legal, campaign):
    piece = at_legal(campaign, manager)
    say(piece, legal, GateOutcome.NEEDS_WORK)
    assert review_of(piece).state == "dropped"
    with pytest.raises(CampaignOutdated, match="has ended meanwhile"):
        judge(review_of(piece), legal, V.MISSING, "None.")


def test_a_verdict_may_send_the_draft_back(brand, manager, legal, campaign):
    piece = at_legal(campaign, manager, "Ny creme!")
    review = review_of(piece)
    judge(
        review,
        legal,
        V.MISSING,
        "No label.",
        gate=GateOutcome.NEEDS_WORK,
        gate_reason="Begin with “Reklame”.",
    )
    piece.refresh_from_db()
    review.refresh_from_db()
    assert (piece.state, review.state, review.verdict) == ("needs_work", "decided", "missing")
    hand_in(piece, manager, "Reklame. Ny creme!")
    say(piece, manager)
    again = review_of(piece)
    assert (again.draft.number, again.state) == (2, "waiting")


@pytest.mark.parametrize("how", ["withdrawn", "called off", "edited"])
def test_what_comes_to_nothing_is_dropped(brand, manager, campaign, how):
    piece = at_legal(campaign, manager)
    said = {"deliverable_id": piece.pk, "brand": brand, "actor": Actor(manager), "at": NOW}
    if how == "withdrawn":
        submitting.withdraw(**said)
    elif how == "called off":
        planning.cancel(**said, reason="No stock.", expected_version=None)
    else:
        planning.edit(**said, changes={"form": "story"}, expected_version=None)
    assert [one.state for one in DisclosureReview.objects.all()] == ["dropped"]


def test_an_edit_after_the_approval_asks_legal_again(brand, manager, legal, campaign):
    piece = at_legal(campaign, manager)
    judge(settle(review_of(piece), legal), legal, gate=GateOutcome.APPROVED)
    planning.edit(
        deliverable_id=piece.pk,
        brand=brand,
        changes={"form": "story"},
        actor=Actor(manager),
        at=NOW,
        expected_version=None,
    )
    say(piece, manager)
    first, again = DisclosureReview.objects.order_by("pk")
    assert (first.state, again.state, again.opening) == ("decided", "waiting", 2)
    # The snapshot of the version is the same, the answers are not taken over.
    assert Evidence.objects.count() == 1
    assert not again.answers.exists()


def test_a_verdict_that_is_not_plain_takes_a_reason(brand, manager, legal, campaign):
    review = review_of(at_legal(campaign, manager))
    assert review.finding.verdict == "unclear"
    before = everything()
    for verdict, words in (
        (V.NOT_REQUIRED, "The rules say “unclear”"),
        (V.UNCLEAR, "Say what is unclear"),
    ):
        with pytest.raises(CampaignRefused, match=words) as refused:
            judge(review, legal, verdict)
        assert (refused.value.code, refused.value.field) == ("reason_needed", "reason")
    with pytest.raises(CampaignRefused, match="Choose a verdict"):
        judge(review, legal, V.NOT_REVIEWED, "Later.")
    assert everything() == before


def test_without_a_jurisdiction_the_rules_cannot_be_asked(brand, manager, legal):
    campaign = active(brand, manager)
    campaign.jurisdictions = []
    campaign.save()
    review = review_of(at_legal(campaign, manager))
    assert (review.finding.result, review.finding.verdict) == (None, "unclear")
    assert "Name at least one jurisdiction" in review.finding.problem
    with pytest.raises(CampaignRefused, match="could not be asked"):
        judge(review, legal, V.SUFFICIENT)
    judge(review, legal, V.SUFFICIENT, "Only shown in our shop.")
    assert review_of(review.deliverable).verdict == "sufficient"


def test_who_handed_it_in_never_reviews_it(brand, manager, legal, admin_user, campaign):
    piece = at_legal(campaign, admin_user)
    review = review_of(piece)
    assert review.requested_by == admin_user
    set_plan(
        campaign_id=campaign.pk,
        brand=brand,
        values={"gates": ["manager", "legal"], "legal_keeper": legal},
        actor=manager,
        at=NOW,
        expected_version=None,
    )
    delegate(
        brand=brand,
        gate="legal",
        giver=legal,
        receiver=admin_user,
        starts_on=NOW.date(),
        ends_on=NOW.date() + timedelta(days=5),
        at=NOW,
    )
    before = everything()
    with pytest.raises(CampaignRefused, match="You handed this draft in"):
        judge(review, admin_user, V.MISSING, "None.")
    with pytest.raises(CampaignRefused, match="You handed this draft in") as refused:
        say_item(review, admin_user)
    assert refused.value.code == "own_request"
    with pytest.raises(CampaignRefused, match="is decided by a legal or admin; you are creator"):
        judge(review, manager, V.MISSING, "None.")
    assert everything() == before
    other = second_legal(brand)
    with pytest.raises(CampaignRefused, match="They can hand it over"):
        judge(review, other, V.MISSING, "None.")
    judge(review, legal, V.MISSING, "None.")


def say_item(review, actor, key="DK.label", result="pass", note="", **said):
    return answer(
        review_id=review.pk,
        brand=review.brand,
        key=key,
        result=result,
        note=note,
        actor=actor,
        at=NOW,
        **said,
    )


def test_who_contradicts_the_rules_says_why(brand, manager, legal, campaign):
    review = review_of(at_legal(campaign, manager, "Ny creme!"))
    before = everything()
    with pytest.raises(CampaignRefused, match="The rules say “fail” here") as refused:
        say_item(review, legal)
    assert refused.value.code == "reason_needed"
    with pytest.raises(CampaignOutdated, match="checklist has changed"):
        say_item(review, legal, key="SE.label")
    assert everything() == before
    say_item(review, legal, note="On the picture.")
    review.refresh_from_db()
    [item] = [
        one
        for one in review.finding.result["per_jurisdiction"][0]["items"]
        if one["key"] == "DK.label"
    ]
    assert (item["result"], item["engine"], item["decided_by"]) == ("pass", "fail", "person")
    after = everything()
    say_item(review, legal, note="On the picture.")
    assert everything() == after


def test_what_changed_since_is_looked_at_first(brand, manager, legal, campaign):
    review = settle(review_of(at_legal(campaign, manager)), legal)
    version = review.version
    say_item(review, legal, result="fail", note="It is hidden.")
    with pytest.raises(CampaignOutdated, match="was changed since you looked"):
        judge(review, legal, version=version)
    # A jurisdiction more, of which nobody told the review: the rules say more than was seen.
    campaign.jurisdictions = ["DK", "DE"]
    campaign.save()
    seen = review_of(review.deliverable).finding
    with pytest.raises(FindingChanged, match="something else than what you saw"):
        judge(review, legal, V.INSUFFICIENT, "Hidden.")
    review = review_of(review.deliverable)
    assert review.finding != seen
    assert len(review.finding.result["per_jurisdiction"]) == 2
    assert not review.decisions.exists()
    judge(review, legal, V.INSUFFICIENT, "Hidden.")


def high(review):
    DisclosureReview.objects.filter(pk=review.pk).update(needs_second=True)
    review.refresh_from_db()
    return review


def test_high_risk_takes_two_people(brand, manager, legal, campaign):
    other = second_legal(brand)
    review = high(review_of(at_legal(campaign, manager)))
    judge(review, legal, V.NOT_REQUIRED, "Nothing was given.", gate=GateOutcome.APPROVED)
    review.refresh_from_db()
    assert (review.state, review.verdict, review.decided_at) == (ReviewState.SECOND, "", None)
    review.deliverable.refresh_from_db()
    assert review.deliverable.state == "in_review"
    assert Notification.objects.filter(user=other, text__contains="a second reviewer").count() == 1
    with pytest.raises(CampaignRefused, match="You decided first"):
        judge(review, legal, V.NOT_REQUIRED, "Again.")
    judge(review, other, V.NOT_REQUIRED, "I agree.", gate=GateOutcome.APPROVED)
    review.refresh_from_db()
    assert (review.state, review.verdict) == ("decided", "not_required")
    review.deliverable.refresh_from_db()
    assert review.deliverable.state == "approved"
    assert list(review.decisions.values_list("by", "is_second")) == [
        (legal.pk, False),
        (other.pk, True),
    ]


def test_where_two_differ_the_stricter_counts(brand, manager, legal, admin_user, campaign):
    other = second_legal(brand)
    review = high(review_of(at_legal(campaign, manager)))
    judge(review, legal, V.MISSING, "I see none.")
    judge(review, other, V.NOT_REQUIRED, "Nothing was given.")
    review.refresh_from_db()
    assert review.verdict == "missing"
    assert list(review.decisions.values_list("verdict", flat=True)) == ["missing", "not_required"]
    assert Notification.objects.filter(user=admin_user, text__contains="reviewers differ").exists()


def test_a_review_of_another_brand_is_not_there(other_brand, manager, legal, outsider, campaign):
    review = review_of(at_legal(campaign, manager))
    with pytest.raises(DisclosureReview.DoesNotExist):
        answer(
            review_id=review.pk,
            brand=other_brand,
            key="DK.label",
            result="pass",
            actor=outsider,
            at=NOW,
        )
    assert not DisclosureReview.objects.visible_to(outsider).exists()
    assert DisclosureReview.objects.visible_to(legal).count() == 1


def reopen(review, actor, why="The client called."):
    return open_again(review_id=review.pk, brand=review.brand, why=why, actor=actor, at=NOW)


def test_a_decision_is_opened_again_and_stays_as_it_was(
    brand, manager, legal, legal_client, campaign
):
    piece = at_legal(campaign, manager)
    review = review_of(piece)
    before = everything()
    with pytest.raises(CampaignRefused, match="Nothing of it is decided yet"):
        reopen(review, legal)
    assert everything() == before
    judge(review, legal, V.NOT_REQUIRED, "Nothing was given.")
    before = everything()
    with pytest.raises(CampaignRefused, match="Say why"):
        reopen(review, legal, " ")
    with pytest.raises(CampaignRefused, match="is decided by"):
        reopen(review, manager)
    assert everything() == before
    # The gate still waits: the same version is looked at once more.
    path = f"/acme/legal/evidence/of/{review.pk}/again/"
    assert legal_client.post(path, {"reason": "They were paid."}).status_code == 302
    again = review_of(piece)
    assert (again.state, again.opening, again.pk != review.pk) == ("waiting", 1, True)
    with pytest.raises(CampaignOutdated, match="a newer review"):
        reopen(review, legal)
    judge(again, legal, V.NOT_REQUIRED, "Nothing.", gate=GateOutcome.APPROVED)
    # Past the gate: all gates are asked again.
    assert reopen(again, legal) is None
    piece.refresh_from_db()
    assert piece.state == "in_review"
    assert piece.drafts.get().turns.waiting().get().gate == "manager"
    assert [one.verdict for one in DisclosureDecision.objects.all()] == ["not_required"] * 2
    assert AuditEntry.objects.filter(verb="campaigns.disclosure.reopened").count() == 2
