"""Connectors over REST."""

from __future__ import annotations

import pytest

from crm.choices import Role
from crm.models import Connector
from tests.crm.connectors.faking import Said
from tests.crm.connectors.test_document import answer
from tests.people import person
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
BODY = {"kind": "tally", "name": "Counts", "credentials": {"key": "k-very-secret"}}


@pytest.fixture
def rest(brand, admin_user):
    return rest_as(admin_user, brand)


def test_from_a_key_to_a_log(rest, side, profile, turn):
    side.answer = answer
    noa, gone = profile("noa"), profile("gone")
    kinds = {row["key"]: row for row in rest.json("connector-kinds/")["results"]}
    assert kinds["tally"]["credentials"] == [{"key": "key", "label": "API key", "is_secret": True}]
    made = rest.send("POST", "connectors/", BODY)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert "k-very-secret" not in str(shown)
    assert (shown["every_hours"], shown["next_pull_at"], shown["posts_each"]) == (None, None, 25)
    here = f"connectors/{shown['id']}"
    side.first = [Said({"message": "who is this?"}, 401)]
    failed = rest.send("POST", f"{here}:test")
    assert_problem(failed, 409)
    assert failed.json()["errors"][0]["code"] == "failed"
    asked = rest.send("POST", f"{here}:pull")
    assert (asked.status_code, asked.json()["status"]) == (202, "running")
    assert_problem(rest.send("POST", f"{here}:pull"), 409)

    turn(Connector.objects.get())

    pull = rest.json(f"connector-pulls/{asked.json()['id']}/")
    assert (pull["status"], pull["counts"]["posts_new"]) == ("done", 2)
    assert pull["log"][0]["rejected"] == [
        {"profile": gone.pk, "code": "missing", "reason": "Tally does not know it."}
    ]
    assert len(pull["log"][0]["sha256"]) == 64
    [listed] = rest.json("connector-pulls/?status=done")["results"]
    assert "log" not in listed
    assert "page_key" not in listed
    noa.refresh_from_db()
    assert noa.followers == 1_200_000


def test_what_is_wrong_is_named(rest):
    for change, pointer in (
        ({"kind": "none"}, "/kind"),
        ({"credentials": {}}, "/credentials/key"),
        ({"credentials": {"key": "k", "more": "x"}}, "/credentials"),
        (
            {"kind": "instagram", "credentials": {"user_id": "../me", "token": "t"}},
            "/credentials/user_id",
        ),
        ({"chosen": "tag:none"}, "/chosen"),
        ({"every_hours": 5}, "/every_hours"),
        ({"posts_each": 201}, "/posts_each"),
        ({"name": " "}, "/name"),
    ):
        refused = rest.send("POST", "connectors/", BODY | change)
        assert_problem(refused, 400)
        assert refused.json()["errors"][0]["pointer"] == pointer
    assert not Connector.objects.exists()


def test_a_change_keeps_the_key_and_asks_for_the_version(rest, side):
    made = rest.send("POST", "connectors/", BODY).json()
    here = f"connectors/{made['id']}/"
    changed = rest.send("PATCH", here, {"name": "Other", "every_hours": 24, "version": 1})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["name"], changed.json()["version"]) == ("Other", 2)
    assert changed.json()["next_pull_at"]
    assert_problem(rest.send("PATCH", here, {"name": "Third", "version": 1}), 409)
    side.answer = lambda asked: Said({})
    assert rest.send("POST", f"connectors/{made['id']}:test").status_code == 200
    assert side.asked[0].headers["Authorization"] == "Bearer k-very-secret"
    for act, paused in (("pause", True), ("resume", False)):
        answered = rest.send("POST", f"connectors/{made['id']}:{act}")
        assert answered.json()["is_paused"] is paused
    assert_problem(rest.send("POST", f"connectors/{made['id']}:stop"), 409)
    assert rest.send("DELETE", here).status_code == 204
    assert not Connector.objects.exists()


def test_another_brand_has_none_of_it(rest, other_brand):
    made = rest.send("POST", "connectors/", BODY).json()
    outside = rest_as(person(other_brand, Role.ADMIN), other_brand)
    assert outside.json("connectors/")["results"] == []
    assert_problem(outside.send("POST", f"connectors/{made['id']}:pull"), 404)
