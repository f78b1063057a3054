"""Contacts, postal addresses and agents over REST: personal data, behind scopes of their own."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from crm.models import (
    Agent,
    AuditEntry,
    ContactPoint,
    FactChange,
    PostalAddress,
    Representation,
)
from tests.factories import ContactPointFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db

STREET = {"recipient": "Ida Holm", "street": "Torvet 1", "city": "Aarhus", "country": "DK"}


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def uid(ida):
    return str(ida.creator.uid)


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def contact(rest, uid, **more):
    body = {"creator": uid, "kind": "email", "value": "Ida@Example.com"} | more
    return rest.send("POST", "contacts/", body)


def agent(rest, **more):
    return rest.send("POST", "agents/", {"name": "Bo Berg", "emails": ["Bo@Agency.example"]} | more)


def nothing_of_it_in_the_ledger():
    kept = str(
        list(AuditEntry.objects.values_list("facts", "text__personal", "text__target_label"))
    )
    return not any(word in kept for word in ("example", "Torvet", "Berg"))


class TestContacts:
    def test_one_is_written_down_described_barred_and_erased(self, rest, uid, manager):
        made = contact(rest, uid, purpose="contracts", basis="consent", given_by="she herself")
        assert made.status_code == 201
        found = made.json()
        assert (found["value"], found["purpose"], found["basis"]) == (
            "ida@example.com",
            "contracts",
            "consent",
        )
        assert (found["author"], found["barred_at"], found["valid_from"], found["found_in"]) == (
            manager.email,
            None,
            None,
            None,
        )
        url = f"contacts/{found['id']}/"
        change = {"basis": None, "valid_from": "2026-12-01", "barred_reason": "He left"}
        changed = rest.send("PATCH", url, change).json()
        assert (changed["basis"], changed["valid_from"], changed["given_by"]) == (
            None,
            "2026-12-01",
            "she herself",
        )
        assert (changed["barred_reason"], changed["barred_by"]) == ("He left", manager.email)
        # What is left out stays, null takes away.
        assert rest.send("PATCH", url, {}).json()["barred_reason"] == "He left"
        change = {"barred_reason": None, "valid_from": None}
        allowed = rest.send("PATCH", url, change).json()
        assert (allowed["barred_reason"], allowed["barred_at"], allowed["valid_from"]) == (
            None,
            None,
            None,
        )
        assert rest.send("DELETE", url).status_code == 204
        assert_problem(rest.get(url), 404)
        assert not ContactPoint.objects.exists()
        assert nothing_of_it_in_the_ledger()
        assert AuditEntry.objects.count() == 6

    def test_lists_are_narrowed(self, rest, uid, ida, brand, other_brand):
        first = contact(rest, uid).json()["id"]
        second = contact(rest, uid, kind="phone", value="+45 12 34 56 78").json()["id"]
        ContactPointFactory(brand=other_brand, creator=ida.creator)
        rest.send("PATCH", f"contacts/{second}/", {"barred_reason": "Not hers"})
        stranger = RelationshipFactory(brand=brand).creator.uid

        def ids(**params):
            return [row["id"] for row in rest.json("contacts/", **params)["results"]]

        assert ids() == [first, second]
        assert ids(kind="phone") == ids(is_barred="true") == [second]
        assert ids(is_barred="false") == [first]
        assert (ids(creator=uid), ids(creator=str(stranger))) == ([first, second], [])

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"value": "no address"}, "/value", "invalid"),
            ({"kind": "phone", "value": "12"}, "/value", "invalid"),
            ({"kind": "pigeon"}, "/kind", "invalid_choice"),
            ({"purpose": "fun"}, "/purpose", "invalid_choice"),
            ({"basis": "because"}, "/basis", "invalid_choice"),
            ({"found_in": "x" * 121}, "/found_in", "max_length"),
            ({"valid_from": "soon"}, "/valid_from", "invalid"),
            ({"creator": "00000000-0000-0000-0000-000000000000"}, "/creator", "unknown_creator"),
            ({"creator": "x"}, "/creator", "invalid"),
            ({"barred_reason": "x"}, "/barred_reason", "unknown_member"),
        ],
    )
    def test_what_cannot_be_used_is_named_and_nothing_is_kept(self, rest, uid, body, pointer, code):
        problem = assert_problem(contact(rest, uid, **body), 400, code)
        assert problem["errors"][0]["pointer"] == pointer
        assert not ContactPoint.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_an_address_belongs_to_one_creator(self, rest, uid, brand):
        contact(rest, uid)
        other = RelationshipFactory(brand=brand, creator__name="Bo")
        problem = assert_problem(contact(rest, str(other.creator.uid)), 400, "invalid")
        assert problem["errors"][0]["message"] == "ida@example.com belongs to Ida Holm."
        assert ContactPoint.objects.count() == 1


class TestAddresses:
    def test_one_is_set_corrected_confirmed_and_forgotten(self, rest, uid, ida):
        made = rest.send("POST", "addresses/", STREET | {"creator": uid, "postal_code": "8000"})
        assert made.status_code == 201
        found = made.json()
        assert (found["creator"]["name"], found["postal_code"], found["region"]) == (
            "Ida Holm",
            "8000",
            None,
        )
        url = f"addresses/{found['id']}/"
        changed = rest.send("PATCH", url, {"street": "Torvet 2", "postal_code": None}).json()
        assert (changed["street"], changed["city"], changed["postal_code"]) == (
            "Torvet 2",
            "Aarhus",
            None,
        )
        confirmed = rest.send("PATCH", url, {}).json()
        assert confirmed["confirmed_at"] > changed["confirmed_at"]
        again = rest.send("POST", "addresses/", STREET | {"creator": uid}).json()
        assert (again["id"], again["street"]) == (found["id"], "Torvet 1")
        assert rest.json("addresses/", creator=uid)["count"] == 1
        assert rest.send("DELETE", url).status_code == 204
        assert not PostalAddress.objects.exists()
        assert nothing_of_it_in_the_ledger()

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"country": "XX"}, "/country"),
            ({"country": "dk"}, "/country"),
            ({"street": " "}, "/street"),
            ({"city": None}, "/city"),
        ],
    )
    def test_one_that_no_parcel_finds_is_refused(self, rest, uid, body, pointer):
        problem = assert_problem(
            rest.send("POST", "addresses/", STREET | {"creator": uid} | body), 400
        )
        assert [error["pointer"] for error in problem["errors"]] == [pointer]
        assert not PostalAddress.objects.exists()


class TestAgents:
    def test_one_is_written_down_corrected_and_forgotten(self, rest, uid, ida):
        made = agent(rest, company="Berg & Co", role="agency")
        assert made.status_code == 201
        found = made.json()
        assert (found["emails"], found["creators"], found["role"]) == (
            ["bo@agency.example"],
            0,
            "agency",
        )
        url = f"agents/{found['uid']}/"
        problem = assert_problem(agent(rest, name="bo berg", company="berg & co"), 400, "invalid")
        assert problem["errors"][0]["pointer"] == "/name"
        changed = rest.send("PATCH", url, {"company": None, "phone": "12 34 56"}).json()
        assert (changed["company"], changed["phone"], changed["name"]) == (
            None,
            "12 34 56",
            "Bo Berg",
        )
        speaks = {"creator": uid, "agent": found["uid"]}
        rest.send("POST", "representations/", speaks)
        FactChange.objects.all().delete()
        assert rest.send("DELETE", url).status_code == 204
        assert not Agent.objects.exists()
        assert not Representation.objects.exists()
        assert FactChange.objects.get().creator_id == ida.creator_id
        entry = AuditEntry.objects.order_by("-number").first()
        assert (entry.verb, entry.data) == ("crm.agent.forgotten", {"creators": 1})
        assert nothing_of_it_in_the_ledger()

    def test_they_speak_for_creators(self, rest, uid, brand):
        bo, other = agent(rest).json(), agent(rest, name="Ada", emails=[]).json()
        second = str(RelationshipFactory(brand=brand).creator.uid)
        made = rest.send(
            "POST", "representations/", {"creator": uid, "agent": bo["uid"], "in_copy": True}
        )
        assert made.status_code == 201
        found = made.json()
        assert (found["agent"]["name"], found["creator"]["name"], found["in_copy"]) == (
            "Bo Berg",
            "Ida Holm",
            True,
        )
        rest.send("POST", "representations/", {"creator": second, "agent": bo["uid"]})
        assert rest.json("representations/", agent=bo["uid"])["count"] == 2
        [row] = rest.json("agents/", creator=uid)["results"]
        assert (row["uid"], row["creators"]) == (bo["uid"], 2)
        assert [row["name"] for row in rest.json("agents/", search="AD")["results"]] == ["Ada"]
        url = f"representations/{found['id']}/"
        assert rest.send("PATCH", url, {"in_copy": False}).json()["in_copy"] is False
        speaks = {"creator": uid, "agent": other["uid"], "in_copy": True}
        problem = assert_problem(rest.send("POST", "representations/", speaks), 400, "invalid")
        assert problem["errors"][0]["pointer"] == "/in_copy"
        assert rest.send("DELETE", url).status_code == 204
        assert rest.json(f"agents/{bo['uid']}/")["creators"] == 1
        # Who speaks for nobody any more is forgotten.
        last = rest.json("representations/")["results"][0]["id"]
        rest.send("DELETE", f"representations/{last}/")
        assert [row["name"] for row in rest.json("agents/")["results"]] == ["Ada"]

    def test_an_agent_of_another_brand_is_not_there(self, rest, uid, other_brand, outsider):
        theirs = agent(rest_as(outsider, other_brand)).json()
        body = {"creator": uid, "agent": theirs["uid"]}
        assert_problem(rest.send("POST", "representations/", body), 400, "unknown_agent")
        assert_problem(rest.send("PATCH", f"agents/{theirs['uid']}/", {"name": "X"}), 404)
        assert rest.json("agents/")["count"] == 0
        assert Agent.objects.get().name == "Bo Berg"


def test_who_may_read_and_who_may_write(brand, manager, analyst, uid, rest):
    """Creators' scopes open none of it; analysts read and do not write."""
    number = contact(rest, uid).json()["id"]
    addresses = ("contacts/", f"contacts/{number}/", "addresses/", "agents/", "representations/")
    without = set(Scope.values) - {Scope.CONTACTS_READ.value, Scope.CONTACTS_WRITE.value}
    for path in addresses:
        answer = rest_as(manager, brand, without).get(path)
        body = assert_problem(answer, 403)
        assert body["detail"] == "This token lacks the scope contacts:read."
        assert rest_as(analyst, brand).get(path).status_code == 200
    for method, path in (
        ("POST", "contacts/"),
        ("PATCH", f"contacts/{number}/"),
        ("DELETE", f"contacts/{number}/"),
        ("POST", "addresses/"),
        ("POST", "agents/"),
        ("POST", "representations/"),
    ):
        assert_problem(rest_as(analyst, brand).send(method, path, {}), 403)
    assert ContactPoint.objects.count() == 1


def test_lists_take_as_many_queries_however_long(brand, rest, uid, django_assert_num_queries):
    def count(path):
        with django_assert_num_queries(3):  # token, role, rows; one page is its own count
            rest.json(path)

    for path in ("contacts/", "addresses/", "agents/", "representations/"):
        rest.json(path)
        count(path)
    bo = agent(rest).json()["uid"]
    for number in range(3):
        someone = str(RelationshipFactory(brand=brand).creator.uid)
        contact(rest, someone, value=f"a{number}@example.com")
        rest.send("POST", "addresses/", STREET | {"creator": someone})
        rest.send("POST", "representations/", {"creator": someone, "agent": bo})
    for path in ("contacts/", "addresses/", "agents/", "representations/"):
        count(path)
