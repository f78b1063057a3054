"""The pages of fields: settings, the creator's panel, one field of one creator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.choices import FieldType, Source
from crm.models import AuditEntry, CustomField, FieldValue
from crm.selectors import held_fields
from crm.services.field_values import set_values
from crm.services.fields import STANDARD, define_field
from crm.views import fields
from tests.factories import NOW as SOME_DAY
from tests.factories import RelationshipFactory

pytestmark = pytest.mark.django_db

# Pages show what holds at the moment of the request.
NOW = SOME_DAY - timedelta(days=30)
HTMX = {"HTTP_HX_REQUEST": "true"}
SETTINGS = "/acme/settings/fields/"


@pytest.fixture
def creator(brand):
    return RelationshipFactory(brand=brand, creator__name="Ada").creator


def value_url(creator, key: str) -> str:
    return f"/acme/creators/{creator.uid}/fields/{key}/"


def text_of(answer) -> str:
    return answer.content.decode()


def define(brand, kind, **more) -> CustomField:
    return define_field(
        brand=brand, label=f"My {kind}", type=FieldType(kind), at=NOW, actor=None, **more
    )


def test_everybody_sees_what_fields_mean(analyst_client):
    page = text_of(analyst_client.get(SETTINGS))
    for one in STANDARD:
        assert one["label"] in page
    assert "Explains concepts, comparisons and how it works." in page
    assert "Strategists and admins make fields" in page
    assert "Make field" not in page


def test_a_strategist_makes_a_field(brand, strategist_client):
    sent = {
        "label": "Story style",
        "type": "choice",
        "choices": "Calm\nloud | Loud one | Shouts | a lot\n\n",
        "description": "How they tell.",
    }
    answer = strategist_client.post(SETTINGS, sent, follow=True)
    assert "There is a field “Story style” now. Rules call it story_style." in text_of(answer)
    field = CustomField.objects.get(brand=brand, key="story_style")
    assert field.choices == [
        {"value": "calm", "label": "Calm"},
        {"value": "loud", "label": "Loud one", "definition": "Shouts | a lot"},
    ]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"label": "Followers", "type": "number"}, "the key of a fact that every brand has"),
        ({"label": "Style", "type": "choice"}, "Give the values to choose from"),
        ({"label": "Style", "type": "dance"}, "dance is not one of the available choices"),
        ({"type": "text"}, "This field is required"),
        ({"label": "A", "type": "text", "choices": "x"}, "have a list"),
    ],
)
def test_a_refused_field_says_why_and_keeps_what_was_typed(strategist_client, sent, words):
    answer = strategist_client.post(SETTINGS, {"description": "Typed words", **sent})
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert "Typed words" in page
    assert CustomField.objects.count() == len(STANDARD)


def test_a_strategist_rewords_archives_and_brings_back(brand, strategist_client):
    page = text_of(strategist_client.get(f"{SETTINGS}content_role/"))
    assert "educator | Educator | Explains concepts" in page
    sent = {"label": "Role", "choices": "educator | Teacher", "position": "3", "description": ""}
    strategist_client.post(f"{SETTINGS}content_role/", sent)
    field = CustomField.objects.get(brand=brand, key="content_role")
    assert (field.label, field.labels, field.position) == ("Role", {"educator": "Teacher"}, 3)
    answer = strategist_client.post(f"{SETTINGS}content_role/archive/", follow=True)
    assert "“Role” is archived. Its values are kept." in text_of(answer)
    assert "Archived (1)" in text_of(answer)
    field.refresh_from_db()
    assert field.archived_at is not None
    answer = strategist_client.post(f"{SETTINGS}content_role/restore/", follow=True)
    assert "“Role” is in use again" in text_of(answer)
    field.refresh_from_db()
    assert field.archived_at is None


def test_a_list_that_lacks_a_held_value_is_refused_in_words(brand, creator, strategist_client):
    values = {"content_role": "educator"}
    set_values(brand=brand, creator_ids=[creator.pk], values=values, at=NOW, actor=None)
    sent = {"label": "Role", "choices": "reviewer | Reviewer", "position": "1"}
    answer = strategist_client.post(f"{SETTINGS}content_role/", sent)
    assert answer.status_code == 422
    assert "would lack: “Educator” (1)" in text_of(answer)
    assert "educator" in CustomField.objects.get(brand=brand, key="content_role").labels


def test_fields_of_another_brand_are_not_there(other_brand, strategist_client):
    CustomField.objects.filter(brand=other_brand, key="themes").update(key="secret")
    for part in ("", "archive/", "restore/"):
        assert strategist_client.post(f"{SETTINGS}secret/{part}").status_code == 404


def test_the_creator_page_says_what_is_known_and_what_is_not(
    brand, creator, manager, analyst_client
):
    set_values(
        brand=brand,
        creator_ids=[creator.pk],
        values={"content_role": "educator", "formats": []},
        at=NOW,
        actor=manager,
        note="Her series",
    )
    page = text_of(analyst_client.get(f"/acme/creators/{creator.uid}/?section=about"))
    assert "Educator" in page
    assert f"Entered by hand, {manager.display_name}" in page
    assert "Her series" in page
    assert "none" in page
    assert "Creator managers and admins fill them in" in page
    assert "Say it" not in page


def test_a_brand_without_fields_is_told_what_to_do(brand, creator, analyst_client):
    CustomField.objects.all().delete()
    page = text_of(analyst_client.get(f"/acme/creators/{creator.uid}/?section=about"))
    assert "Your brand has no field in use." in page
    assert "No field is in use." in text_of(analyst_client.get(SETTINGS))


@pytest.mark.parametrize(
    ("kind", "typed", "value", "shown"),
    [
        ("number", "12.5", 12.5, 'value="12.5"'),
        ("money", "1200", 1200.0, 'value="1200.0"'),
        ("percent", "12.5", 0.125, 'value="12.5"'),
        ("text", " two  words ", "two words", 'value="two words"'),
        ("choice", "b", "b", '<option value="b" selected>B</option>'),
        ("set", ["b", "a"], ["a", "b"], 'value="a"'),
        ("date", "2026-03-31", "2026-03-31", 'value="2026-03-31"'),
        ("boolean", "no", False, '<option value="no" selected>No</option>'),
    ],
)
def test_a_manager_says_what_a_field_of_each_type_holds(
    brand, creator, manager_client, kind, typed, value, shown
):
    choices = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    field = define(brand, kind, choices=choices if kind in {"choice", "set"} else [])
    url = value_url(creator, field.key)
    assert manager_client.get(url).status_code == 200
    answer = manager_client.post(url, {"value": typed, "source": "creator", "note": "Told us"})
    assert answer["Location"] == f"/acme/creators/{creator.uid}/?section=about"
    row = FieldValue.objects.get(field=field)
    assert (str(row.value) if kind == "date" else row.value) == value
    assert (row.source, row.note) == (Source.CREATOR, "Told us")
    page = text_of(manager_client.get(url))
    assert shown in page
    assert "Told us" in page


def test_words_of_a_set_are_typed_between_commas(brand, creator, manager_client):
    url = value_url(creator, "themes")
    manager_client.post(url, {"value": " SPF, how  to,,spf ", "source": "manual"})
    assert FieldValue.objects.get().tags == ["how to", "spf"]
    assert 'value="how to, spf"' in text_of(manager_client.get(url))
    manager_client.post(url, {"value": "", "source": "manual"})
    assert FieldValue.objects.order_by("-since").first().tags == []


@pytest.mark.parametrize(
    ("key", "sent", "words"),
    [
        ("content_role", {"value": "x"}, "x is not one of the available choices"),
        ("content_role", {"value": ""}, "This field is required"),
        ("themes", {"value": "x" * 121}, "has 121 characters; it may have 120"),
        ("risk_level", {"value": "low", "note": "x" * 301}, "at most 300 characters"),
        ("risk_level", {"value": "low", "source": "gossip"}, "gossip is not one of"),
    ],
)
@pytest.mark.parametrize("more", [{}, HTMX])
def test_a_refused_value_changes_nothing_and_says_why(
    creator, manager_client, key, sent, words, more
):
    answer = manager_client.post(value_url(creator, key), {"source": "manual", **sent}, **more)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not FieldValue.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_value_is_taken_away_with_the_reason(brand, creator, manager_client):
    url = value_url(creator, "risk_level")
    manager_client.post(url, {"value": "high", "source": "manual"})
    manager_client.post(url, {"value": "", "source": "manual", "note": "Error", "clear": "yes"})
    newest = FieldValue.objects.order_by("-since").first()
    assert (newest.value, newest.note) == (None, "Error")
    page = text_of(manager_client.get(url))
    assert "taken away" in page
    assert page.count("<tr>") == 3
    page = text_of(manager_client.get(f"/acme/creators/{creator.uid}/?section=about"))
    assert "Taken away. Entered by hand" in page


def test_the_row_and_its_form_take_each_others_place(creator, manager_client):
    url = value_url(creator, "risk_level")
    form = text_of(manager_client.get(url, **HTMX))
    assert form.lstrip().startswith("<form")
    assert 'hx-target="#field-risk_level"' in form
    assert " autofocus" in form
    row = text_of(manager_client.get(f"{url}?part=row", **HTMX))
    assert "not known" in row
    assert "autofocus" in row
    assert "<form" not in row
    saved = text_of(manager_client.post(url, {"value": "low", "source": "manual"}, **HTMX))
    assert 'data-announce="Risk is saved: Low"' in saved
    assert "<form" not in saved


def test_an_analyst_sees_the_history_only(brand, creator, analyst_client):
    set_values(
        brand=brand, creator_ids=[creator.pk], values={"risk_level": "low"}, at=NOW, actor=None
    )
    page = text_of(analyst_client.get(value_url(creator, "risk_level")))
    assert "Creator managers and admins say what this field holds" in page
    assert "no note" in page
    assert 'name="value"' not in page


def test_a_field_that_is_put_away_meanwhile_is_not_found(
    brand, creator, manager_client, monkeypatch
):
    def held_after_that(*asked):
        CustomField.objects.filter(brand=brand, key="risk_level").update(archived_at=NOW)
        return held_fields(*asked)

    monkeypatch.setattr(fields, "held_fields", held_after_that)
    assert manager_client.get(value_url(creator, "risk_level")).status_code == 404


def test_what_is_not_there(brand, other_brand, creator, manager_client):
    stranger = RelationshipFactory(brand=other_brand).creator
    CustomField.objects.filter(brand=brand, key="themes").update(archived_at=NOW)
    for url in (
        value_url(stranger, "risk_level"),
        value_url(creator, "nonsense"),
        value_url(creator, "themes"),
    ):
        assert manager_client.get(url).status_code == 404
        assert manager_client.post(url, {"value": "low"}).status_code == 404
    assert not FieldValue.objects.exists()


def test_pages_take_the_same_queries_for_few_and_many(brand, creator, manager_client):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert manager_client.get(url).status_code == 200
        return len(asked)

    urls = (SETTINGS, f"/acme/creators/{creator.uid}/?section=about")
    few = [queries(url) for url in urls]
    for number in range(30):
        define_field(brand=brand, label=f"Field {number}", type=FieldType.TEXT, at=NOW, actor=None)
        values = {f"field_{number}": f"Word {number}"}
        set_values(brand=brand, creator_ids=[creator.pk], values=values, at=NOW, actor=None)
    assert [queries(url) for url in urls] == few
    assert "Word 29" in text_of(manager_client.get(urls[1]))
