"""Where a mistake costs much, somebody else says yes before a first mail or offer (F168)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from crm.choices import MailPurpose, PitchDepth, PitchStatus, Role
from crm.models import AuditEntry, Notification, PitchApproval, UserRole
from crm.outreach.guard import may_send
from crm.outreach.parts import CAUTIONS, OBJECTIONS, Care, Caution, Objection
from crm.outreach.pitches import missing_of
from crm.permissions import Can, may
from crm.registry import Registry
from crm.services.outreach.pitching import DECIDING, HOLDS, PitchRefused, ask, decide
from tests.crm.outreach.worlds import MONDAY, known_creator, mailbox_of, policy_of
from tests.people import logged_in
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = "She wrote about our prototype"


@pytest.fixture
def maya(brand):
    return known_creator(brand)


@pytest.fixture
def careful(monkeypatch):
    """What upper apps say of everybody; tests change the depth."""
    said = {"depth": PitchDepth.STRATEGIST}

    def of(_brand, creators, _at):
        return {pk: Care(said["depth"], "Innovator") for pk in creators} if said["depth"] else {}

    parts: Registry[Caution] = Registry()
    parts.add("test", Caution("test", of))
    monkeypatch.setattr("crm.outreach.pitches.CAUTIONS", parts)
    return said


def test_who_answers_is_who_the_capabilities_say():
    for roles in DECIDING.values():
        assert all(may(role, Can.MANAGE_OUTREACH) for role in roles)
    assert DECIDING[PitchDepth.STRATEGIST] < DECIDING[PitchDepth.COLLEAGUE]
    assert {part.code for part in CAUTIONS} == {"mistake_cost"}


def test_a_first_mail_waits_for_a_yes_and_a_reply_does_not(
    maya, brand, manager, strategist, careful, settings
):
    settings.RAPPORT_URL = "https://crm.example.com"
    policy_of(brand)
    mailbox = mailbox_of(brand)

    def codes(purpose=MailPurpose.FIRST, at=MONDAY):
        verdict = may_send(
            relationship=maya, mailbox=mailbox, to="maya@example.com", purpose=purpose, at=at
        )
        return [reason.code for reason in verdict.reasons]

    assert codes() == ["needs_approval"]
    assert codes(MailPurpose.REPLY) == codes(MailPurpose.FOLLOW_UP) == []
    assert "a strategist or an admin has to say yes" in missing_of(maya, MONDAY)
    asked = ask(relationship=maya, reason=f" {WHY}\n", actor=manager, at=MONDAY)
    assert (asked.depth, asked.segment, asked.reason) == ("strategist", "Innovator", WHY)
    assert Notification.objects.get().user == strategist
    assert codes() == ["needs_approval"]
    for actor, code in ((manager, "not_yours"), (strategist, None)):
        if code:
            with pytest.raises(PitchRefused, match="A strategist or an admin answers") as refusal:
                decide(
                    approval_id=asked.pk, brand=brand, is_yes=True, note="", actor=actor, at=MONDAY
                )
            assert refusal.value.code == code
        else:
            decide(approval_id=asked.pk, brand=brand, is_yes=True, note="", actor=actor, at=MONDAY)
    assert codes() == []
    assert codes(at=MONDAY + HOLDS + 2 * DAY) == ["needs_approval"]
    verbs = AuditEntry.objects.filter(verb__startswith="crm.pitch").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["crm.pitch.asked", "crm.pitch.approved"]
    # Where nobody says that a mistake costs much, nothing is asked.
    careful["depth"] = None
    assert codes(at=MONDAY + HOLDS + 2 * DAY) == []


def test_a_yes_of_a_colleague_is_not_deep_enough_for_a_strategists(
    maya, brand, manager, strategist, careful
):
    careful["depth"] = PitchDepth.COLLEAGUE
    asked = ask(relationship=maya, reason=WHY, actor=strategist, at=MONDAY)
    decide(approval_id=asked.pk, brand=brand, is_yes=True, note="Fine", actor=manager, at=MONDAY)
    assert missing_of(maya, MONDAY) == ""
    careful["depth"] = PitchDepth.STRATEGIST
    assert "has to say yes" in missing_of(maya, MONDAY)
    deeper = ask(relationship=maya, reason=WHY, actor=manager, at=MONDAY + DAY)
    decide(
        approval_id=deeper.pk, brand=brand, is_yes=True, note="", actor=strategist, at=MONDAY + DAY
    )
    careful["depth"] = PitchDepth.COLLEAGUE
    assert missing_of(maya, MONDAY + DAY) == ""


def test_a_yes_is_as_deep_as_it_has_to_be_when_it_is_given(
    maya, brand, manager, strategist, careful, monkeypatch
):
    careful["depth"] = PitchDepth.COLLEAGUE
    asked = ask(relationship=maya, reason=WHY, actor=strategist, at=MONDAY)
    answer = {"approval_id": asked.pk, "brand": brand, "note": "", "at": MONDAY}
    careful["depth"] = PitchDepth.STRATEGIST
    with pytest.raises(PitchRefused, match="A strategist or an admin answers"):
        decide(**answer, is_yes=True, actor=manager)
    parts: Registry[Objection] = Registry()
    parts.add("no", Objection("no", lambda _brand, ids, _at: dict.fromkeys(ids, "Do not.")))
    with monkeypatch.context() as patched:
        patched.setattr("crm.services.outreach.pitching.OBJECTIONS", parts)
        with pytest.raises(PitchRefused, match=r"no yes changes that\. Do not\."):
            decide(**answer, is_yes=True, actor=strategist)
    assert PitchApproval.objects.get().depth == PitchDepth.COLLEAGUE
    # Nobody else of the brand could.
    decide(**answer, is_yes=True, actor=strategist)
    assert PitchApproval.objects.get().depth == PitchDepth.STRATEGIST
    assert missing_of(maya, MONDAY) == ""


def test_who_asks_does_not_answer_unless_nobody_else_could(
    maya, brand, strategist, manager, careful
):
    asked = ask(relationship=maya, reason=WHY, actor=strategist, at=MONDAY)
    answer = {"approval_id": asked.pk, "brand": brand, "note": "", "actor": strategist}
    roles = UserRole.objects.filter(user=manager, brand=brand)
    roles.update(role=Role.ADMIN)
    with pytest.raises(PitchRefused, match="somebody else answers"):
        decide(**answer, is_yes=True, at=MONDAY)
    roles.update(role=Role.MANAGER)
    with pytest.raises(PitchRefused, match="Say why not") as refusal:
        decide(**answer, is_yes=False, at=MONDAY)
    assert refusal.value.field == "note"
    assert PitchApproval.objects.get().status == PitchStatus.WAITING
    decide(**answer, is_yes=True, at=MONDAY)
    assert AuditEntry.objects.get(verb="crm.pitch.approved").data["own"] is True
    with pytest.raises(PitchRefused, match="answered already"):
        decide(**answer, is_yes=True, at=MONDAY)


def test_nobody_is_asked_twice_or_in_vain(maya, manager, strategist, careful, monkeypatch):
    with pytest.raises(PitchRefused, match="Say why you want") as refusal:
        ask(relationship=maya, reason=" ", actor=manager, at=MONDAY)
    assert refusal.value.field == "reason"
    ask(relationship=maya, reason=WHY, actor=manager, at=MONDAY)
    with pytest.raises(PitchRefused, match="asked already") as refusal:
        ask(relationship=maya, reason=WHY, actor=strategist, at=MONDAY)
    assert refusal.value.code == "already_open"
    careful["depth"] = None
    with pytest.raises(PitchRefused, match="Nobody has to be asked"):
        ask(relationship=maya, reason=WHY, actor=manager, at=MONDAY)
    parts: Registry[Objection] = Registry()
    parts.add("no", Objection("no", lambda _brand, ids, _at: dict.fromkeys(ids, "Do not.")))
    monkeypatch.setattr("crm.services.outreach.pitching.OBJECTIONS", parts)
    with pytest.raises(PitchRefused, match=r"no yes changes that\. Do not\."):
        ask(relationship=maya, reason=WHY, actor=manager, at=MONDAY)
    assert PitchApproval.objects.count() == 1
    assert len(list(OBJECTIONS)) == 1


def test_on_the_pages(maya, brand, manager, strategist, careful, django_assert_max_num_queries):
    theirs, strategists = logged_in(manager), logged_in(strategist)
    panel = reverse("crm:creator_pitch", args=[brand.slug, maya.creator.uid])
    assert "A first mail or offer needs a yes" in theirs.get(panel).content.decode()
    theirs.post(panel, {"reason": WHY})
    waits = PitchApproval.objects.get()
    assert "See what waits" in theirs.get(panel).content.decode()
    page = reverse("crm:pitches", args=[brand.slug])
    assert "A strategist or an admin answers this." in theirs.get(page).content.decode()
    with django_assert_max_num_queries(25):
        shown = strategists.get(page).content.decode()
    assert WHY in shown
    assert "Maya Lindholm may be pitched" in shown
    day = strategists.get(reverse("crm:day", args=[brand.slug])).content.decode()
    assert "May Maya Lindholm be pitched?" in day
    assert "be pitched?" not in theirs.get(reverse("crm:day", args=[brand.slug])).content.decode()
    answer = reverse("crm:pitch_answer", args=[brand.slug, waits.pk])
    strategists.post(answer, {"answer": "perhaps"})
    strategists.post(answer, {"answer": "no"})
    assert PitchApproval.objects.get().status == PitchStatus.WAITING
    strategists.post(answer, {"answer": "no", "note": "Not before the launch"})
    waits.refresh_from_db()
    assert (waits.status, waits.note, waits.until) == ("refused", "Not before the launch", None)
    assert "Not before the launch" in theirs.get(panel).content.decode()
    assert "Not before the launch" in theirs.get(page).content.decode()


def test_over_rest(maya, brand, manager, strategist, careful):
    theirs, strategists = rest_as(manager, brand), rest_as(strategist, brand)
    body = {"creator": str(maya.creator.uid), "reason": WHY}
    made = theirs.send("POST", "pitch-approvals/", body)
    assert made.status_code == 201
    found = made.json()
    assert (found["depth"], found["status"], found["asked_by"]) == (
        "strategist",
        "waiting",
        manager.email,
    )
    again = assert_problem(theirs.send("POST", "pitch-approvals/", body), 409)
    assert again["errors"][0]["code"] == "already_open"
    act = f"pitch-approvals/{found['id']}:"
    own = assert_problem(theirs.send("POST", f"{act}approve", {}), 403)
    assert own["errors"][0]["code"] == "not_yours"
    blank = assert_problem(strategists.send("POST", f"{act}refuse", {}), 400)
    assert blank["errors"][0]["pointer"] == "/note"
    yes = strategists.send("POST", f"{act}approve", {"note": "Go"}).json()
    assert (yes["status"], yes["note"], yes["decided_by"]) == ("approved", "Go", strategist.email)
    rows = theirs.json("pitch-approvals/?status=approved")["results"]
    assert [row["id"] for row in rows] == [found["id"]]
    assert theirs.json("pitch-approvals/?status=waiting")["results"] == []
