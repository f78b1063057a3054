"""The language model outside: what leaves, what is believed, and what a failure does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from crm import outgoing
from crm.models import Relationship
from crm.outgoing import NoAnswer, Received
from segmentation.models import Classifier, ClassifierSettings, SuggestedValue
from segmentation.services.suggesting import outside, settings
from segmentation.services.suggesting.refreshing import refresh
from tests.factories import NOW
from tests.segmentation.suggestions.building import suggested, writes

pytestmark = pytest.mark.django_db
POST = "Zorp glim for @nora.lind, call +45 12 34 56 78 or see https://x.example/zorp"


class Transport:
    """Stands for the server: keeps what it was sent, and answers what it was told."""

    def __init__(self):
        self.calls = []
        self.says = {"value": None, "quotes": []}
        self.status = 200

    def __call__(self, method, place, *, body, headers, most, patience):
        self.calls.append((method, place, json.loads(body), headers))
        if self.status == 0:
            raise NoAnswer("models.example did not answer within 30 seconds.")
        told = {"choices": [{"message": {"content": json.dumps(self.says)}}]}
        return Received(self.status, json.dumps(told).encode(), {})


@pytest.fixture
def server(monkeypatch):
    made = Transport()
    monkeypatch.setattr(outgoing, "send", made)
    return made


@pytest.fixture
def creator(brand):
    """Whom no list knows anything of."""
    return writes(brand, POST, name="Nora Lindvang", bio="Zorper, call me")


def switched_on(brand, **more):
    given = {
        "outside_is_on": True,
        "outside_address": "https://models.example/v1/chat/completions",
        "outside_model": "small",
        "outside_key": "made-up-key",
        "outside_each_night": 1,
    }
    return settings.change(brand=brand, changes=given | more, actor=None, at=NOW)


def test_off_nothing_leaves(brand, creator, server):
    refresh(brand=brand, at=NOW)
    assert outside.ask(brand=brand, at=NOW) == 0
    assert server.calls == []


def test_words_leave_and_nobody_with_them(brand, creator, server):
    switched_on(brand)
    # The first fact in order: niches.
    server.says = {"value": "Food", "quotes": ["zorp GLIM"], "confidence": 0.99}
    assert outside.ask(brand=brand, at=NOW) == 1
    [(method, place, body, headers)] = server.calls
    assert (method, place.host) == ("POST", "models.example")
    assert headers["Authorization"] == "Bearer made-up-key"
    sent = json.loads(body["messages"][1]["content"])
    assert sent["posts"] == ["Zorp glim for  , call   or see"]
    assert set(sent) == {"fact", "values", "posts"}
    for word in ("Nora", "nora", "Zorper", creator.profiles.get().handle):
        assert word not in json.dumps(body)
    found = SuggestedValue.objects.get()
    # Its own idea of how sure it is is no measure.
    assert (found.fact, found.value, found.confidence) == ("niches", "food", None)
    assert found.evidence["note"] == "It quotes: “zorp GLIM”"
    assert found.classifier.training == {"name": "small", "server": "models.example", "wording": 1}
    # It waits for a person, whatever the classifier here thinks; nobody is asked twice.
    refresh(brand=brand, at=NOW)
    found.refresh_from_db()
    assert found.status == "open"


@pytest.mark.parametrize(
    "says",
    [
        {"value": "food", "quotes": ["never written"]},
        {"value": "food", "quotes": []},
        {"value": "religion", "quotes": ["Zorp"]},
        {"value": None, "quotes": ["Zorp"]},
        ["food"],
    ],
)
def test_what_is_made_up_counts_for_nothing(brand, creator, server, says):
    switched_on(brand)
    server.says = says
    assert outside.ask(brand=brand, at=NOW) == 0
    assert len(server.calls) == 1
    assert not SuggestedValue.objects.exists()


@pytest.mark.parametrize(
    ("status", "words"), [(0, "did not answer"), (401, "It answered 401."), (500, "answered 500")]
)
def test_a_failure_ends_the_night_and_is_told(brand, creator, server, status, words):
    switched_on(brand, outside_each_night=50)
    server.status = status
    assert outside.ask(brand=brand, at=NOW) == 0
    assert len(server.calls) == 1
    assert words in ClassifierSettings.objects.get().outside_error
    assert not SuggestedValue.objects.exists()


def test_each_fact_has_its_turn(brand, server):
    for _ in range(4):
        writes(brand, POST, language="en")
    switched_on(brand, outside_each_night=4)
    outside.ask(brand=brand, at=NOW)
    sent = [json.loads(body["messages"][1]["content"])["fact"] for _m, _p, body, _h in server.calls]
    assert sent == ["Niches", "Content role", "Themes", "Production style"]


@pytest.mark.parametrize("change", ["objects", "switched off"])
def test_who_changes_their_mind_in_the_night_is_heard(brand, server, monkeypatch, change):
    people = [writes(brand, POST) for _ in range(2)]
    switched_on(brand, outside_each_night=8)

    def after_the_first(*args, **more):
        if change == "objects":
            Relationship.objects.filter(creator__in=people).update(unprofiled_at=NOW)
        else:
            ClassifierSettings.objects.update(outside_is_on=False)
        return server(*args, **more)

    monkeypatch.setattr(outgoing, "send", after_the_first)
    outside.ask(brand=brand, at=NOW)
    assert len(server.calls) == 1


def test_its_past_says_how_sure_it_is(brand, creator, server, manager):
    held = switched_on(brand)
    by = outside.version(held, outside.subjects_of(brand)["niches"], NOW)
    for number in range(20):
        right = number < 15
        suggested(
            brand,
            writes(brand, language="en"),
            fact="niches",
            value="food",
            confidence=None,
            status="accepted" if right else "overridden",
            chosen=["food"] if right else ["travel"],
            closed_at=NOW,
            closed_by=manager,
            by=by,
        )
    server.says = {"value": "food", "quotes": ["Zorp"]}
    outside.ask(brand=brand, at=NOW + timedelta(days=1))
    assert SuggestedValue.objects.open().get().confidence == pytest.approx(0.75)
    assert Classifier.objects.filter(kind="outside").count() == 1
