"""Restricted notes: read by their author, legal and admins, on every way out of the product."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from crm.models import Note, Notification
from crm.services.held import held_about
from crm.services.notes import NoteRefused, add_note, change_note
from segmentation.facts.records import record_types
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in
from tests.rest import rest_as

pytestmark = pytest.mark.django_db
SECRET = "quietword about health"


@pytest.fixture
def her(brand):
    return RelationshipFactory(brand=brand, creator__name="Maya Lindholm")


@pytest.fixture
def note(her, strategist):
    return add_note(relationship=her, text=SECRET, author=strategist, at=NOW, is_restricted=True)


@pytest.fixture
def ways_out(brand, her, note):
    """Every page and answer on which notes can be read."""
    place = f"/{brand.slug}/creators/{her.creator.uid}/"
    return (
        place,
        f"{place}timeline/",
        f"{place}timeline/export/csv/",
        f"/{brand.slug}/search/?q=quietword",
        f"/{brand.slug}/notes/{note.pk}/",
    )


def read(client, url: str) -> str:
    answer = client.get(url)
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode()


def test_the_author_and_legal_read_it_everywhere(ways_out, strategist, legal):
    for user in (strategist, legal):
        client = logged_in(user)
        for url in ways_out:
            assert "quietword" in read(client, url).replace("q=quietword", ""), (user, url)


def test_nobody_else_reads_it_anywhere(ways_out, note, manager, analyst):
    for user in (manager, analyst):
        client = logged_in(user)
        for url in ways_out:
            text = read(client, url)
            assert "health" not in text, (user, url)
        assert client.get(ways_out[-1]).status_code == 404
        assert client.post(ways_out[-1], {"text": "Mine now"}).status_code == 404
        assert client.post(f"{ways_out[-1]}delete/").status_code == 404
    note.refresh_from_db()
    assert (note.text, note.deleted_at) == (SECRET, None)


def test_rest_gives_it_to_the_same_people(brand, note, manager, legal, strategist):
    for user, number in ((manager, 0), (strategist, 1), (legal, 1)):
        rest = rest_as(user, brand, [Scope.TASKS_READ])
        assert len(rest.json("notes/")["results"]) == number
        assert rest.get(f"notes/{note.pk}/").status_code == (200 if number else 404)


def test_who_may_not_read_it_is_not_sent_to_it(her, brand, legal, manager, strategist):
    with pytest.raises(NoteRefused, match="may not read restricted notes"):
        add_note(
            relationship=her,
            text=f"@{manager.email} look",
            author=legal,
            at=NOW,
            is_restricted=True,
        )
    assert not Note.objects.exists()
    note = add_note(
        relationship=her, text=f"@{legal.email} look", author=strategist, at=NOW, is_restricted=True
    )
    assert [one.user for one in Notification.objects.all()] == [legal]
    assert "look" not in Notification.objects.get().text
    with pytest.raises(NoteRefused, match="leave the @ out"):
        change_note(
            note_id=note.pk, brand=brand, text=f"@{manager.email}", actor=strategist, at=NOW
        )


def test_the_creator_learns_that_it_is_there_and_no_rule_counts_it(her, note):
    lines = {line.what: line.value for line in held_about(her, NOW)}
    assert lines["Notes of our team"].startswith("1, ")
    assert SECRET not in str(lines)
    [notes] = [one for one in record_types([]) if one.key == "notes"]
    assert "NOT r.is_restricted" in notes.where


def test_the_page_can_restrict_a_note(brand, her, manager_client):
    url = f"/{brand.slug}/creators/{her.creator.uid}/notes/"
    manager_client.post(url, {"text": "Between us", "is_restricted": "on"})
    manager_client.post(url, {"text": "For all"})
    assert list(Note.objects.order_by("pk").values_list("text", "is_restricted")) == [
        ("Between us", True),
        ("For all", False),
    ]
