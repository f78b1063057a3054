"""The queue, the answers, the record and the settings in the browser and over REST."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.choices import Role
from crm.models import CustomField, FieldValue, PromisedTask, Relationship
from segmentation.models import Classifier, ClassifierSettings, SuggestedValue
from tests.factories import NOW, CreatorFactory, RelationshipFactory
from tests.people import person
from tests.rest import assert_problem, rest_as
from tests.segmentation.suggestions.building import SAYS, suggested, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(client, brand, manager):
    """Ask for a page as a manager, who edits creators."""
    client.force_login(manager)

    def ask(name, *args, data=None, **more):
        address = reverse(f"segmentation:{name}", args=[brand.slug, *args])
        return client.get(address, more) if data is None else client.post(address, data, **more)

    return ask


def waits(brand, **more):
    creator = writes(brand, SAYS["reviewer"][0], name="Runa Silverby")
    post = creator.posts.get().pk
    evidence = {"terms": [["review", 0.4]], "posts": [post], "read": 1, "note": ""}
    return suggested(brand, creator, evidence=evidence, **more)


def test_the_queue_says_what_and_why(visit, brand):
    found = waits(brand)
    shown = visit("suggestions").content.decode()
    for words in (
        "Runa Silverby",
        "Reviewer?",
        "70\u202f% sure",
        "Honest review of the lamp",
        "Why?",
        "Each post has one vote",
    ):
        assert words in shown
    assert "managers and admins answer them" not in shown
    assert f'data-suggestion="{found.pk}"' in shown
    assert "Runa" not in visit("suggestions", fact="niches").content.decode()
    assert visit("suggestions", fact="religion").status_code == 404
    assert visit("suggestions", cursor="x").status_code == 404


def test_the_queue_asks_as_much_for_many(visit, brand, django_assert_max_num_queries):
    visit("suggestions")
    for number in range(15):
        creator = RelationshipFactory(brand=brand, creator=CreatorFactory()).creator
        suggested(brand, creator, priority=number)
    with django_assert_max_num_queries(16):
        shown = visit("suggestions").content.decode()
    assert shown.count("data-suggestion") == 15


def test_answers_swap_the_row_and_refusals_say_why(visit, brand):
    found = waits(brand)
    act = {"data": {"act": "accept"}, "headers": {"HX-Request": "true"}}
    done = visit("value_answer", found.pk, **act)
    assert done.status_code == 200
    assert "Accepted: <strong>Reviewer</strong>" in done.content.decode()
    assert FieldValue.objects.get().text == "reviewer"
    again = visit("value_answer", found.pk, **act)
    assert again.status_code == 409
    assert "was answered by" in again.content.decode()
    back = visit("value_answer", found.pk, **act | {"data": {"act": "take_back"}})
    assert 'data-act="a"' in back.content.decode()
    other = {"act": "other", "value": "educator"}
    assert visit("value_answer", found.pk, data=other).status_code == 302
    found.refresh_from_db()
    assert (found.status, found.chosen) == ("overridden", ["educator"])
    assert visit("value_answer", found.pk, data={"act": "guess"}).status_code == 404


def test_nothing_is_shown_of_who_objects_until_the_night_takes_it_back(visit, brand, manager):
    found = waits(brand)
    Relationship.objects.filter(creator=found.creator).update(unprofiled_at=NOW)
    assert "Runa" not in visit("suggestions").content.decode()
    assert "Nothing yet." in visit("creator_suggestions", found.creator.uid).content.decode()
    assert "1 waiting" not in visit("suggestion_record").content.decode()
    assert (
        "from what creators post"
        not in visit("suggestions").client.get("/acme/day/decide/").content.decode()
    )
    rest = rest_as(manager, brand)
    assert rest.json("suggested-values/")["results"] == []
    assert rest.get(f"suggested-values/{found.pk}/").status_code == 404
    assert_problem(rest.send("POST", f"suggested-values/{found.pk}:accept", {}), 409, "known")


def test_a_creators_page_has_what_waits_of_them(visit, brand, django_assert_max_num_queries):
    found = waits(brand)
    uid = found.creator.uid
    with django_assert_max_num_queries(14):
        shown = visit("creator_suggestions", uid).content.decode()
    assert shown.count("data-suggestion") == 1
    assert 'data-act="a"' in shown
    facts = {"niches": "food", "language": "en", "themes": "spf"}
    for fact, value in facts.items():
        suggested(brand, found.creator, fact=fact, value=value, others=[])
    with django_assert_max_num_queries(14):
        assert visit("creator_suggestions", uid).content.decode().count("data-suggestion") == 4
    other = RelationshipFactory(brand=brand, creator=CreatorFactory()).creator
    assert "data-suggestion" not in visit("creator_suggestions", other.uid).content.decode()
    stranger = RelationshipFactory().creator
    assert visit("creator_suggestions", stranger.uid).status_code == 404


def test_the_record_says_how_right_they_were(visit, brand, manager):
    for number in range(4):
        creator = RelationshipFactory(brand=brand, creator=CreatorFactory()).creator
        answered = {"status": "accepted", "chosen": ["reviewer"]}
        if number == 3:
            answered = {"status": "overridden", "chosen": ["educator"]}
        suggested(brand, creator, closed_at=NOW, closed_by=manager, **answered)
    bulk = RelationshipFactory(brand=brand, creator=CreatorFactory()).creator
    suggested(brand, bulk, closed_at=NOW, status="accepted", chosen=["reviewer"], in_bulk=True)
    shown = visit("suggestion_record").content.decode()
    assert "Of 4 that people looked at, 3 were right and 1 was overridden" in shown
    assert "an override rate of 25\u202f%" in shown
    assert "60 to 79 %" in shown
    assert "1 accepted in bulk" in shown


@pytest.mark.parametrize(
    ("learned_from", "words"),
    [(35, "too few answers to be sure"), (36, "not right often enough to be sure")],
)
def test_why_it_is_never_sure_is_said(visit, brand, learned_from, words):
    waits(brand)
    Classifier.objects.update(training={"is_never_sure": True, "learned_from": learned_from})
    assert words in visit("suggestions").content.decode()
    assert f"{words}: it stays below 80" in visit("suggestion_record").content.decode()


def test_many_at_once_is_refused_where_nobody_has_looked(visit, brand):
    found = waits(brand, confidence=0.9)
    assert (
        "nobody has looked at one yet" in visit("suggestions", fact="content_role").content.decode()
    )
    visit("suggestions_accept", "content_role", data={"least": "80"})
    found.refresh_from_db()
    assert found.status == "open"
    assert visit("suggestions_accept", "religion", data={"least": "80"}).status_code == 404


def test_the_model_outside_is_off_and_its_key_is_never_sent_elsewhere(client, brand):
    client.force_login(person(brand, Role.ADMIN))
    address = reverse("segmentation:suggestion_settings", args=[brand.slug])
    assert "Off, nothing leaves this installation" in client.get(address).content.decode()
    given = {
        "least_confidence": "55",
        "outside_is_on": "on",
        "outside_address": "https://models.example/v1/chat/completions",
        "outside_model": "small",
        "outside_each_night": "10",
    }
    assert client.post(address, given).status_code == 422
    assert client.post(address, given | {"outside_address": "http://x.example/"}).status_code == 422
    assert not ClassifierSettings.objects.exists()
    assert client.post(address, given | {"outside_key": "made-up-key"}).status_code == 302
    held = ClassifierSettings.objects.get()
    assert (held.least_confidence, held.outside_is_on) == (0.55, True)
    assert "made-up-key" not in held.outside_key
    assert "made-up-key" not in client.get(address).content.decode()
    elsewhere = given | {"outside_address": "https://other.example/v1/chat/completions"}
    refused = client.post(address, elsewhere)
    assert refused.status_code == 422
    assert "a stored one is not sent to another address" in refused.content.decode()


def test_programs_read_and_answer(brand, manager):
    found = waits(brand)
    rest = rest_as(manager, brand)
    [row] = rest.json("suggested-values/?fact=content_role&least_confidence=0.5")["results"]
    assert (row["value"], row["confidence"]) == ("reviewer", 0.7)
    assert row["terms"] == [{"term": "review", "brings": 0.4}]
    assert rest.json("suggested-values/?least_confidence=0.8")["results"] == []
    bad = rest.send("POST", f"suggested-values/{found.pk}:override", {"values": ["chef"]})
    assert_problem(bad, 400, "invalid", at="/values")
    done = rest.send("POST", f"suggested-values/{found.pk}:accept", {"note": "Clear"})
    assert (done.json()["status"], done.json()["note"]) == ("accepted", "Clear")
    undone = rest.send("POST", f"suggested-values/{found.pk}:take-back")
    assert undone.json()["status"] == "open"
    many = rest.send(
        "POST", "suggested-values:accept-all", {"fact": "content_role", "least_confidence": 0.8}
    )
    assert_problem(many, 409, "unproven")
    assert SuggestedValue.objects.get().status == "open"
    [version] = rest.json("classifiers/?fact=content_role")["results"]
    assert (version["kind"], version["name"], version["tested"]) == ("lexicon", "lexicon", None)
    assert Classifier.objects.count() == 1
    PromisedTask.objects.all().delete()
    for _ in range(2):
        asked = rest.send("POST", "suggested-values:look", {})
        assert (asked.status_code, asked.json()) == (202, {"within_seconds": 120})
    # Once for all who ask.
    assert PromisedTask.objects.get().task == "segmentation.tasks.suggest_values_of"


def test_my_day_has_one_line_for_all_that_wait(
    client, brand, manager, analyst, django_assert_max_num_queries
):
    client.force_login(manager)
    path = "/acme/day/decide/"
    assert "from what creators post" not in client.get(path).content.decode()
    waits(brand)
    # Of a field that is archived nobody is shown anything.
    suggested(brand, writes(brand), fact="themes", value="travel")
    CustomField.objects.filter(brand=brand, key="themes").update(archived_at=NOW)
    with django_assert_max_num_queries(60) as before:
        page = client.get(path).content.decode()
    assert "1 suggestion from what creators post" in page
    for _ in range(3):
        waits(brand)
    with django_assert_max_num_queries(len(before)):
        page = client.get(path).content.decode()
    assert "4 suggestions from what creators post" in page
    later = {"until": str((timezone.now() + timedelta(days=2)).date())}
    assert (
        client.post(f"/acme/day/rows/suggested_values/{brand.pk}/snooze/", later).status_code < 400
    )
    assert "from what creators post" not in client.get(path).content.decode()
    client.force_login(person(brand, Role.LEGAL))
    assert "from what creators post" not in client.get(path).content.decode()
