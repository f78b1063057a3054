"""`fields` and `omit` of lists and items."""

from __future__ import annotations

import pytest

from tests.factories import NoteFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(brand, manager):
    ida = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    return NoteFactory(relationship=ida, author=manager, text="Likes tea.")


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def test_only_what_is_named_in_the_order_named(rest, note):
    found = rest.json("notes/", fields="text, id")
    assert found["results"] == [{"text": "Likes tea.", "id": note.pk}]
    assert found["count"] == 1
    assert rest.json(f"notes/{note.pk}/", fields="text") == {"text": "Likes tea."}


def test_all_but_what_is_named(rest, note):
    whole = rest.json(f"notes/{note.pk}/")
    del whole["text"], whole["author"]
    assert rest.json(f"notes/{note.pk}/", omit="text,author") == whole
    assert rest.json("notes/", omit="text,author")["results"] == [whole]


def test_links_to_other_pages_keep_it(rest, note):
    NoteFactory(relationship=note.relationship, author=note.author)
    found = rest.json("notes/", fields="id", limit=1)
    assert set(rest.client.get(found["next"]).json()["results"][0]) == {"id"}


def test_a_member_that_there_is_not_is_named(rest, note):
    told = assert_problem(rest.get("notes/", fields="id,txet"), 400, "unknown_member")
    assert told["errors"] == [
        {
            "pointer": "?fields",
            "code": "unknown_member",
            "message": "There is no member 'txet' here. Did you mean text?",
        }
    ]
    assert_problem(rest.get(f"notes/{note.pk}/", omit="q1"), 400, "unknown_member")


def test_one_or_the_other_and_not_empty(rest, note):
    assert_problem(rest.get("notes/", fields="id", omit="text"), 400, "either")
    assert_problem(rest.get("notes/", fields=" , "), 400, "required")


def test_where_nothing_is_shown_it_has_no_place(rest, note):
    answer = rest.send("PATCH", f"notes/{note.pk}/?fields=id", {"text": "x"})
    assert_problem(answer, 400, "unknown_parameter")
