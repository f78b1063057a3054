"""Content tests over REST: planned, given out, read, shared out anew, ended."""

from __future__ import annotations

import pytest
from django.utils import timezone

from segmentation.models import ContentReading, ContentTest
from segmentation.services.content_tests import pieces, planning, reading
from tests.campaigns.made import make_campaign
from tests.factories import NOW
from tests.rest import assert_problem, rest_as, walk
from tests.segmentation.content_tests.worlds import DAY, add_pieces, click, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand):
    return make_campaign(brand)


@pytest.fixture
def rest(brand, analyst):
    return rest_as(analyst, brand)


def plan(campaign):
    return {
        "name": "Opening",
        "campaign": campaign.key,
        "question": "Which opening?",
        "element": "hook",
        "metric": "clicks",
        "target": "https://shop.example/",
        "planned_lift": 0.5,
        "variants": [
            {"name": "Usual", "text": "As always."},
            {"name": "Question", "text": "Ask something."},
        ],
    }


def test_a_content_test_from_plan_to_decision(rest, brand, campaign):
    add_pieces(brand, campaign)
    made = rest.send("POST", "content-tests/", plan(campaign))
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["status"], body["campaign"], body["floor"]) == ("draft", campaign.key, 10)
    assert [(one["key"], one["is_control"], one["share"]) for one in body["variants"]] == [
        ("usual", True, 50),
        ("question", False, 50),
    ]
    here = f"content-tests/{body['id']}"
    assert_problem(rest.send("POST", f"{here}:assign"), 409, "not_running")
    assert rest.send("POST", f"{here}:start").json()["status"] == "running"
    assert rest.send("POST", f"{here}:assign").json() == {"pieces": 16, "is_all": True}
    rows = walk(rest, f"{here}/pieces/", limit=10)
    assert [row["number"] for row in rows] == list(range(1, 17))
    assert {row["variant"] for row in rows} <= {"usual", "question"}
    assert all(row["tracking_link"] for row in rows)

    asked = rest.send("POST", f"{here}/readings/")
    assert asked.status_code == 202
    assert asked["Location"].endswith(f"/api/v1/{here}/readings/")
    assert_problem(rest.send("POST", f"{here}/readings/"), 409, "under_way")
    shares = {"reading": 1, "shares": {"usual": 30, "question": 70}}
    # It is not computed yet.
    assert_problem(rest.send("POST", f"{here}:share-out", shares), 400, "not_found")
    reading.read(reading_id=ContentReading.objects.get().pk, at=timezone.now())
    [shown] = rest.json(f"{here}/readings/")["results"]
    assert (shown["status"], shown["number"], shown["suggested"]) == ("done", 1, None)
    assert len(shown["digest"]) == 64
    assert_problem(rest.send("POST", f"{here}:share-out", shares), 409, "nothing_suggested")

    [fault] = assert_problem(rest.send("POST", f"{here}:end", {"decision": " "}), 400)["errors"]
    assert fault["pointer"] == "/decision"
    ended = rest.send("POST", f"{here}:end", {"decision": "Ask."}).json()
    assert (ended["status"], ended["decision"]) == ("completed", "Ask.")
    assert [row["id"] for row in rest.json("content-tests/")["results"]] == [body["id"]]


def test_new_creators_are_shared_out_by_the_newest_reading_alone(
    rest, brand, campaign, manager, monkeypatch
):
    monkeypatch.setattr(pieces, "drawn", lambda creator, shares, *, seed: list(shares)[creator % 2])
    add_pieces(brand, campaign)
    test = planned(brand, campaign)
    planning.start(test_id=test.pk, actor=None, at=NOW)
    pieces.assign(test_id=test.pk, actor=manager, at=NOW)
    click(test)
    for _ in range(2):
        asked = reading.ask(test_id=test.pk, actor=None, at=NOW + 2 * DAY)
        reading.read(reading_id=asked.pk, at=NOW + 2 * DAY)
    address = f"content-tests/{test.pk}:share-out"

    def share(number, **shares):
        return rest.send("POST", address, {"reading": number, "shares": shares})

    assert_problem(share(1, usual=30, question=70), 409, "outdated")
    for shares in ({"usual": 5, "question": 95}, {"usual": 30}, {"usual": 60, "question": 60}):
        [fault] = assert_problem(share(2, **shares), 400)["errors"]
        assert (fault["pointer"], fault["code"]) == ("/shares", "bad_shares")
    assert not ContentReading.objects.exclude(applied_at=None).exists()
    body = share(2, usual=30, question=70).json()
    assert [one["share"] for one in body["variants"]] == [30, 70]
    assert (body["applied"], body["as_suggested"]) == (1, 0)
    assert_problem(share(2, usual=40, question=60), 409, "applied")


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"campaign": "nowhere"}, "/campaign", "does_not_exist"),
        ({"target": ""}, "/target", "bad_target"),
        ({"target": "javascript:alert(1)"}, "/target", "bad_target"),
        ({"metric": "revenue"}, "/metric", "invalid_choice"),
        ({"planned_lift": 0}, "/planned_lift", "min_value"),
        (
            {"variants": [{"name": "A", "text": "a"}, {"name": "a", "text": "b"}]},
            "/variants",
            "bad_variants",
        ),
        (
            {"variants": [{"name": "A", "text": "a", "audience": "x"}, {"name": "B", "text": "b"}]},
            "/variants/0/audience",
            "does_not_exist",
        ),
    ],
)
def test_a_plan_that_cannot_be_used_is_pointed_at(rest, campaign, values, pointer, code):
    body = assert_problem(rest.send("POST", "content-tests/", plan(campaign) | values), 400)
    assert [(one["pointer"], one["code"]) for one in body["errors"]] == [(pointer, code)]
    assert not ContentTest.objects.exists()


def test_a_draft_is_deleted_and_another_brands_test_is_not_there(
    rest, brand, campaign, other_brand, outsider
):
    draft, begun = planned(brand, campaign), planned(brand, campaign, name="Other")
    planning.start(test_id=begun.pk, actor=None, at=NOW)
    elsewhere = rest_as(outsider, other_brand)
    assert elsewhere.json("content-tests/")["results"] == []
    for method, path in (
        ("GET", f"content-tests/{draft.pk}/"),
        ("GET", f"content-tests/{draft.pk}/pieces/"),
        ("GET", f"content-tests/{draft.pk}/readings/"),
        ("POST", f"content-tests/{draft.pk}/readings/"),
        ("POST", f"content-tests/{draft.pk}:start"),
        ("DELETE", f"content-tests/{draft.pk}/"),
    ):
        body = assert_problem(elsewhere.send(method, path), 404, "not_found")
        address = path.rstrip("/")
        assert body["detail"] == f"There is no {address} that this token may see."
    assert_problem(rest.send("DELETE", f"content-tests/{begun.pk}/"), 409, "has_begun")
    assert rest.send("DELETE", f"content-tests/{draft.pk}/").status_code == 204
    assert ContentTest.objects.get() == begun
