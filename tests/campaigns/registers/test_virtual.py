"""Virtual creators: owner, people they are like, consents; what is refused without them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.choices import EngagementStage
from campaigns.models import Likeness, VirtualCreator
from campaigns.selectors.rule_view import rule_view
from campaigns.services.contracts.prefill import prefilled
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers import facts, virtual
from campaigns.services.registers.gate import refuse_without_consent
from campaigns.services.registers.virtual import Person, Wanted
from crm.choices import CreatorType
from crm.models import AuditEntry
from tests.campaigns.made import NOW, engage, make_campaign
from tests.factories import RelationshipFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
KNOWN = Wanted(
    owner="Pixel Studio",
    contact_name="Bo Lund",
    contact_email="Bo@Pixel.example",
    is_ai_made=True,
    based_on="people",
    ip_owner="Pixel Studio",
    ip_terms="Posts of ours",
    ip_until=date(2027, 6, 30),
    dignity="fine",
    dignity_note="Looks like nobody in particular",
)


@pytest.fixture
def character(brand):
    return RelationshipFactory(
        brand=brand, creator__name="Nova", creator__creator_type=CreatorType.VIRTUAL
    )


def save(relationship, actor, wanted=KNOWN, version=None):
    return virtual.save(
        relationship=relationship, wanted=wanted, actor=actor, at=NOW, expected_version=version
    )


def test_what_is_written_down_is_what_the_rules_are_told(character, legal):
    row = save(character, legal, version=0)
    assert (row.version, row.contact_email, row.dignity_by) == (1, "bo@pixel.example", legal)
    person = virtual.save_person(
        relationship=character,
        wanted=Person("Ida Krog", ["voice", "face"], "held", "All", None, date(2026, 12, 31)),
        actor=legal,
        at=NOW,
    )
    assert person.parts == ["face", "voice"]
    view = rule_view(character, NOW.date())
    assert view.run_by == "Pixel Studio"
    told = view.creator.virtual
    assert (told.ai_made, told.based_on_people, told.rights_until) == (
        True,
        True,
        date(2027, 6, 30),
    )
    assert [(one.parts, one.given, one.valid_until) for one in told.consents] == [
        (("face", "voice"), True, date(2026, 12, 31))
    ]
    # Names stay out of the ledger.
    entries = AuditEntry.objects.filter(verb__startswith="campaigns.virtual")
    assert [entry.verb for entry in entries.order_by("pk")] == [
        "campaigns.virtual.written",
        "campaigns.virtual.likeness",
    ]
    assert all("Ida" not in str(entry.data) and "Pixel" not in str(entry.data) for entry in entries)
    # The same again changes nothing.
    assert save(character, legal).version == 1
    assert AuditEntry.objects.filter(verb="campaigns.virtual.written").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contact_email": "nobody"}, "contact_email"),
        ({"based_on": "a friend"}, "based_on"),
        ({"dignity": "fine", "dignity_note": ""}, "dignity_note"),
        ({"dignity": "", "dignity_note": "Hm"}, "dignity"),
        ({"ip_owner": "", "ip_until": date(2027, 1, 1)}, "ip_owner"),
        ({"ip_until": date(9999, 1, 1)}, "ip_until"),
        ({"owner": "x" * 201}, "owner"),
    ],
)
def test_what_cannot_be_is_refused(character, legal, change, field):
    with pytest.raises(CampaignRefused) as refusal:
        save(character, legal, Wanted(**{**vars_of(KNOWN), **change}))
    assert refusal.value.field == field
    assert not VirtualCreator.objects.exists()


def vars_of(wanted):
    return {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (Person("", ["face"]), "person"),
        (Person("Ida", []), "parts"),
        (Person("Ida", ["soul"]), "parts"),
        (Person("Ida", ["face"], "perhaps"), "consent"),
        (Person("Ida", ["face"], "none", "All"), "consent"),
        (Person("Ida", ["face"], "", "", None, date(2027, 1, 1)), "consent"),
        (Person("Ida", ["face"], "held", "", date(2027, 2, 1), date(2027, 1, 1)), "valid_until"),
    ],
)
def test_a_consent_has_to_make_sense(character, legal, person, field):
    with pytest.raises(CampaignRefused) as refusal:
        virtual.save_person(relationship=character, wanted=person, actor=legal, at=NOW)
    assert refusal.value.field == field
    assert not Likeness.objects.exists()


def test_people_have_no_such_record(brand, legal):
    person = RelationshipFactory(brand=brand, creator__name="Maya")
    with pytest.raises(CampaignRefused, match="Maya is no virtual creator"):
        save(person, legal)
    assert not VirtualCreator.objects.exists()


def test_nobody_and_somebody_exclude_each_other(character, legal):
    save(character, legal)
    ida = virtual.save_person(
        relationship=character, wanted=Person("Ida", ["face"]), actor=legal, at=NOW
    )
    nobody = Wanted(based_on="nobody")
    with pytest.raises(CampaignRefused, match="Put them away first"):
        save(character, legal, nobody)
    virtual.put_away(relationship=character, likeness_id=ida.pk, actor=legal, at=NOW)
    save(character, legal, nobody)
    with pytest.raises(CampaignRefused, match="modelled on nobody"):
        virtual.save_person(
            relationship=character, wanted=Person("Bo", ["voice"]), actor=legal, at=NOW
        )
    assert Likeness.objects.get().archived_at == NOW


def test_an_old_page_overwrites_nothing(character, legal):
    row = save(character, legal, version=0)
    with pytest.raises(CampaignOutdated):
        save(character, legal, Wanted(owner="Another"), version=0)
    row.refresh_from_db()
    assert (row.owner, row.version) == ("Pixel Studio", 1)


def test_the_database_keeps_nonsense_out(character, legal):
    row = save(character, legal)
    for wrong in ({"based_on": "x"}, {"dignity": "fine", "dignity_note": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VirtualCreator.objects.filter(pk=row.pk).update(**wrong)
    for wrong in ({"parts": []}, {"consent": "none", "scope": "All"}):
        made = {"virtual": row, "brand": character.brand, "person": "Ida", "parts": ["face"]}
        with pytest.raises(IntegrityError), transaction.atomic():
            Likeness.objects.create(**made | wrong)


def test_without_consent_no_contract_is_sent(character, legal):
    today = NOW.date()
    with pytest.raises(CampaignRefused, match="Whether the character is modelled on anybody"):
        refuse_without_consent(character, today)
    save(character, legal)
    ida = virtual.save_person(
        relationship=character,
        wanted=Person("Ida", ["face"], "held", "", None, today),
        actor=legal,
        at=NOW,
    )
    refuse_without_consent(character, today)
    with pytest.raises(CampaignRefused, match=r"Person 1 \(face\): the consent ended"):
        refuse_without_consent(character, today + timedelta(days=1))
    virtual.put_away(relationship=character, likeness_id=ida.pk, actor=legal, at=NOW)
    save(character, legal, Wanted(based_on="nobody"))
    refuse_without_consent(character, today)


def test_a_contract_begins_with_who_owns_it(brand, character, legal):
    place = engage(make_campaign(brand), EngagementStage.SHORTLISTED, character)
    assert prefilled(place, None).studio == ""
    save(character, legal)
    terms = prefilled(place, None)
    assert (terms.is_virtual, terms.studio) == (True, "Pixel Studio")


def test_who_runs_it_is_no_fact_beside(character, legal):
    with pytest.raises(CampaignRefused):
        facts.state_fact(
            relationship=character,
            key="run_by",
            value="Pixel",
            on=None,
            source="Mail",
            actor=legal,
            at=NOW,
        )


def test_pages(client, brand, character, legal, analyst):
    client.force_login(legal)
    here = reverse("campaigns:virtual", args=[brand.slug, character.creator.uid])
    assert "Nobody is written down" in client.get(here).content.decode()
    sent = vars_of(KNOWN) | {"is_ai_made": "yes", "version": 0}
    assert client.post(here, sent).status_code == 302
    refused = client.post(here, sent | {"contact_email": "nobody", "version": 1})
    assert refused.status_code == 422
    assert "This is no e-mail address." in refused.content.decode()
    new = reverse("campaigns:likeness_new", args=[brand.slug, character.creator.uid])
    consent = {
        "person": "Ida Krog",
        "parts": ["face"],
        "consent": "held",
        "valid_until": "2020-01-31",
    }
    file = SimpleUploadedFile("consent.pdf", PDF)
    assert client.post(new, consent | {"file": file}).status_code == 302
    ida = Likeness.objects.get()
    assert (ida.file_name, ida.file_type) == ("consent.pdf", "application/pdf")
    page = client.get(here).content.decode()
    assert "consent over" in page
    where = [brand.slug, character.creator.uid, ida.pk]
    paper = client.get(reverse("campaigns:likeness_paper", args=where))
    assert b"".join(paper.streaming_content) == PDF
    panel = reverse("campaigns:creator_connections", args=where[:2])
    shown = client.get(panel).content.decode()
    assert "of Pixel Studio" in shown
    assert "the consent ended on 2020-01-31" in shown
    change = reverse("campaigns:likeness", args=where)
    assert client.post(change, consent | {"version": 1, "consent": "none"}).status_code == 422
    assert client.post(reverse("campaigns:likeness_away", args=where)).status_code == 302
    assert client.get(change).status_code == 404
    client.force_login(analyst)
    assert "Pixel Studio" in client.get(here).content.decode()
    assert client.post(here, sent).status_code == 403
    assert client.get(new).status_code == 403


def test_a_person_has_no_such_page(client, brand, legal):
    person = RelationshipFactory(brand=brand)
    client.force_login(legal)
    here = reverse("campaigns:virtual", args=[brand.slug, person.creator.uid])
    assert client.get(here).status_code == 404
