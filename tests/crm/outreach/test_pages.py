"""The pages of outreach: what they show, what they refuse, and what they cost."""

from __future__ import annotations

import pytest

from crm.choices import MailStatus, SuppressionOrigin, SuppressionReason
from crm.models import (
    Creator,
    Enrolment,
    EnrolmentStep,
    MailTemplate,
    Message,
    OutreachPolicy,
    Sequence,
    Suppression,
)
from crm.outreach.parts import AUDIENCES, Audience
from crm.services.outreach import suppressions
from crm.services.outreach.enrolling import enrol
from tests.crm.outreach.worlds import (
    LINE,
    MONDAY,
    known_creator,
    mailbox_of,
    policy_of,
    sequence_of,
    templates_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _public(settings):
    settings.RAPPORT_URL = "https://crm.example.com"


@pytest.fixture
def mailbox(brand):
    policy_of(brand)
    return mailbox_of(brand)


def put_in(sequence, mailbox, manager, *rows):
    ids = [row.pk for row in rows]
    done = enrol(
        sequence_id=sequence.pk, relationships=ids, mailbox=mailbox, actor=manager, at=MONDAY
    )
    assert len(done.enrolments) == len(rows)
    return list(done.enrolments)


def people(brand, count, start=0):
    return [
        known_creator(brand, name=f"Person {n:02d}", address=f"p{n}@example.com")
        for n in range(start, start + count)
    ]


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_an_empty_overview_says_what_is_missing(manager_client, brand):
    page = text(manager_client.get("/acme/outreach/"))
    assert "Nothing can be sent yet." in page
    assert "postal address, which is not set" in page
    assert "There is no mailbox to send from." in page
    assert "No sequence yet." in page


@pytest.mark.parametrize(
    "path",
    ["outreach/", "outreach/approve/", "outreach/sequences/", "outreach/suppressions/"],
)
def test_a_page_costs_the_same_for_many(
    manager_client, manager, brand, mailbox, path, django_assert_max_num_queries
):
    sequence = sequence_of(brand)
    put_in(sequence, mailbox, manager, *people(brand, 2))

    def suppress(row):
        suppressions.suppress_creator(
            brand=brand,
            creator=row.creator,
            reason=SuppressionReason.BY_HAND,
            origin=SuppressionOrigin.PERSON,
            at=MONDAY,
            actor=manager,
        )

    suppress(known_creator(brand, name="Left 1", address="left1@example.com"))
    counted = []
    for more in (0, 8):
        put_in(sequence, mailbox, manager, *people(brand, more, start=10)) if more else None
        for n in range(more):
            suppress(known_creator(brand, name=f"Left 2{n}", address=f"left2{n}@example.com"))
        with django_assert_max_num_queries(60) as captured:
            text(manager_client.get(f"/acme/{path}"))
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_approving_sends_and_opens_the_next(manager_client, manager, brand, mailbox):
    sequence = sequence_of(brand)
    put_in(sequence, mailbox, manager, *people(brand, 2))
    manager.first_name = "Ana"
    manager.save()
    page = text(manager_client.get("/acme/outreach/approve/"))
    assert "First mail to Person 00" in page
    step = EnrolmentStep.objects.order_by("pk").first()
    sent = {"subject": "Hello", "text": "Hi\n\n{{personal_line}}", "personal_line": LINE}
    refused = manager_client.post(
        f"/acme/outreach/mails/{step.pk}/", {**sent, "personal_line": "Nice"}
    )
    page = text(refused, 422)
    assert "Write a line for Person 00 alone" in page
    assert ">Nice</textarea>" in page.replace("\n", "")
    assert not Message.objects.exists()
    answer = manager_client.post(f"/acme/outreach/mails/{step.pk}/", sent, follow=True)
    assert "First mail to Person 01" in text(answer)
    message = Message.objects.get()
    assert (message.status, message.text) == (MailStatus.QUEUED, f"Hi\n\n{LINE}")
    again = manager_client.post(f"/acme/outreach/mails/{step.pk}/", sent, follow=True)
    assert "does not wait any more" in text(again)
    assert Message.objects.count() == 1


def test_leaving_the_first_mail_out_ends_it(manager_client, manager, brand, mailbox):
    [enrolment] = put_in(sequence_of(brand), mailbox, manager, *people(brand, 1))
    step = EnrolmentStep.objects.get()
    manager_client.post(f"/acme/outreach/mails/{step.pk}/skip/")
    enrolment.refresh_from_db()
    assert (enrolment.stop_reason, enrolment.ended_by) == ("by_hand", manager)
    assert "Nothing waits" in text(manager_client.get("/acme/outreach/approve/"))


def test_a_template_is_made_previewed_and_changed(strategist_client, brand):
    known_creator(brand)
    known_creator(brand, name="zoe.reads", address="z@example.com")
    given = {"name": "Hello", "purpose": "first", "subject": "Hi {{first_name}}"}
    body = "{{personal_line}} from {{brand}}"
    bad = text(
        strategist_client.post(
            "/acme/outreach/templates/new/", {**given, "body": "{{personal_line}} {{nme}}"}
        ),
        422,
    )
    assert "Line 1, character 19: There is no field {{nme}}." in bad
    without = strategist_client.post("/acme/outreach/templates/new/", {**given, "body": "Hi"})
    assert "A first mail needs {{personal_line}}" in text(without, 422)
    shown = text(
        strategist_client.post(
            "/acme/outreach/templates/new/", {**given, "body": body, "preview": "0"}
        )
    )
    assert "How it reads for Maya Lindholm" in shown
    assert "<strong>Hi Maya</strong>" in shown
    assert "[here goes the personal line] from Acme" in shown
    following = text(
        strategist_client.post(
            "/acme/outreach/templates/new/", {**given, "body": body, "preview": "1"}
        )
    )
    assert "How it reads for zoe.reads" in following
    assert "It could not be sent like this. “First name” is empty" in following
    assert not MailTemplate.objects.exists()
    text(strategist_client.post("/acme/outreach/templates/new/", {**given, "body": body}), 302)
    template = MailTemplate.objects.get()
    assert [version.number for version in template.versions.all()] == [1]
    url = f"/acme/outreach/templates/{template.pk}/"
    text(strategist_client.post(url, {**given, "body": body}), 302)
    assert template.versions.count() == 1
    text(strategist_client.post(url, {**given, "body": f"Hi! {body}"}), 302)
    assert [version.number for version in template.versions.all()] == [2, 1]
    assert "Version 2" in text(strategist_client.get(url))
    twice = strategist_client.post(
        "/acme/outreach/templates/new/", {**given, "name": "HELLO", "body": body}
    )
    assert "There is a template “HELLO” already." in text(twice, 422)


def test_an_analyst_reads_templates_and_changes_none(analyst_client, brand):
    template, _ = templates_of(brand)
    page = text(analyst_client.get(f"/acme/outreach/templates/{template.pk}/"))
    assert "Shall we talk?" in page
    assert "Preview for a creator" not in page


def test_a_sequence_is_made_step_by_step(strategist_client, brand):
    first, nudge = templates_of(brand)
    url = "/acme/outreach/sequences/new/"
    given = {"name": "Spring", "steps": "1", "step-1-template_id": first.pk}
    page = text(strategist_client.post(url, {**given, "add": "1"}))
    assert 'name="step-2-delay_days"' in page
    assert "This field is required" not in page
    second = {"steps": "2", "step-2-action": "mail", "step-2-delay_days": "0"}
    page = text(
        strategist_client.post(
            url, {**given, **second, "step-2-template_id": nudge.pk, "save": "1"}
        ),
        422,
    )
    assert "Say after how many days, 1 to 90." in page
    assert not Sequence.objects.exists()
    second["step-2-delay_days"] = "4"
    answer = strategist_client.post(
        url,
        {**given, **second, "step-2-template_id": nudge.pk, "save": "1"},
        follow=True,
    )
    page = text(answer)
    assert "4 days later: send the mail" in page
    assert "Nobody was ever in it." in page
    sequence = Sequence.objects.get()
    edit = f"/acme/outreach/sequences/{sequence.pk}/edit/"
    assert 'value="4"' in text(strategist_client.get(edit))
    page = text(strategist_client.post(edit, {**given, **second, "remove": "1"}))
    assert "step-2-delay_days" not in page


def test_enrolling_says_who_cannot_be(manager_client, brand, mailbox, monkeypatch):
    fit, declined = people(brand, 2)
    declined.stage = "declined"
    declined.save()
    sequence = sequence_of(brand)
    part = Audience(
        "segment",
        "Segment",
        lambda _brand: [("educators", "Educators")],
        lambda _brand, _key: Creator.objects.filter(name__startswith="Person"),
    )
    monkeypatch.setattr(AUDIENCES, "_parts", {"segment": part})
    url = f"/acme/outreach/enrol/?sequence={sequence.pk}&audience=segment:educators"
    page = text(manager_client.get(url))
    assert "1 of 2 can be enrolled in “Spring”" in page
    assert "Has declined." in page
    page = text(
        manager_client.post(
            "/acme/outreach/enrol/",
            {
                "sequence": sequence.pk,
                "mailbox": mailbox.pk,
                "relationship": [fit.pk, declined.pk],
            },
            follow=True,
        )
    )
    assert "1 creator enrolled in “Spring”" in page
    assert "Person 01 was not enrolled: Has declined." in page
    assert Enrolment.objects.get().relationship == fit
    unknown = manager_client.get("/acme/outreach/enrol/?audience=segment:nobody&creator=x")
    assert unknown.status_code == 200


def test_creators_of_another_brand_are_not_enrolled(manager_client, brand, other_brand, mailbox):
    sequence = sequence_of(brand)
    theirs = known_creator(other_brand)
    uid = theirs.creator.uid
    assert "Nobody is there to enrol." in text(
        manager_client.get(f"/acme/outreach/enrol/?creator={uid}")
    )
    manager_client.post(
        "/acme/outreach/enrol/",
        {"sequence": sequence.pk, "mailbox": mailbox.pk, "relationship": [theirs.pk]},
    )
    assert not Enrolment.objects.exists()


def test_pause_go_on_and_stop(manager_client, manager, brand, mailbox):
    [enrolment] = put_in(sequence_of(brand), mailbox, manager, *people(brand, 1))
    url = f"/acme/outreach/enrolments/{enrolment.pk}"
    for kind, status in (("pause", "paused"), ("resume", "waiting"), ("stop", "stopped")):
        manager_client.post(f"{url}/{kind}/")
        enrolment.refresh_from_db()
        assert enrolment.status == status
    assert manager_client.post(f"{url}/explode/").status_code == 404
    page = text(manager_client.get(f"/acme/outreach/sequences/{enrolment.version.sequence_id}/"))
    assert "Stopped by somebody" in page


def test_the_list_is_searched_added_to_and_lifted(manager_client, brand):
    maya = known_creator(brand)
    added = manager_client.post(
        "/acme/outreach/suppressions/",
        {"address": "maya@example.com", "reason": "opt_out", "note": "=1+1"},
        follow=True,
    )
    assert "Maya Lindholm gets no more mail from Acme." in text(added)
    entry = Suppression.objects.get()
    for search, found in (("maya@example.com", True), ("lindhólm", True), ("bo", False)):
        page = text(manager_client.get("/acme/outreach/suppressions/", {"search": search}))
        assert ("Opted out<div" in page) is found
    exported = b"".join(manager_client.get("/acme/outreach/suppressions.csv")).decode()
    assert "Maya Lindholm" in exported
    assert "'=1+1" in exported
    bad = manager_client.post(
        "/acme/outreach/suppressions/", {"address": "maya", "reason": "opt_out"}
    )
    assert "This is no e-mail address." in text(bad, 422)
    panel = f"/acme/creators/{maya.creator.uid}/outreach/"
    assert "Maya Lindholm gets no mail from you since" in text(manager_client.get(panel))
    manager_client.post(f"/acme/outreach/suppressions/{entry.pk}/lift/", {"note": "She asked"})
    assert "In no sequence so far." in text(manager_client.get(panel))


def test_rules_are_set_by_an_admin(admin_user_client, manager_client, brand):
    url = "/acme/outreach/rules/"
    given = {
        "postal_address": " Vestergade 1 \n\n1456 København ",
        "window_from": "08:00",
        "window_until": "16:30",
        "weekdays": ["1", "3"],
        "days_off": "2026-12-24\n2026-12-25",
        "quiet_days": "14",
    }
    assert "UWG section 7" in text(manager_client.get(url))
    assert manager_client.post(url, given).status_code == 403
    backwards = admin_user_client.post(url, {**given, "window_until": "07:00"})
    assert "The hours have to end after they begin." in text(backwards, 422)
    wrong = admin_user_client.post(url, {**given, "days_off": "Christmas"})
    assert "“Christmas” is no date like 2026-12-25." in text(wrong, 422)
    assert not OutreachPolicy.objects.exists()
    text(admin_user_client.post(url, given), 302)
    policy = OutreachPolicy.objects.get()
    assert policy.postal_address == "Vestergade 1\n1456 København"
    assert (policy.weekdays, len(policy.days_off), policy.quiet_days) == ("13", 2, 14)
    assert "2026-12-24\n2026-12-25" in text(admin_user_client.get(url))
