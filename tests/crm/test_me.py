"""One's own page: what one is called, and by which word colleagues name one."""

from __future__ import annotations

import pytest

from crm.choices import Role
from crm.models import Mention, Notification, User
from crm.services.mentions import handle_of, handles, pieces
from crm.services.notes import add_note
from crm.services.own_names import NameRefused, set_own_name
from tests.factories import NOW, RelationshipFactory, UserFactory, UserRoleFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db


def names():
    return list(User.objects.order_by("pk").values_list("first_name", "last_name", "handle"))


def test_a_name_and_a_handle_are_chosen_on_the_page(manager, manager_client, brand):
    page = manager_client.get("/acme/me/").content.decode()
    assert "<strong>@manager</strong>" in page
    assert "Creator manager" in page
    given = {"name": " Mira  van Dijk ", "handle": "@Mira.vD"}
    assert manager_client.post("/acme/me/name/", given)["Location"] == "/acme/me/"
    assert names() == [("Mira", "van Dijk", "mira.vd")]
    page = manager_client.get("/acme/me/").content.decode()
    assert "<strong>Mira van Dijk</strong>" in page
    assert "<strong>@mira.vd</strong>" in page
    assert manager_client.get("/acme/people/").json()["people"] == [
        {"handle": "mira.vd", "name": "Mira van Dijk"}
    ]


@pytest.mark.parametrize(
    ("name", "handle", "field"),
    [
        ("", "mira", "name"),
        ("Mira", "mira jensen", "handle"),
        ("Mira", "mira.", "handle"),
        ("Mira", "mirä", "handle"),
        ("Mira", "m" * 31, "handle"),
        ("Mira", "legal", "handle"),
        ("Mira", "taken", "handle"),
        ("M" * 151, "mira", "name"),
    ],
)
def test_what_nobody_can_be_called(manager, legal, name, handle, field):
    """One's colleague's word, somebody else's, and what no sentence could hold."""
    UserFactory(handle="taken")
    before = names()
    with pytest.raises(NameRefused) as refused:
        set_own_name(user=manager, name=name, handle=handle)
    assert refused.value.field == field
    assert names() == before


def test_a_refusal_is_shown_beside_its_field(manager_client, legal):
    answer = manager_client.post("/acme/me/name/", {"name": "Mira", "handle": "legal"})
    assert answer.status_code == 422
    assert "@legal is legal already. Choose another." in answer.content.decode()
    assert set(names()) == {("", "", "")}


def test_one_s_own_word_and_the_address_both_name_one(brand, manager, legal):
    set_own_name(user=legal, name="Lea", handle="lea")
    relationship = RelationshipFactory(brand=brand)
    for number, text in enumerate(("@lea?", "@legal.", f"@{legal.email}")):
        add_note(relationship=relationship, text=text, author=manager, at=NOW)
        assert Mention.objects.count() == number + 1
    assert {told.user for told in Notification.objects.all()} == {legal}


def test_a_chosen_word_comes_before_a_newcomer_s_address(brand, manager):
    set_own_name(user=manager, name="Mira", handle="maria")
    maria = UserFactory(email="maria@acme.example")
    UserRoleFactory(user=maria, brand=brand, role=Role.LEGAL)
    mira = User.objects.get(pk=manager.pk)
    known = handles([mira, maria])
    assert known["maria"] == mira
    assert (handle_of(mira, known), handle_of(maria, known)) == ("maria", "maria@acme.example")


def test_a_text_falls_into_pieces_at_those_it_names(manager, legal):
    known = handles([manager, legal])
    text = "@Legal. See x@legal.example, @nobody (@manager)"
    assert list(pieces(text, known)) == [
        ("", None),
        ("@Legal", legal),
        (". See x@legal.example, @nobody (", None),
        ("@manager", manager),
        (")", None),
    ]
    assert list(pieces("plain", known)) == [("plain", None)]


def test_the_page_takes_as_many_queries_however_many_brands(
    manager, brand, django_assert_num_queries
):
    client = logged_in(manager)
    with django_assert_num_queries(9):  # session, user, role, brands; people, roles, the rest
        client.get("/acme/me/")
    UserRoleFactory.create_batch(3, user=manager)
    with django_assert_num_queries(9):
        client.get("/acme/me/")
