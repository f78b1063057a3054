"""Over REST: reviews opened again, facts for the rules, archives, incidents, permits, packs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.choices import GateOutcome
from campaigns.models import PackAddition, Permit, RuleFact
from campaigns.services.disclosures import export_job
from campaigns.services.registers import permits
from crm.choices import Role
from crm.models import Incident, IncidentFile, Job
from tests.campaigns.disclosures.worlds import at_legal, judge, review_of, settle
from tests.campaigns.publishing.pieces import PNG
from tests.factories import NOW
from tests.rest import ROOT, assert_problem


def test_a_decided_review_is_opened_again(db, world):
    legal = world.people[Role.LEGAL]
    piece = at_legal(world.campaign, world.people[Role.MANAGER])
    review = review_of(piece)
    rest, here = world[Role.LEGAL], f"disclosures/{review.pk}"
    said = {"version": review.version, "reason": "The platform changed its label"}
    world.refused(Role.LEGAL, "POST", f"{here}:reopen", said, 409, "", "not_in_this_state")
    judge(settle(review, legal), legal, gate=GateOutcome.APPROVED)
    review.refresh_from_db()
    world.refused(Role.LEGAL, "POST", f"{here}:reopen", said, 409, "", "outdated")
    said["version"] = review.version
    blank = said | {"reason": " "}
    world.refused(Role.LEGAL, "POST", f"{here}:reopen", blank, 400, "/reason", "blank")
    assert_problem(world[Role.MANAGER].send("POST", f"{here}:reopen", said), 403)
    world.elsewhere("POST", f"{here}:reopen", said)
    answer = rest.send("POST", f"{here}:reopen", said)
    assert answer.status_code == 200, answer.content
    # It is past legal's gate: all gates are asked again, and the old decision stays.
    assert (answer.json()["id"], answer.json()["state"]) == (review.pk, "decided")
    piece.refresh_from_db()
    assert piece.state == "in_review"


def test_facts_for_the_rules_are_added_never_changed(db, world):
    rest = world[Role.LEGAL]
    here = f"creators/{world.piece.engagement.relationship.creator.uid}/rule-facts/"
    said = {"key": "audience_under_18", "value": "12.50", "on": None, "source": "Media kit"}
    for value in ("101", "12,5", "1,0000", "many"):
        world.refused(Role.LEGAL, "POST", here, said | {"value": value}, 400, "/value", "invalid")
    world.refused(Role.LEGAL, "POST", here, said | {"on": "2190-01-01"}, 400, "/on", "invalid")
    world.refused(Role.LEGAL, "POST", here, said | {"key": "run_by"}, 400, "/key", "invalid_choice")
    made = rest.send("POST", here, said)
    assert (made.status_code, made.json()["value"]) == (201, "12.5")
    rest.send("POST", here, said | {"value": ""})
    rows = rest.json(here)["results"]
    assert [(row["key"], row["value"]) for row in rows] == [
        ("audience_under_18", None),
        ("audience_under_18", "12.5"),
        ("under_age", "no"),
    ]
    assert_problem(world[Role.ANALYST].send("POST", here, said), 403)
    world.elsewhere("POST", here, said)
    assert RuleFact.objects.count() == 3


def test_evidence_is_packed_by_a_worker_and_fetched(db, world):
    rest, legal = world[Role.ADMIN], world[Role.LEGAL]
    [kept] = rest.json("evidence-archives/")["results"]
    assert (kept["status"], kept["has_file"]) == ("done", True)
    file = rest.get(f"evidence-archives/{kept['id']}/file/")
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("application/zip", b"PK")
    # It is for who asked.
    assert legal.json("evidence-archives/")["results"] == []
    assert_problem(legal.get(f"evidence-archives/{kept['id']}/file/"), 404)
    for said, pointer, code in (
        ({"campaign": "nowhere"}, "/campaign", "unknown_campaign"),
        ({"deliverable": 10**9}, "/deliverable", "unknown_deliverable"),
        (
            {"deliverable": world.piece.pk, "campaign": world.campaign.key},
            "/deliverable",
            "not_both",
        ),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "/until", "invalid"),
        ({"campaign": world.campaign.key}, "/campaign", "invalid"),
    ):
        world.refused(Role.LEGAL, "POST", "evidence-archives/", said, 400, pointer, code)
    at_legal(world.campaign, world.people[Role.MANAGER])
    asked = legal.send("POST", "evidence-archives/", {"campaign": world.campaign.key})
    assert asked.status_code == 202, asked.content
    assert (asked.json()["status"], asked.json()["has_file"]) == ("waiting", False)
    assert_problem(legal.get(f"evidence-archives/{asked.json()['id']}/file/"), 409, "gone")
    assert_problem(world[Role.MANAGER].send("POST", "evidence-archives/", {}), 403)
    assert Job.objects.filter(kind=export_job.KIND).count() == 2


def test_an_incident_is_worked_on(db, world):
    rest, number = world[Role.MANAGER], Incident.objects.get().pk
    here = f"incidents/{number}"
    first = rest.json(f"{here}/")
    assert first["steps"]
    assert [one["act"] for one in first["history"]] == ["report", "file"]
    assert [one["name"] for one in first["files"]] == ["post.png"]
    noted = rest.send("POST", f"{here}:note", {"text": "She called back"}).json()
    assert noted["history"][-1]["note"] == "She called back"
    done = rest.send("POST", f"{here}:step", {"position": 1, "is_done": True}).json()
    assert done["steps"][0]["done_by"] == world.people[Role.MANAGER].email
    skipped = {"position": 2, "is_done": True, "reason": "Nothing is planned"}
    assert (
        rest.send("POST", f"{here}:step", skipped).json()["steps"][1]["skipped_because"]
        == "Nothing is planned"
    )
    touched = rest.send("POST", f"{here}:campaigns", {"campaigns": [world.campaign.key]}).json()
    assert touched["campaigns"] == [world.campaign.key]
    for verb, body, pointer, code in (
        ("note", {"text": " "}, "/text", "blank"),
        ("step", {"position": 999, "is_done": True}, "/position", "unknown_step"),
        ("step", {"position": 1, "is_done": False, "reason": "x"}, "/reason", "invalid"),
        ("campaigns", {"campaigns": ["nowhere"]}, "/campaigns", "unknown_campaign"),
    ):
        world.refused(Role.MANAGER, "POST", f"{here}:{verb}", body, 400, pointer, code)
        world.elsewhere("POST", f"{here}:{verb}", body)
    # Its owner works on it; what it is, legal says; others report.
    change = {"version": first["version"], "severity": "low"}
    assert_problem(rest.send("PATCH", f"{here}/", change), 403)
    assert_problem(world[Role.STRATEGIST].send("POST", f"{here}:note", {"text": "Me too"}), 403)
    changed = world[Role.LEGAL].send("PATCH", f"{here}/", change).json()
    assert (changed["severity"], changed["what"]) == ("low", first["what"])
    world.refused(Role.LEGAL, "PATCH", f"{here}/", change, 409, "", "outdated")
    wrong = {"version": changed["version"], "url": "nowhere"}
    world.refused(Role.LEGAL, "PATCH", f"{here}/", wrong, 400, "/url", "invalid")
    strange = world[Role.STRATEGIST].json(f"{here}/")
    assert (strange["files"], strange["statement"]) == (None, None)
    assert {one["note"] for one in strange["history"]} == {None}


def test_files_of_an_incident_are_for_whom_its_words_are(db, world):
    rest, number = world[Role.MANAGER], Incident.objects.get().pk
    here, [file] = f"incidents/{number}/files/", IncidentFile.objects.all()

    def send(name, content):
        upload = SimpleUploadedFile(name, content, "image/png")
        return rest.client.post(f"{ROOT}/{here}", {"file": upload})

    again = send("other.png", PNG)
    assert (again.status_code, again.json()["id"]) == (201, file.pk)
    answer = rest.get(f"{here}{file.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PNG
    for name, content in (("a.png", b"<script>"), ("empty.png", b"")):
        [fault] = assert_problem(send(name, content), 400)["errors"]
        assert fault["pointer"] == "/file"
    assert_problem(world[Role.STRATEGIST].get(f"{here}{file.pk}/"), 403)
    assert_problem(rest.get(f"{here}999999/"), 404)
    world.elsewhere("GET", f"{here}{file.pk}/")
    assert IncidentFile.objects.count() == 1


@pytest.fixture
def permit(db, world):
    return permits.save_permit(
        relationship=world.piece.engagement.relationship,
        wanted=permits.Wanted("AE", "permit", number="UAE-1"),
        actor=world.people[Role.LEGAL],
        at=NOW,
    )


def test_a_paper_is_put_away(db, world, permit):
    rest, here = world[Role.LEGAL], f"permits/{permit.pk}/"
    world.elsewhere("DELETE", here)
    assert_problem(world[Role.ANALYST].send("DELETE", here), 403)
    assert rest.send("DELETE", here).status_code == 204
    assert_problem(rest.send("DELETE", here), 404)
    assert Permit.objects.get().archived_at is not None


def test_a_brand_adds_to_a_pack_and_ends_it(db, world):
    rest, here = world[Role.LEGAL], "rule-packs/dk/additions/"
    [first] = rest.json(here)["results"]
    said = {"kind": "insufficient", "text": "#partner", "reason": "Nobody reads it so"}
    made = rest.send("POST", here, said | {"starts_on": "2190-01-01"})
    assert made.status_code == 201, made.content
    assert (made.json()["text"], made.json()["rule"]) == ("#partner", None)
    for change, pointer, code in (
        ({"text": ""}, "/text", "invalid"),
        ({"starts_on": "2020-01-01"}, "/starts_on", "invalid"),
        ({"kind": "requirement"}, "/rule", "invalid"),
        ({"kind": "hope"}, "/kind", "invalid_choice"),
        ({"reason": " "}, "/reason", "blank"),
    ):
        world.refused(Role.LEGAL, "POST", here, said | change, 400, pointer, code)
    assert_problem(rest.send("POST", "rule-packs/zz/additions/", said), 404)
    assert_problem(world[Role.MANAGER].send("POST", here, said), 403)
    over = f"rule-pack-additions/{first['id']}:end"
    world.elsewhere("POST", over, {"reason": "Over"})
    assert rest.send("POST", over, {"reason": "Over"}).json()["end_reason"] == "Over"
    world.refused(Role.LEGAL, "POST", over, {"reason": "Over"}, 409, "", "outdated")
    assert PackAddition.objects.count() == 2


def test_changes_of_rules_that_come(db, world):
    rest = world[Role.ANALYST]
    known = len(rest.json("rule-changes/")["results"])
    until = timezone.localdate() + timedelta(days=7)
    said = {"kind": "insufficient", "text": "#partner", "reason": "A trial", "until": str(until)}
    made = world[Role.LEGAL].send("POST", "rule-packs/DK/additions/", said).json()
    rows = rest.json("rule-changes/")["results"]
    assert len(rows) == known + 1
    [row] = [one for one in rows if one["addition"] == made["id"]]
    assert (row["on"], row["pack"], row["begins"]) == (str(until), "DK", False)
    assert (row["words"], row["rule"]) == ("#partner", None)
