"""Vettings and reviews over REST: the whole way, and every refusal with its place."""

from __future__ import annotations

import pytest

from crm.models import Answer, Review, ReviewForm, Vetting
from tests.crm.reviews.world import ask, publish, review_of, said, write
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
BODY = {
    "version": 1,
    "answers": [
        {"criterion": "tone", "score": 5},
        {"criterion": "story", "cannot_say": True},
        {"criterion": "risk", "score": 2, "evidence": "https://example.com/post"},
        {"criterion": "verdict", "choice": "never"},
    ],
    "comment": "Loud.",
}


def changed(**more):
    """The body with other answers, by criterion."""
    answers = [
        {"criterion": one["criterion"], **more.get(one["criterion"], one)}
        for one in BODY["answers"]
    ]
    return BODY | {"answers": answers}


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def form(brand, strategist):
    return publish(brand, strategist)


@pytest.fixture
def vetting(ida, form, manager, analyst, strategist):
    return ask(ida, manager, analyst, strategist)


def test_the_whole_way(brand, ida, form, manager, analyst, strategist, admin_user):
    asked = rest_as(manager, brand).send(
        "POST",
        "vettings/",
        {
            "creator": str(ida.creator.uid),
            "reviewers": [analyst.email, strategist.email.upper()],
            "reason": "Spring",
        },
    )
    assert asked.status_code == 201, asked.content
    made = asked.json()
    assert (made["status"], made["reason"], made["form"]) == ("open", "Spring", 1)
    assert [one["reviewer"] for one in made["reviews"]] == [analyst.email, strategist.email]
    for user, body in (
        (analyst, BODY),
        (strategist, changed(tone={"score": 2}, story={"score": 3})),
    ):
        rest = rest_as(user, brand)
        [mine] = rest.json("reviews/", reviewer=user.email, status="waiting")["results"]
        draft = rest.send("PATCH", f"reviews/{mine['id']}/", body)
        assert (draft.status_code, draft.json()["version"]) == (200, 2)
        done = rest.send("POST", f"reviews/{mine['id']}:submit", body | {"version": 2})
        assert (done.status_code, done.json()["status"]) == (200, "submitted")
    rest = rest_as(admin_user, brand)
    [open_one] = rest.json("vettings/", status="disputed")["results"]
    assert open_one["reviews"][0]["answers"][0] == {
        "criterion": "tone",
        "score": 5,
        "choice": None,
        "cannot_say": False,
        "evidence": None,
    }
    settled = rest.send(
        "POST",
        f"vettings/{made['id']}:adjudicate",
        {"answers": [{"criterion": "tone", "score": 3}], "comment": "In between"},
    ).json()
    assert (settled["status"], settled["settled_by"]) == ("settled", admin_user.email)
    assert settled["results"] == [
        {"criterion": "tone", "score": 3.0, "choice": None, "how": "adjudicated", "passed": True},
        {"criterion": "story", "score": 3.0, "choice": None, "how": "one_of_two", "passed": None},
        {"criterion": "risk", "score": 2.0, "choice": None, "how": "agreed", "passed": True},
        {"criterion": "verdict", "score": None, "choice": "never", "how": "agreed", "passed": None},
    ]
    fields = rest.json(f"creators/{ida.creator.uid}/fields/")["results"]
    assert {one["key"]: one["value"] for one in fields}["review_tone"] == 3.0


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (changed(tone={"score": 6}), "/answers/0/score", "max_value"),
        (changed(tone={}), "/answers/0", "invalid"),
        (changed(risk={"score": 2}), "/answers/2", "invalid"),
        (changed(verdict={"choice": "maybe"}), "/answers/3", "invalid"),
        (changed(verdict={"choice": "never", "cannot_say": True}), "/answers/3", "invalid"),
        (BODY | {"answers": BODY["answers"][:3]}, "/answers", "invalid"),
        (BODY | {"answers": BODY["answers"] * 2}, "/answers", "duplicate"),
        (
            BODY | {"answers": [*BODY["answers"], {"criterion": "charm", "score": 1}]},
            "/answers/4",
            "invalid",
        ),
        (BODY | {"comment": "x" * 4_001}, "/comment", "max_length"),
        (BODY | {"verison": 1}, "/verison", "unknown_member"),
    ],
)
def test_what_cannot_be_handed_in(brand, vetting, analyst, body, pointer, code):
    review = review_of(vetting, analyst)
    answer = rest_as(analyst, brand).send("POST", f"reviews/{review.pk}:submit", body)
    [error] = assert_problem(answer, 400, code)["errors"]
    assert error["pointer"] == pointer
    assert not Answer.objects.exists()
    assert review_of(vetting, analyst).status == "waiting"


def test_refused_as_it_stands(brand, vetting, analyst, strategist, manager, admin_user, legal):
    review = review_of(vetting, analyst)
    own, other = rest_as(analyst, brand), rest_as(admin_user, brand)
    path = f"reviews/{review.pk}"
    assert_problem(other.send("POST", f"{path}:submit", BODY), 403, "not_yours")
    assert_problem(other.send("POST", f"{path}:decline", {"why": "x"}), 403, "not_yours")
    assert_problem(own.send("PATCH", f"{path}/", BODY | {"version": 9}), 409, "outdated")
    assert_problem(rest_as(legal, brand).send("PATCH", f"{path}/", BODY), 403)
    assert not Answer.objects.exists()
    body = {"answers": [], "comment": "x"}
    decide = f"vettings/{vetting.pk}:adjudicate"
    assert_problem(other.send("POST", decide, body), 409, "closed")
    write(vetting, analyst, said(5, 3, 2, "never"))
    assert_problem(own.send("PATCH", f"{path}/", BODY | {"version": 2}), 409, "closed")
    write(vetting, strategist, said(1, 3, 2, "never"))
    body = {"answers": [{"criterion": "tone", "score": 3}], "comment": "x"}
    assert_problem(own.send("POST", decide, body), 409, "not_a_third_person")
    assert_problem(other.send("POST", decide, body | {"comment": ""}), 400, "invalid")
    assert Vetting.objects.get().status == "disputed"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reviewers": ["nobody@acme.example", "x"]}, 400, None),
        ({"reviewers": ["legal@acme.example", "analyst@acme.example"]}, 400, "unknown_user"),
        ({"reviewers": ["analyst@acme.example"]}, 400, "invalid"),
        ({"reviewers": ["manager@acme.example", "analyst@acme.example"]}, 400, "invalid"),
        ({"creator": "00000000-0000-0000-0000-000000000000"}, 400, "unknown_creator"),
        ({"due_on": "2020-01-01"}, 400, "invalid"),
        ({}, 409, "already_open"),
    ],
)
def test_what_cannot_be_asked_for(brand, ida, vetting, manager, body, status, code):
    if status == 400:
        vetting.delete()
    sent = {
        "creator": str(ida.creator.uid),
        "reviewers": ["analyst@acme.example", "strategist@acme.example"],
    } | body
    rest = rest_as(manager, brand)
    person_of_law = rest.send("POST", "vettings/", sent)
    assert_problem(person_of_law, status, *([code] if code else []))
    assert Vetting.objects.count() == (1 if status == 409 else 0)


def test_given_to_somebody_else_and_withdrawn(brand, vetting, analyst, admin_user, manager):
    rest = rest_as(manager, brand)
    review = review_of(vetting, analyst)
    path = f"vettings/{vetting.pk}"
    taken = rest.send("POST", f"{path}:assign", {"reviewer": admin_user.email})
    assert_problem(taken, 409, "refused")
    body = {"reviewer": admin_user.email, "instead_of": review.pk}
    assert rest.send("POST", f"{path}:assign", body).status_code == 200
    states = Review.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["released", "waiting", "waiting"]
    elsewhere = rest_as(analyst, brand).send("POST", f"{path}:withdraw", {"why": "x"})
    assert_problem(elsewhere, 409, "refused")
    gone = rest.send("POST", f"{path}:withdraw", {"why": "Too late"}).json()
    assert (gone["status"], gone["why_withdrawn"]) == ("withdrawn", "Too late")


def test_the_form_and_lists(
    brand, vetting, ida, legal, manager, analyst, strategist, django_assert_num_queries
):
    rest = rest_as(legal, brand)
    [form] = rest.json("review-forms/")["results"]
    assert rest.json("review-forms/1/") == form
    assert [one["fact"] for one in form["criteria"]] == [
        "review_tone",
        "review_story",
        "review_risk",
        "review_verdict",
    ]
    assert form["criteria"][0]["answers"][4]["value"] == "5"
    assert rest.get("review-forms/2/").status_code == 404
    assert len(rest.json("vettings/", creator=str(ida.creator.uid))["results"]) == 1
    assert rest.json("vettings/", requested_by="nobody@acme.example")["results"] == []
    assert len(rest.json("reviews/", vetting=vetting.pk)["results"]) == 2
    counts = {"vettings/": 6, "reviews/": 4, "review-forms/": 4, "review-agreement/": 4}
    for path, count in counts.items():
        with django_assert_num_queries(count):
            rest.json(path)
    write(vetting, analyst, said(5, 3, 2, "never"))
    write(vetting, strategist, said(5, 3, 2, "never"))
    ask(RelationshipFactory(brand=brand), manager, analyst, strategist)
    publish(brand, strategist, days=3)
    for path, count in counts.items():
        with django_assert_num_queries(count):
            rest.json(path)


TONE = {
    "label": "Tone",
    "question": "Does the tone fit?",
    "anchors": ["Not at all", "Rarely", "Partly", "Mostly", "Entirely"],
}


def test_a_version_of_the_form_is_published(brand, strategist, manager):
    rest = rest_as(strategist, brand)
    made = rest.send("POST", "review-forms/", {"criteria": [TONE], "seen_number": 0})
    assert made.status_code == 201, made.content
    assert (made.json()["number"], made.json()["criteria"][0]["fact"]) == (1, "review_tone")
    # What says nothing new is no version.
    assert rest.send("POST", "review-forms/", {"criteria": [TONE]}).json()["number"] == 1
    again = {"criteria": [TONE], "days": 3, "seen_number": 0}
    assert_problem(rest.send("POST", "review-forms/", again), 409, "outdated")
    again["seen_number"] = 1
    assert_problem(rest_as(manager, brand).send("POST", "review-forms/", again), 403)
    assert rest.send("POST", "review-forms/", again).json()["number"] == 2
    for wrong, pointer in (
        ({"criteria": [TONE, TONE]}, "/criteria/1/key"),
        ({"criteria": [TONE | {"anchors": ["One"]}]}, "/criteria/0/anchors"),
        ({"criteria": [TONE | {"kind": "choice"}]}, "/criteria/0/anchors"),
        ({"criteria": [TONE | {"kind": "choice", "anchors": []}]}, "/criteria/0/options"),
        ({"criteria": []}, "/criteria"),
        ({"criteria": [TONE], "days": 0}, "/days"),
    ):
        [fault] = assert_problem(rest.send("POST", "review-forms/", wrong), 400)["errors"]
        assert fault["pointer"] == pointer
    assert ReviewForm.objects.count() == 2
