"""Notes: one's own can be changed and taken back; what they said is kept; who is named is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import AuditEntry, Mention, Note, Notification
from crm.services import notes as service
from crm.services.mentions import handle_of, handles
from tests.factories import NOW, RelationshipFactory, UserFactory, UserRoleFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def note(relationship, manager):
    return service.add_note(relationship=relationship, text="Likes tea.", author=manager, at=NOW)


def change(note, actor, text, at=LATER):
    brand = note.relationship.brand
    return service.change_note(note_id=note.pk, brand=brand, text=text, actor=actor, at=at)


def test_the_author_corrects_and_what_it_said_is_kept(note, manager):
    changed = change(note, manager, " Likes coffee. ")
    assert (changed.text, changed.edited_at) == ("Likes coffee.", LATER)
    [version] = note.versions.all()
    assert (version.text, version.written_at, version.replaced_at) == ("Likes tea.", NOW, LATER)
    change(note, manager, "Likes coffee.")
    assert note.versions.count() == 1
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.verb, entry.data) == ("crm.note.changed", {"note": note.pk})


def test_nobody_else_s_note(note, admin_user, other_brand, outsider):
    with pytest.raises(service.NotTheAuthor, match="manager wrote this note"):
        change(note, admin_user, "Mine now")
    with pytest.raises(service.NotTheAuthor):
        service.delete_note(
            note_id=note.pk, brand=note.relationship.brand, actor=admin_user, at=LATER
        )
    with pytest.raises(Note.DoesNotExist):
        service.delete_note(note_id=note.pk, brand=other_brand, actor=outsider, at=LATER)
    note.refresh_from_db()
    assert (note.text, note.deleted_at) == ("Likes tea.", None)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
def test_a_note_says_something_and_not_too_much(note, manager, text):
    with pytest.raises(service.NoteRefused):
        change(note, manager, text)
    note.refresh_from_db()
    assert (note.text, note.edited_at) == ("Likes tea.", None)


def test_taken_back_and_brought_again(note, manager, legal):
    brand = note.relationship.brand
    change(note, manager, "Ask @legal")
    assert Notification.objects.get().user == legal
    service.delete_note(note_id=note.pk, brand=brand, actor=manager, at=LATER)
    assert not Note.objects.visible_to(manager).exists()
    assert not Notification.objects.exists()
    service.restore_note(note_id=note.pk, brand=brand, actor=manager, at=LATER)
    assert Note.objects.visible_to(manager).get() == note
    # Who had not read that they were named is told again.
    assert Notification.objects.get().user == legal


def test_who_is_named_is_told_where(note, manager, legal, relationship):
    change(note, manager, "@legal, please; not @manager")
    told = Notification.objects.get()
    assert (told.user, told.text, told.url) == (
        legal,
        "manager mentioned you in a note about Ida Holm",
        f"/acme/creators/{relationship.creator.uid}/",
    )
    assert Mention.objects.count() == 2
    change(note, manager, "Never mind")
    assert not Mention.objects.exists()
    change(note, manager, "@legal after all")
    assert Notification.objects.count() == 1


def test_people_of_other_brands_cannot_be_named(note, manager, outsider):
    change(note, manager, f"@admin @{outsider.email}")
    assert not Mention.objects.exists()


def test_two_of_one_name_are_named_by_their_addresses(brand, manager):
    first, second = (UserFactory(email=f"maria@{place}.example") for place in ("acme", "agency"))
    for user in (first, second):
        UserRoleFactory(user=user, brand=brand)
    known = handles([first, second, manager])
    assert handle_of(manager, known) == "manager"
    assert handle_of(first, known) == "maria@acme.example"
    assert "maria" not in known


def test_the_pages_of_a_note(note, manager_client, legal):
    path = f"/acme/notes/{note.pk}/"
    assert manager_client.post(path, {"text": ""}).status_code == 422
    assert manager_client.post(path, {"text": "Likes milk."}).status_code == 302
    page = manager_client.get(path).content.decode()
    assert "Likes tea." in page
    others = logged_in(legal)
    assert "Delete this note" not in others.get(path).content.decode()
    assert others.post(path, {"text": "Hers"}).status_code == 422
    assert others.post(f"{path}delete/")["Location"] == path
    assert manager_client.post(f"{path}delete/").status_code == 302
    page = manager_client.get(f"/acme/creators/{note.relationship.creator.uid}/")
    assert "Likes milk." not in page.content.decode()
    assert "Note, deleted since" in page.content.decode()
    # The way back stands in what is said about it.
    assert f'action="{path}restore/"' in page.content.decode()


def test_a_deleted_note_comes_back_to_its_author_alone(note, manager_client, legal):
    path = f"/acme/notes/{note.pk}/"
    assert manager_client.post(f"{path}restore/").status_code == 404
    manager_client.post(f"{path}delete/")
    others = logged_in(legal)
    page = others.get(path).content.decode()
    assert "only its author can bring it back" in page
    assert "Likes tea." not in page
    assert others.post(f"{path}restore/")["Location"] == path
    assert Note.objects.get().deleted_at is not None
    assert "Likes tea." in manager_client.get(path).content.decode()
    assert manager_client.post(path, {"text": "Changed"}).status_code == 200
    back = f"/acme/creators/{note.relationship.creator.uid}/"
    assert manager_client.post(f"{path}restore/")["Location"] == back
    kept = Note.objects.get()
    assert (kept.deleted_at, kept.text) == (None, "Likes tea.")
    assert "Likes tea." in others.get(back).content.decode()


def test_who_is_named_stands_out_and_nothing_else_does(note, manager, manager_client, legal):
    change(note, manager, "<b>Ask</b> @legal.")
    page = manager_client.get(f"/acme/creators/{note.relationship.creator.uid}/").content.decode()
    assert '&lt;b&gt;Ask&lt;/b&gt; <strong title="legal">@legal</strong>.' in page


def test_who_can_be_named(brand, manager_client, legal, outsider):
    assert manager_client.get("/acme/people/").json() == {
        "people": [
            {"handle": "legal", "name": "legal"},
            {"handle": "manager", "name": "manager"},
        ]
    }
