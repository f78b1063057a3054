"""Notes over REST: written, corrected, taken back and brought again by their authors."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from crm.models import Mention, Note, NoteVersion, Notification
from tests.factories import NoteFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def write(rest, ida, text="Likes tea."):
    return rest.send("POST", "notes/", {"creator": str(ida.creator.uid), "text": text})


def test_a_note_names_a_colleague_who_is_told(rest, ida, manager, legal):
    made = write(rest, ida, " Ask @legal. ")
    assert made.status_code == 201
    found = made.json()
    assert found == {
        "id": Note.objects.get().pk,
        "creator": {"uid": str(ida.creator.uid), "name": "Ida Holm"},
        "author": manager.email,
        "text": "Ask @legal.",
        "is_restricted": False,
        "created_at": found["created_at"],
        "edited_at": None,
    }
    assert Mention.objects.get().user == legal
    assert Notification.objects.get().user == legal


def test_what_it_said_is_kept(rest, ida):
    number = write(rest, ida).json()["id"]
    changed = rest.send("PATCH", f"notes/{number}/", {"text": "Likes milk."}).json()
    assert changed["text"] == "Likes milk."
    assert changed["edited_at"]
    assert NoteVersion.objects.get().text == "Likes tea."


def test_taken_back_and_brought_again(rest, ida):
    number = write(rest, ida).json()["id"]
    assert_problem(rest.send("POST", f"notes/{number}:restore"), 404)
    assert rest.send("POST", f"notes/{number}:delete").status_code == 204
    assert_problem(rest.get(f"notes/{number}/"), 404)
    assert_problem(rest.send("PATCH", f"notes/{number}/", {"text": "x"}), 404)
    assert_problem(rest.send("POST", f"notes/{number}:delete"), 404)
    assert rest.json("notes/")["count"] == 0
    back = rest.send("POST", f"notes/{number}:restore")
    assert (back.status_code, back.json()["text"]) == (200, "Likes tea.")
    assert rest.json("notes/", creator=str(ida.creator.uid))["count"] == 1


def test_somebody_else_s_note_stays_as_it_is(rest, ida, admin_user, brand):
    number = write(rest, ida).json()["id"]
    theirs = rest_as(admin_user, brand)
    for method, path, body in (
        ("PATCH", f"notes/{number}/", {"text": "Mine"}),
        ("POST", f"notes/{number}:delete", None),
    ):
        assert_problem(theirs.send(method, path, body), 403, "not_the_author")
    rest.send("POST", f"notes/{number}:delete")
    assert_problem(theirs.send("POST", f"notes/{number}:restore"), 403, "not_the_author")
    kept = Note.objects.get()
    assert (kept.text, kept.deleted_at is None) == ("Likes tea.", False)


def test_who_may_not_read_a_restricted_note_is_not_named_in_it(rest, ida, analyst):
    body = {"creator": str(ida.creator.uid), "text": "Ask @analyst.", "is_restricted": True}
    assert_problem(rest.send("POST", "notes/", body), 400, "invalid", at="/text")
    assert not Note.objects.exists()
    made = rest.send("POST", "notes/", body | {"text": "Ask somebody."}).json()
    named = rest.send("PATCH", f"notes/{made['id']}/", {"text": "Ask @analyst."})
    assert_problem(named, 400, "invalid", at="/text")
    assert Note.objects.get().text == "Ask somebody."


def test_notes_of_another_brand_are_not_there(rest, ida, other_brand):
    theirs = NoteFactory(relationship__brand=other_brand, text="Theirs")
    for method, path, body in (
        ("GET", f"notes/{theirs.pk}/", None),
        ("PATCH", f"notes/{theirs.pk}/", {"text": "x"}),
        ("POST", f"notes/{theirs.pk}:delete", None),
        ("POST", f"notes/{theirs.pk}:restore", None),
    ):
        assert_problem(rest.send(method, path, body), 404)
    assert rest.json("notes/")["count"] == 0
    assert_problem(write(rest, theirs.relationship), 400, "unknown_creator")
    assert Note.objects.get().text == "Theirs"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "blank"),
        ({"text": "x" * 10_001}, "max_length"),
        ({"text": None}, "null"),
        ({"text": "x", "creator": "x"}, "invalid"),
        ({"text": "x", "txet": "y"}, "unknown_member"),
    ],
)
def test_what_cannot_be_used_is_named(rest, ida, body, code):
    sent = {"creator": str(ida.creator.uid)} | body
    assert_problem(rest.send("POST", "notes/", sent), 400, code)
    assert not Note.objects.exists()


def test_reading_is_not_writing(brand, manager, ida):
    reader = rest_as(manager, brand, [Scope.TASKS_READ])
    assert reader.json("notes/")["count"] == 0
    assert_problem(write(reader, ida), 403)
    assert not Note.objects.exists()
