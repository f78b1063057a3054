"""Outreach over REST: templates, sequences, enrolments, the suppression list."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from crm.models import (
    Enrolment,
    MailTemplate,
    Message,
    OutreachPolicy,
    Sequence,
    Suppression,
)
from tests.crm.outreach.worlds import FIRST, NUDGE, known_creator, mailbox_of, policy_of
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def template(rest, name="Hello", purpose="first", text=FIRST):
    body = {"name": name, "purpose": purpose, "subject": text[0], "body": text[1]}
    return rest.send("POST", "mail-templates/", body)


def sequence(rest):
    first = template(rest).json()["id"]
    nudge = template(rest, "Nudge", "follow_up", NUDGE).json()["id"]
    steps = [{"template": first}, {"action": "mail", "delay_days": 3, "template": nudge}]
    return rest.send("POST", "sequences/", {"name": "Spring", "steps": steps})


def test_templates_are_written_and_changed(rest):
    made = template(rest)
    assert made.status_code == 201
    found = made.json()
    assert (found["version"], found["stage"], found["archived_at"]) == (1, None, None)
    url = f"mail-templates/{found['id']}/"
    changed = rest.send("PATCH", url, {"subject": "Hello {{first_name}}"}).json()
    assert (changed["version"], changed["subject"]) == (2, "Hello {{first_name}}")
    assert changed["body"] == FIRST[1]
    bad = rest.send("PATCH", url, {"body": "{{personal_line}} {{first}}"})
    body = assert_problem(bad, 400, "invalid")
    assert body["errors"][0]["pointer"] == "/body"
    assert "Did you mean {{first_name}}?" in body["errors"][0]["message"]
    assert rest.json(url)["version"] == 2
    assert rest.send("POST", f"mail-templates/{found['id']}:archive").json()["archived_at"]
    assert rest.json("mail-templates/")["count"] == 1


def test_sequences_have_steps_and_numbers(rest):
    made = sequence(rest)
    assert made.status_code == 201
    found = made.json()
    assert [step["action"] for step in found["steps"]] == ["draft", "mail"]
    assert found["numbers"] == {
        "enrolled": 0,
        "waiting": 0,
        "running": 0,
        "finished": 0,
        "sent": 0,
        "replied": 0,
        "stopped": {},
    }
    url = f"sequences/{found['id']}/"
    first = found["steps"][0]["template"]
    bad = rest.send("PATCH", url, {"steps": [{"template": first}, {"action": "remind"}]})
    body = assert_problem(bad, 400, "invalid")
    assert body["errors"][0]["pointer"] == "/steps/1/delay_days"
    assert rest.json(url)["version"] == 1
    renamed = rest.send("PATCH", url, {"name": "Summer"}).json()
    assert (renamed["name"], renamed["version"]) == ("Summer", 1)


def test_enrolling_names_who_cannot_be(rest, brand):
    policy_of(brand)
    mailbox_of(brand)
    fit = known_creator(brand)
    declined = known_creator(brand, name="Bo", address="bo@example.com", stage="declined")
    number = sequence(rest).json()["id"]
    uids = [str(fit.creator.uid), str(declined.creator.uid)]
    body = {"sequence": number, "mailbox": "hello@acme.example", "creators": uids}
    answer = rest.send("POST", "enrolments/", body)
    assert answer.status_code == 201
    found = answer.json()
    assert [one["creator"]["name"] for one in found["enrolled"]] == ["Maya Lindholm"]
    assert found["refused"] == [
        {"creator": {"uid": uids[1], "name": "Bo"}, "reason": "Has declined."}
    ]
    assert not Message.objects.exists()
    pk = found["enrolled"][0]["id"]
    assert rest.send("POST", f"enrolments/{pk}:pause").json()["status"] == "paused"
    assert_problem(rest.send("POST", f"enrolments/{pk}:pause"), 409, "refused")
    assert rest.send("POST", f"enrolments/{pk}:resume").json()["status"] == "waiting"
    stopped = rest.send("POST", f"enrolments/{pk}:stop", {"note": "Later"}).json()
    assert (stopped["stop_reason"], stopped["stop_note"]) == ("by_hand", "Later")
    assert rest.json("enrolments/", status="stopped")["count"] == 1
    assert rest.json("enrolments/", status="active")["count"] == 0


def test_what_cannot_be_enrolled(rest, brand, other_brand):
    mailbox_of(brand)
    number = sequence(rest).json()["id"]
    theirs = known_creator(other_brand)
    body = {
        "sequence": number,
        "mailbox": "hello@acme.example",
        "creators": [str(theirs.creator.uid)],
    }
    for change, pointer in (
        ({}, "/creators/0"),
        ({"sequence": 2**40}, "/sequence"),
        ({"mailbox": "bo@acme.example"}, "/mailbox"),
    ):
        problem = assert_problem(rest.send("POST", "enrolments/", {**body, **change}), 400)
        assert problem["errors"][0]["pointer"] == pointer
    assert not Enrolment.objects.exists()


def test_the_suppression_list(rest, brand):
    maya = known_creator(brand)
    made = rest.send(
        "POST", "suppressions/", {"address": "maya@example.com", "reason": "complaint"}
    )
    assert made.status_code == 201
    found = made.json()
    assert (found["origin"], found["is_person"]) == ("api", True)
    assert found["creator"]["uid"] == str(maya.creator.uid)
    assert rest.json("suppressions/", address="MAYA@example.com", in_force="true")["count"] == 1
    assert rest.json("suppressions/", address="bo@example.com")["count"] == 0
    assert "maya@example.com" not in rest.get("suppressions/").content.decode()
    assert_problem(rest.send("POST", f"suppressions/{found['id']}:lift", {}), 400, "required")
    lifted = rest.send("POST", f"suppressions/{found['id']}:lift", {"note": "She asked"})
    assert lifted.json()["lifted_note"] == "She asked"
    assert rest.json("suppressions/", in_force="true")["count"] == 0


def test_another_brand_sees_none_of_it(rest, outsider, other_brand):
    number = sequence(rest).json()["id"]
    rest.send("POST", "suppressions/", {"address": "maya@example.com", "reason": "by_hand"})
    theirs = rest_as(outsider, other_brand)
    for path in ("mail-templates", "sequences", "enrolments", "suppressions"):
        assert theirs.json(f"{path}/")["count"] == 0
    assert_problem(theirs.get(f"sequences/{number}/"), 404)
    assert_problem(theirs.send("POST", f"sequences/{number}:archive"), 404)
    assert Sequence.objects.get().archived_at is None


def test_reading_is_not_writing(brand, manager):
    rest = rest_as(manager, brand, [Scope.OUTREACH_READ])
    assert_problem(template(rest), 403)
    suppressed = {"address": "maya@example.com", "reason": "by_hand"}
    assert_problem(rest.send("POST", "suppressions/", suppressed), 403)
    assert not MailTemplate.objects.exists()
    assert not Suppression.objects.exists()


def test_the_rules_of_sending_are_read_by_all_and_set_by_admins(brand, rest, admin_user):
    found = rest.json("outreach-rules/")
    assert (found["postal_address"], found["window_from"], found["weekdays"]) == (
        None,
        "09:00",
        [1, 2, 3, 4, 5],
    )
    change = {"postal_address": "Torvet 1\n\n 8000 Aarhus", "weekdays": [5, 1, 1], "quiet_days": 0}
    body = assert_problem(rest.send("PATCH", "outreach-rules/", change), 403)
    assert body["detail"] == "Creator manager may not do this; admin may."
    assert not OutreachPolicy.objects.exists()
    admin = rest_as(admin_user, brand)
    answer = admin.send("PATCH", "outreach-rules/", change | {"window_until": "17:30"})
    assert answer.status_code == 200
    now = answer.json()
    assert (now["postal_address"], now["weekdays"], now["quiet_days"], now["window_until"]) == (
        "Torvet 1\n8000 Aarhus",
        [1, 5],
        0,
        "17:30",
    )
    assert admin.send("PATCH", "outreach-rules/", {"days_off": ["2026-12-24"]}).json() == now | {
        "days_off": ["2026-12-24"]
    }
    for wrong, pointer in (
        ({"window_until": "08:00"}, "/window_until"),
        ({"weekdays": []}, "/weekdays"),
        ({"weekdays": [8]}, "/weekdays/0"),
        ({"quiet_days": 366}, "/quiet_days"),
        ({"privacy_url": "here"}, "/privacy_url"),
        ({"sender": "x"}, "/sender"),
    ):
        body = assert_problem(admin.send("PATCH", "outreach-rules/", wrong), 400)
        assert body["errors"][0]["pointer"] == pointer
    assert rest.json("outreach-rules/")["quiet_days"] == 0
