"""The parts of the creator page: timeline, contacts, tags, one fact, similar creators."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import (
    Agent,
    AuditEntry,
    ContactPoint,
    Creator,
    CreatorTag,
    PostalAddress,
    Relationship,
    Representation,
    Tag,
)
from crm.services import tags as tagging
from tests.factories import (
    NOW,
    ContactPointFactory,
    CreatorMetricsFactory,
    CreatorNicheFactory,
    NoteFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SINCE = datetime(2024, 3, 1, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm", since=SINCE)


@pytest.fixture
def url(ida):
    return f"/acme/creators/{ida.creator.uid}/"


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestTimeline:
    @pytest.fixture
    def notes(self, ida, manager, legal):
        for number in range(25):
            NoteFactory(
                relationship=ida,
                author=manager if number % 2 else legal,
                text=f"Note {number:02d}.",
                created_at=SINCE + number * DAY,
            )

    def test_older_events_are_loaded_below_and_each_stands_once(self, url, notes, analyst_client):
        page = analyst_client.get(url)
        first = re.findall(r"Note (\d\d)\.", words(page))
        assert first == [f"{number:02d}" for number in range(24, 4, -1)]
        older = re.search(r'href="([^"]+events=[^"]+)" hx-get', page.content.decode()).group(1)
        part = analyst_client.get(
            older.replace("&amp;", "&"), headers={**HTMX, "HX-Target": "older-20"}
        )
        assert re.findall(r"Note (\d\d)\.", words(part)) == ["04", "03", "02", "01", "00"]
        assert "<html" not in part.content.decode()
        assert "That is the beginning." in words(part)

    def test_days_are_headings_and_go_on_without_one(self, url, ida, analyst_client):
        for number in range(22):
            NoteFactory(
                relationship=ida, text=f"N{number}", created_at=SINCE + timedelta(minutes=number)
            )
        page = analyst_client.get(f"{url}timeline/").content.decode()
        assert page.count("timeline-day") == 1
        older = re.search(r'hx-get="([^"]+events=[^"]+)"', page).group(1).replace("&amp;", "&")
        part = analyst_client.get(older, headers={**HTMX, "HX-Target": "older-20"})
        assert "timeline-day" not in part.content.decode()

    def test_it_is_narrowed_by_kind_person_and_days(self, url, notes, manager, analyst_client):
        asked = f"{url}timeline/?kind=note&person={manager.pk}&since=2024-03-20&until=2024-03-22"
        found = words(analyst_client.get(asked))
        assert re.findall(r"Note (\d\d)\.", found) == ["21", "19"]
        assert "Became known" not in found
        stages = words(analyst_client.get(f"{url}timeline/?kind=stage"))
        assert "Became known as Prospect" in stages
        assert "Note 24" not in stages
        assert "Nothing of this kind has happened" in words(
            analyst_client.get(f"{url}timeline/?kind=post")
        )
        # What cannot be read narrows nothing.
        assert "Note 24." in words(analyst_client.get(f"{url}timeline/?since=soon&person=x"))

    def test_an_event_has_an_address_at_which_it_comes_first(self, url, notes, analyst_client):
        page = analyst_client.get(url).content.decode()
        links = re.findall(r'href="([^"]+)#(event-note-[^"]+)">', page)
        address, anchor = links[7]
        shown = analyst_client.get(address.replace("&amp;", "&")).content.decode()
        assert re.findall(r"Note (\d\d)\.", shown)[0] == "17"
        assert f'id="{anchor}"' in shown

    def test_the_export_has_all_of_what_was_asked_for(self, url, notes, analyst_client):
        response = analyst_client.get(f"{url}timeline/export/csv/?kind=note")
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0] == "when,kind,what,who,text"
        assert len(lines) == 26
        assert lines[1].endswith(",Notes,Note,legal,Note 24.")
        sheet = analyst_client.get(f"{url}timeline/export/xlsx/")
        assert sheet["Content-Disposition"].endswith('.xlsx"')
        # Read to its end, which closes the file behind it.
        assert b"".join(sheet.streaming_content).startswith(b"PK")
        assert analyst_client.get(f"{url}timeline/export/pdf/").status_code == 404

    def test_the_number_of_queries_stays(self, url, ida, notes, analyst_client):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert analyst_client.get(f"{url}timeline/").status_code == 200
            return len(captured)

        few = queries()
        for number in range(60):
            NoteFactory(relationship=ida, created_at=SINCE + number * DAY)
        assert queries() == few


class TestContacts:
    def test_an_address_is_told_with_purpose_basis_and_source(
        self, url, ida, manager_client, manager
    ):
        response = manager_client.post(
            f"{url}contacts/",
            {
                "new-kind": "email",
                "new-value": "Ida@Holm.example",
                "new-purpose": "contracts",
                "new-basis": "consent",
                "new-found_in": "link in bio",
                "new-given_by": "she herself",
            },
        )
        assert response.status_code == 302
        contact = ContactPoint.objects.get()
        assert (contact.value, contact.purpose, contact.basis, contact.author) == (
            "ida@holm.example",
            "contracts",
            "consent",
            manager,
        )
        for page in (url, f"{url}contacts/"):
            shown = words(manager_client.get(page))
            assert "Contracts and payments, consent" in shown
            assert "link in bio, given by she herself, written down by manager" in shown
        [entry] = AuditEntry.objects.all()
        assert entry.data == {"contact": contact.pk, "kind": "email"}
        assert "holm" not in str(entry.data)

    @pytest.mark.parametrize(
        ("kind", "value", "problem"),
        [
            ("email", "ida", "is no e-mail address"),
            ("phone", "12", "This is no phone number"),
            ("fax", "123456", "Select a valid choice"),
            ("email", "taken@holm.example", "belongs to Mila"),
            ("email", "", "This field is required"),
        ],
    )
    def test_a_refusal_is_beside_its_field_and_changes_nothing(
        self, url, brand, manager_client, kind, value, problem
    ):
        mila = RelationshipFactory(brand=brand, creator__name="Mila").creator
        ContactPointFactory(brand=brand, creator=mila, value="taken@holm.example")
        response = manager_client.post(
            f"{url}contacts/",
            {"new-kind": kind, "new-value": value, "new-purpose": "general"},
        )
        assert response.status_code == 422
        assert problem in words(response)
        assert ContactPoint.objects.count() == 1
        assert not AuditEntry.objects.exists()

    def test_an_address_is_barred_with_a_reason_and_allowed_again(
        self, url, ida, brand, manager_client, manager
    ):
        contact = ContactPointFactory(brand=brand, creator=ida.creator)
        address = f"{url}contacts/{contact.pk}/bar/"
        manager_client.post(address, {"bar": "1", "reason": " "})
        contact.refresh_from_db()
        assert contact.barred_at is None
        manager_client.post(address, {"bar": "1", "reason": "She asked us not to"})
        contact.refresh_from_db()
        assert (contact.barred_reason, contact.barred_by) == ("She asked us not to", manager)
        assert list(ContactPoint.objects.usable()) == []
        manager_client.post(address)
        contact.refresh_from_db()
        assert (contact.barred_at, contact.barred_reason) == (None, "")

    def test_an_address_is_erased_and_another_brands_is_not_there(
        self, url, ida, brand, other_brand, manager_client
    ):
        ours = ContactPointFactory(brand=brand, creator=ida.creator)
        theirs = ContactPointFactory(brand=other_brand, creator=ida.creator)
        assert theirs.value not in words(manager_client.get(f"{url}contacts/"))
        assert manager_client.post(f"{url}contacts/{theirs.pk}/erase/").status_code == 404
        assert manager_client.post(f"{url}contacts/{ours.pk}/erase/").status_code == 302
        assert list(ContactPoint.objects.all()) == [theirs]

    def test_an_agent_speaks_for_several_creators_and_is_forgotten_with_the_last(
        self, url, ida, brand, manager_client
    ):
        given = {
            "agent-name": "Jo Berg",
            "agent-company": "Stars",
            "agent-role": "manager",
            "agent-emails": "JO@stars.example; desk@stars.example",
            "agent-in_copy": "on",
        }
        assert manager_client.post(f"{url}agents/", given).status_code == 302
        agent = Agent.objects.get()
        assert agent.emails == ["desk@stars.example", "jo@stars.example"]
        again = manager_client.post(f"{url}agents/", given)
        assert again.status_code == 422
        assert "There is an agent Jo Berg already" in words(again)
        mila = RelationshipFactory(brand=brand, creator__name="Mila").creator
        manager_client.post(
            f"/acme/creators/{mila.uid}/agents/", {"agent-agent": agent.pk, "agent-role": "manager"}
        )
        assert list(
            Representation.objects.order_by("pk").values_list("creator__name", "in_copy")
        ) == [("Ida Holm", True), ("Mila", False)]
        for creator in (ida.creator, mila):
            manager_client.post(f"/acme/creators/{creator.uid}/agents/{agent.pk}/", {"part": "1"})
        assert not Agent.objects.exists()

    def test_nobody_without_an_address_is_put_in_copy(self, url, manager_client):
        response = manager_client.post(
            f"{url}agents/",
            {"agent-name": "Jo", "agent-role": "manager", "agent-in_copy": "on"},
        )
        assert response.status_code == 422
        assert "has no e-mail address to which a copy could go" in words(response)
        assert not Agent.objects.exists()

    def test_parcels_have_one_address_which_can_be_forgotten(self, url, manager_client):
        given = {
            "address-recipient": "Ida Holm",
            "address-street": "Gade 1",
            "address-city": "Aarhus",
            "address-country": "DK",
        }
        for street in ("Gade 1", "Gade 2"):
            manager_client.post(f"{url}address/", given | {"address-street": street})
        assert PostalAddress.objects.get().street == "Gade 2"
        refused = manager_client.post(f"{url}address/", given | {"address-city": ""})
        assert refused.status_code == 422
        assert PostalAddress.objects.get().city == "Aarhus"
        manager_client.post(f"{url}address/", {"erase": "1"})
        assert not PostalAddress.objects.exists()


class TestTags:
    def test_a_word_is_given_suggested_and_taken_away(self, url, ida, brand, manager_client):
        part = manager_client.post(f"{url}tags/", {"name": " Very  vegan "}, headers=HTMX)
        assert "Tagged Very vegan." in part.content.decode()
        tag = Tag.objects.get()
        assert (tag.key, tag.name) == ("very_vegan", "Very vegan")
        mila = RelationshipFactory(brand=brand, creator__name="Mila")
        page = manager_client.get(f"/acme/creators/{mila.creator.uid}/").content.decode()
        assert '<option value="Very vegan">' in page
        manager_client.post(f"{url}tags/", {"name": "very VEGAN"}, headers=HTMX)
        assert CreatorTag.objects.count() == 1
        manager_client.post(f"{url}tags/{tag.pk}/remove/", headers=HTMX)
        assert not CreatorTag.objects.exists()
        verbs = AuditEntry.objects.order_by("number").values_list("verb", flat=True)
        assert list(verbs) == ["crm.tag.added", "crm.tag.removed"]

    @pytest.mark.parametrize(("name", "problem"), [("", "has no name"), ("a, b", "has no comma")])
    def test_what_is_no_word_is_refused(self, url, manager_client, name, problem):
        response = manager_client.post(f"{url}tags/", {"name": name}, headers=HTMX)
        assert response.status_code == 422
        assert problem in words(response)
        assert not Tag.objects.exists()

    def test_words_are_changed_and_deleted_for_all(self, ida, brand, manager, manager_client):
        tag, _number = tagging.add_tag(
            brand=brand, creator_ids=[ida.creator_id], name="vegan", actor=manager, at=NOW
        )
        tagging.add_tag(
            brand=brand, creator_ids=[ida.creator_id], name="Spring", actor=manager, at=NOW
        )
        manager_client.post(f"/acme/tags/{tag.pk}/", {"name": "spring", "colour": "blue"})
        tag.refresh_from_db()
        assert tag.name == "vegan"
        manager_client.post(f"/acme/tags/{tag.pk}/", {"name": "Plants", "colour": "green"})
        tag.refresh_from_db()
        assert (tag.key, tag.name, tag.colour) == ("vegan", "Plants", "green")
        assert "Plants 1 creator" in words(manager_client.get("/acme/tags/"))
        manager_client.post(f"/acme/tags/{tag.pk}/", {"delete": "1"})
        assert list(CreatorTag.objects.values_list("tag__name", flat=True)) == ["Spring"]


def test_one_fact_is_corrected_in_its_place(ida, url, manager_client, legal_client):
    address = f"{url}person/country/"
    form = manager_client.get(address, headers=HTMX)
    assert '<select name="country"' in form.content.decode()
    saved = manager_client.post(address, {"country": "DK"}, headers=HTMX)
    assert "DK" in words(saved)
    assert Creator.objects.get().country == "DK"
    assert manager_client.post(address, {"country": "XX"}, headers=HTMX).status_code == 422
    assert Creator.objects.get().country == "DK"
    assert legal_client.post(address, {"country": "SE"}, headers=HTMX).status_code == 403
    assert manager_client.get(f"{url}person/uid/", headers=HTMX).status_code == 404


def test_who_overwrites_a_colleague_sees_what_they_did(ida, url, manager, manager_client):
    Relationship.objects.filter(pk=ida.pk).update(next_step="Call her", version=2)
    sent = {
        "version": 1,
        "stage": "prospect",
        "owner": manager.pk,
        "next_step": "Write a mail",
        "next_step_on": "",
        "reason": "",
    }
    response = manager_client.post(f"{url}relationship/", sent)
    assert response.status_code == 422
    assert "Next step Call her Write a mail" in words(response)
    assert "Owner nobody manager" in words(response)
    assert 'name="version" value="2"' in response.content.decode()
    ida.refresh_from_db()
    assert (ida.next_step, ida.owner) == ("Call her", None)


def test_similar_creators_are_told_with_what_they_share(ida, url, brand, analyst_client):
    niche = CreatorNicheFactory(creator=ida.creator).niche
    CreatorMetricsFactory(creator=ida.creator, followers=10_000, engagement_rate=0.05)
    near = RelationshipFactory(brand=brand, creator__name="Near One").creator
    CreatorNicheFactory(creator=near, niche=niche)
    CreatorMetricsFactory(creator=near, followers=15_000, engagement_rate=0.05)
    far = RelationshipFactory(brand=brand, creator__name="Far One").creator
    CreatorMetricsFactory(creator=far, followers=900_000, engagement_rate=0.05)
    shown = words(analyst_client.get(f"{url}similar/"))
    assert "1 shared niche, about as many followers, about the same engagement rate" in shown
    assert "Far One" not in shown
    with CaptureQueriesContext(connection) as captured:
        analyst_client.get(f"{url}similar/", headers=HTMX)
    assert len(captured) <= 10
