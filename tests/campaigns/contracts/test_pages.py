"""The pages of contracts: what they show, to whom, and what the creator sees behind the link."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import ContractState
from campaigns.models import (
    Clause,
    Contract,
    ContractAcceptance,
    ContractRules,
    ExclusiveElsewhere,
    GuestLink,
)
from campaigns.selectors.conflicts import conflicts_of
from campaigns.services.contracts import sending
from campaigns.services.guests import make_link, revoke, token_of
from tests.campaigns.contracts.worlds import drafted, place, put
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def page(name: str, contract: Contract, *more: object) -> str:
    return reverse(f"campaigns:{name}", args=[contract.brand.slug, contract.pk, *more])


@pytest.fixture
def sent(brand, manager) -> Contract:
    contract = drafted(place(brand, manager), manager)
    return sending.send(
        contract_id=contract.pk,
        brand=brand,
        actor=manager,
        at=timezone.now(),
        expected_version=1,
    )


def guest(contract: Contract, name: str = "contract", link: GuestLink | None = None) -> str:
    link = link or GuestLink.objects.get(engagement=contract.engagement_id)
    return reverse(f"guest:{name}", args=[token_of(link), contract.pk])


def test_a_contract_is_begun_on_the_creators_place(brand, manager, manager_client, analyst_client):
    found = place(brand, manager)
    panel = reverse("campaigns:engagement_contracts", args=["acme", found.campaign.key, found.pk])
    assert "Draft a contract" in manager_client.get(panel).content.decode()
    assert "Draft a contract" not in analyst_client.get(panel).content.decode()
    new = reverse("campaigns:contract_new", args=["acme", found.campaign.key, found.pk])
    answer = manager_client.post(new)
    made = Contract.objects.get()
    assert answer.url == page("contract_draft", made)
    assert "Draft a contract" not in manager_client.get(panel).content.decode()
    assert manager_client.post(new, follow=True).status_code == 200
    assert Contract.objects.count() == 1


def test_the_draft_is_changed_and_what_is_wrong_is_beside_its_field(brand, manager, manager_client):
    contract = drafted(place(brand, manager), manager)
    url = page("contract_draft", contract)
    form = manager_client.get(url).context["page"]
    data = {"version": 1}
    for part in (form.form, form.rights):
        data |= {field.html_name: field.value() for field in part}
    for lines in (form.deliverables, form.parts, form.results):
        data |= {field.html_name: field.value() for field in lines.management_form}
        data |= {field.html_name: field.value() for line in lines for field in line}
    data = {
        name: value
        for name, value in data.items()
        if value is not None and value is not False and value != ""
    }
    wrong = manager_client.post(url, data | {"total": "900", "parts-0-percent": "60"})
    assert wrong.status_code == 422
    assert "The parts come to 990 EUR, the fee is 900 EUR." in wrong.content.decode()
    answer = manager_client.post(url, data | {"total": "900", "law": "Sweden"})
    assert answer.status_code == 302
    contract.refresh_from_db()
    terms = contract.current.terms
    assert (terms["total"], terms["law"], terms["kill_fees"][0]["percent"]) == (
        "900", "Sweden", "20",
    )  # fmt: skip
    assert [row["usage"] for row in terms["rights"]] == ["organic", "paid"]
    late = manager_client.post(url, data)
    assert late.status_code == 422
    assert "Somebody changed this contract since you loaded it." in late.content.decode()


def test_the_list_is_narrowed_and_asks_as_often_for_many(
    brand, manager, manager_client, django_assert_max_num_queries
):
    first = put(drafted(place(brand, manager), manager), ContractState.SENT)
    url = reverse("campaigns:contracts", args=["acme"])
    with django_assert_max_num_queries(30) as one:
        assert first.title in manager_client.get(url).content.decode()
    for _ in range(3):
        found = place(brand, manager)
        drafted(found, manager, ends_on=timezone.localdate() + timedelta(days=10))
    with django_assert_max_num_queries(len(one)):
        answer = manager_client.get(url)
    assert answer.context["count"].number == 4
    assert manager_client.get(url, {"ends_within": 30}).context["count"].number == 3
    assert manager_client.get(url, {"state": "sent"}).context["count"].number == 1
    assert manager_client.get(url, {"state": "nonsense"}).context["count"].number == 4
    export = reverse("campaigns:contracts_export", args=["acme", "csv"])
    lines = b"".join(manager_client.get(export, {"state": "sent"})).decode().splitlines()
    assert len([line for line in lines if "Spring with Mira" in line]) == 1


def test_the_creator_reads_accepts_and_keeps_the_file(sent, client, manager_client):
    text = client.get(guest(sent)).content.decode()
    assert "Accept the contract" in text
    assert "The fee is 1,000 EUR." in text
    answer = client.post(guest(sent, "contract_accept"), {"name": "Mira Holm"})
    assert answer.status_code == 422
    assert "Tick this to accept." in answer.content.decode()
    assert not ContractAcceptance.objects.exists()
    said = {"name": "Mira Holm", "has_read": "on", "digest": sent.current.digest}
    assert client.post(guest(sent, "contract_accept"), said).status_code == 302
    again = client.post(guest(sent, "contract_accept"), said)
    assert again.status_code == 409
    assert "Nothing was saved: the contract changed meanwhile." in again.content.decode()
    after = client.get(guest(sent)).content.decode()
    assert "In force" in after
    assert "Accept the contract" not in after
    file = client.get(guest(sent, "contract_pdf"))
    assert file["Content-Type"] == "application/pdf"
    assert file.content == manager_client.get(page("contract_pdf", sent)).content
    shown = manager_client.get(page("contract", sent)).content.decode()
    assert "Computed again just now" in shown


def test_the_creator_declines_with_a_word(sent, client):
    url = guest(sent, "contract_decline")
    assert client.post(url, {"note": ""}).status_code == 409
    assert client.post(url, {"note": "More time, please."}).status_code == 302
    sent.refresh_from_db()
    assert sent.state == ContractState.DECLINED
    assert "You declined this contract." in client.get(guest(sent)).content.decode()


def test_behind_which_links_a_contract_is_not(sent, manager, brand, client):
    other = make_link(target=place(brand, manager), name="Bo", actor=manager, at=timezone.now())
    mine = GuestLink.objects.get(engagement=sent.engagement_id)
    for name, method in (
        ("contract", client.get),
        ("contract_pdf", client.get),
        ("contract_accept", client.post),
        ("contract_decline", client.post),
    ):
        assert method(guest(sent, name, other)).status_code == 404
        address = reverse(f"guest:{name}", args=["nothing:of-ours", sent.pk])
        assert method(address).status_code == 404
    draft = drafted(other.engagement, manager)
    assert client.get(guest(draft, "contract", other)).status_code == 404
    revoke(link=mine, actor=manager, at=timezone.now())
    assert client.get(guest(sent, "contract", mine)).status_code == 410
    assert client.post(guest(sent, "contract_accept", mine), {"name": "x"}).status_code == 410
    sent.refresh_from_db()
    assert sent.state == ContractState.SENT


def test_the_overview_says_what_waits(sent, client):
    link = GuestLink.objects.get()
    text = client.get(reverse("guest:home", args=[token_of(link)])).content.decode()
    assert "Your contract: read it, then accept it or say what does not suit you." in text


def test_a_signed_paper_is_kept(sent, manager_client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    url = page("contract_signed", sent)
    said = {"version": sent.version, "name": "Mira Holm"}
    program = SimpleUploadedFile("contract.pdf", b"MZ\x90\x00")
    wrong = manager_client.post(url, said | {"file": program})
    assert wrong.status_code == 409
    assert "Take a PDF or a picture of the paper." in wrong.content.decode()
    answer = manager_client.post(url, said | {"file": SimpleUploadedFile("signed.pdf", PAPER)})
    assert answer.status_code == 302
    file = manager_client.get(page("contract_paper", sent))
    assert b"".join(file) == PAPER
    assert file["Content-Disposition"] == 'attachment; filename="signed.pdf"'
    assert "and so is the paper" in manager_client.get(page("contract", sent)).content.decode()


def test_legal_words_clauses_and_rules(brand, legal_client, manager_client):
    clause = reverse("campaigns:contract_clause", args=["acme", "law"])
    assert "Save as a new version" not in manager_client.get(clause).content.decode()
    said = {"heading": "Law", "text": "{{ law }}", "when": "always", "is_used": "on", "number": 0}
    assert legal_client.post(clause, said | {"text": "{{ x }}"}).status_code == 422
    assert legal_client.post(clause, said).status_code == 302
    assert Clause.objects.get().text == "{{ law }}"
    page_of = reverse("campaigns:contract_clauses", args=["acme"])
    assert "version 1" in manager_client.get(page_of).content.decode()
    rules = reverse("campaigns:contract_rules", args=["acme"])
    values = {
        "legal_name": "Acme ApS",
        "law": "Denmark",
        "net_days": 14,
        "revision_rounds": 1,
        "review_days": 3,
        "legal_above": "500",
        "version": 0,
    }
    assert legal_client.post(rules, values).status_code == 302
    kept = ContractRules.objects.get()
    assert (kept.legal_above, kept.legal_for_equity, kept.version) == (500, False, 1)
    assert legal_client.post(rules, values).status_code == 422


def test_what_creators_promised_is_shown_at_shortlisting(brand, manager, sent, manager_client):
    row = RelationshipFactory(brand=brand)
    url = reverse("campaigns:exclusivities", args=["acme", row.creator.uid])
    said = {"category": "sun care", "to": "Globex", "until": "2027-04-01"}
    assert manager_client.post(url, said).status_code == 422
    assert manager_client.post(url, said | {"source": "Her post of 1 May"}).status_code == 302
    assert "to Globex, until" in manager_client.get(url).content.decode()
    found = place(brand, manager, relationship=row)
    (conflict,) = conflicts_of(found.campaign, [found], NOW)[found.pk]
    assert conflict.words == (
        "Exclusive to Globex for sun care until 1 April 2027 (Her post of 1 May)."
    )
    note = ExclusiveElsewhere.objects.get()
    away = reverse("campaigns:exclusivity_remove", args=["acme", row.creator.uid, note.pk])
    assert manager_client.post(away).status_code == 302
    assert not ExclusiveElsewhere.objects.exists()


def test_what_a_contract_promised_is_shown_at_shortlisting(brand, manager, sent, client):
    said = {"name": "Mira Holm", "has_read": "on", "digest": sent.current.digest}
    client.post(guest(sent, "contract_accept"), said)
    found = sent.engagement
    conflicts = conflicts_of(found.campaign, [found], NOW)[found.pk]
    words = [one.words for one in conflicts]
    assert words == ["Exclusive to Acme for sun care until 31 May 2027."]
    assert conflicts[0].url == page("contract", sent)
    assert conflicts_of(found.campaign, [found], NOW + timedelta(days=400))[found.pk] == []
    assert sent.current.exclusive_until == date(2027, 5, 31)
