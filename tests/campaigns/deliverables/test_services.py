"""Rounds, fast lane, deputies, reopening, reminders, anchors, what the database keeps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.choices import CheckAnswer, ClaimStatus, Gate, GateOutcome
from campaigns.choices import DeliverableState as S
from campaigns.models import Claim, Deliverable, Draft, GateTurn, Opinion
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.services.deliverables import gates, planning, submitting
from campaigns.services.deliverables.anchors import Place, anchored
from campaigns.services.deliverables.deciding import Said, decide
from campaigns.services.deliverables.rechecking import recheck
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.reminding import remind
from campaigns.services.deliverables.settings import delegate, set_plan, set_week
from campaigns.services.refusals import CampaignRefused
from crm.models import Notification
from tests.campaigns.deliverables.worlds import (
    active,
    clear,
    hand_in,
    piece_at,
    piece_in,
    say,
    turn_of,
)
from tests.factories import NOW, UserFactory, UserRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return active(brand, manager)


def test_more_drafts_than_agreed_take_a_reason(brand, manager, campaign):
    piece = piece_in(campaign, manager, rounds=1)
    hand_in(piece, manager)
    say(piece, manager, GateOutcome.NEEDS_WORK)
    with pytest.raises(CampaignRefused, match="This is draft 2; 1 are agreed") as refused:
        hand_in(piece, manager)
    assert (refused.value.code, refused.value.field) == ("reason_needed", "round_reason")
    assert Draft.objects.count() == 1
    assert hand_in(piece, manager, round_reason="The product changed.").number == 2


def test_what_was_handed_in_and_decided_stays(brand, manager, legal, campaign):
    piece = piece_at(S.APPROVED, campaign, manager, legal)
    draft, turn = piece.drafts.get(), GateTurn.objects.first()
    for rows, values in (
        (Draft.objects.filter(pk=draft.pk), {"text": "Other"}),
        (Draft.objects.filter(pk=draft.pk), {"note": "Other"}),
        (GateTurn.objects.filter(pk=turn.pk), {"outcome": "needs_work", "reason": "No"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.files.create(brand=brand, name="a", content_type="image/png", size=1, sha256="a" * 64)


def test_the_fast_lane_leaves_gates_out_but_not_where_legal_sees_everything(
    brand, manager, legal, campaign
):
    piece = piece_in(campaign, manager)
    said = {"deliverable_id": piece.pk, "brand": brand, "actor": Actor(manager), "at": NOW}
    with pytest.raises(CampaignRefused, match="Say why there is no time"):
        planning.shorten(**said, left=["manager"], reason="", expected_version=None)
    planning.shorten(**said, left=["manager"], reason="Goal!", expected_version=None)
    hand_in(piece, manager)
    assert say(piece, manager).state == "approved"
    set_week(brand=brand, values={"is_legal_always": True}, actor=legal, at=NOW)
    other = piece_in(campaign, manager)
    planning.shorten(
        **said | {"deliverable_id": other.pk},
        left=["manager"],
        reason="Goal!",
        expected_version=None,
    )
    hand_in(other, manager)
    assert say(other, manager).state == "in_review"
    assert turn_of(other).gate == "legal"


def test_a_named_keeper_decides_or_their_deputy(brand, manager, legal, admin_user, campaign):
    other = UserFactory(email="second@acme.example")
    UserRoleFactory(user=other, brand=brand, role="legal")
    set_plan(
        campaign_id=campaign.pk,
        brand=brand,
        values={"gates": ["legal"], "legal_keeper": legal},
        actor=manager,
        at=NOW,
        expected_version=None,
    )
    piece = piece_in(campaign, manager)
    hand_in(piece, manager)
    with pytest.raises(CampaignRefused, match="They can hand it over to you") as refused:
        say(piece, other)
    assert refused.value.code == "not_yours"
    delegate(
        brand=brand,
        gate=Gate.LEGAL,
        giver=legal,
        receiver=other,
        starts_on=NOW.date(),
        ends_on=NOW.date() + timedelta(days=5),
        at=NOW,
    )
    with pytest.raises(CampaignRefused, match="They can hand it over"):
        say(piece, other, at=NOW + timedelta(days=6))
    say(piece, other)
    turn = GateTurn.objects.get()
    assert (turn.decided_by, turn.on_behalf_of) == (other, legal)
    with pytest.raises(CampaignRefused, match="has no role that decides"):
        delegate(
            brand=brand,
            gate=Gate.LEGAL,
            giver=legal,
            receiver=manager,
            starts_on=date(2027, 1, 1),
            ends_on=date(2027, 1, 2),
            at=NOW,
        )


def test_every_line_is_answered_before_a_yes(brand, manager, legal, campaign):
    Claim.objects.create(
        brand=brand, text="heals acne", status=ClaimStatus.FORBIDDEN, reason="A medical claim"
    )
    piece = piece_in(campaign, manager)
    hand_in(piece, manager, "It heals acne. #ad")
    say(piece, manager)
    turn = turn_of(piece)
    [line] = checklist_of(piece, turn.draft, Gate.LEGAL, NOW)
    assert (line.is_problem, line.question) == (
        True,
        "“heals acne” must not be said: A medical claim.",
    )
    clear(turn, legal)
    said = {"turn_id": turn.pk, "brand": brand, "actor": legal, "at": NOW}
    with pytest.raises(CampaignRefused, match="Answer every line") as refused:
        decide(**said, said=Said(GateOutcome.APPROVED))
    assert refused.value.code == "checklist_open"
    wrong = {line.key: (CheckAnswer.NO, "")}
    with pytest.raises(CampaignRefused, match="say why it is approved all the same"):
        decide(**said, said=Said(GateOutcome.APPROVED, answers=wrong))
    assert not turn.checklist.exists()
    decide(**said, said=Said(GateOutcome.APPROVED, reason="A quote.", answers=wrong))
    assert list(turn.checklist.values_list("key", "answer")) == [(line.key, "no")]
    # It was asked about: nothing is opened again.
    assert recheck(brand=brand, at=NOW) == 0


def test_what_changes_after_approval_opens_the_review_again(brand, manager, legal, campaign):
    piece = piece_at(S.APPROVED, campaign, manager, legal)
    assert recheck(brand=brand, at=NOW) == 0
    Claim.objects.create(
        brand=brand, text="my morning", status=ClaimStatus.FORBIDDEN, reason="Not ours to say."
    )
    assert recheck(brand=brand, at=NOW) == 1
    assert recheck(brand=brand, at=NOW) == 0
    piece.refresh_from_db()
    draft = piece.drafts.get()
    assert (piece.state, draft.state, draft.opening) == ("in_review", "in_review", 2)
    assert "must not be said" in piece.events.order_by("-pk").first().note
    assert Notification.objects.filter(user=legal, text__contains="was opened again").count() == 1
    say(piece, manager)
    assert say(piece, legal).state == "approved"
    # Another platform: approved for something else.
    planning.edit(
        deliverable_id=piece.pk,
        brand=brand,
        changes={"platform": "tiktok"},
        actor=Actor(manager),
        at=NOW,
        expected_version=None,
    )
    draft.refresh_from_db()
    assert (draft.opening, draft.basis["platform"]) == (3, "tiktok")
    # A new version after all of that; taken back, the old approval does not stand for TikTok.
    say(piece, manager)
    assert say(piece, legal).state == "approved"
    hand_in(piece, manager, "Version two")
    again = Notification.objects.filter(text__contains="came after its approval")
    assert [one.user for one in again] == [legal]
    back = submitting.withdraw(deliverable_id=piece.pk, brand=brand, actor=Actor(manager), at=NOW)
    assert back.state == "approved"


def test_people_are_reminded_once_and_told_when_it_is_late(brand, manager, legal, campaign):
    piece = piece_in(campaign, manager)
    hand_in(piece, manager)
    say(piece, manager)
    turn = turn_of(piece)
    assert turn.due_at == gates.hours.due_at(NOW, 16, gates.week_of(brand))
    assert remind(at=NOW) == 0
    assert remind(at=turn.due_at - timedelta(hours=1)) == 1
    assert remind(at=turn.due_at - timedelta(hours=1)) == 0
    assert remind(at=turn.due_at + timedelta(hours=3)) == 1
    assert remind(at=turn.due_at + timedelta(hours=4)) == 0
    late = Notification.objects.filter(key=f"gate-late:{turn.pk}")
    assert {one.user for one in late} == {legal, manager}


def test_an_opinion_is_only_for_its_piece_and_only_while_it_is_read(
    brand, manager, legal, campaign
):
    from campaigns.services.deliverables.deciding import give_opinion  # noqa: PLC0415
    from campaigns.services.guests import make_link  # noqa: PLC0415

    piece = piece_at(S.APPROVED, campaign, manager, legal)
    other = piece_at(S.IN_REVIEW, campaign, manager, legal)
    now = timezone.now()
    link = make_link(target=piece, name="Dr. Vang", actor=manager, at=now)
    for draft in (other.drafts.get(), piece.drafts.get()):
        with pytest.raises(CampaignRefused):
            give_opinion(draft=draft, link=link, outcome=GateOutcome.APPROVED, reason="", at=now)
    assert not Opinion.objects.exists()
    assert Deliverable.objects.get(pk=piece.pk).state == "approved"


@pytest.mark.parametrize(
    ("new", "place"),
    [
        ("I drink water each day.", Place(8, 13)),
        ("Each morning I drink water each day.", Place(21, 26)),
        # Twice: the one with the same words around it.
        ("Water? water! I drink water each day.", Place(22, 27)),
        ("I drink tea.", None),
    ],
)
def test_a_remark_stands_where_its_words_stand(new, place):
    assert anchored("I drink water each day.", new, Place(8, 13)) == place
