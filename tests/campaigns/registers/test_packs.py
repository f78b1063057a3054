"""Counsel's signature, what a brand adds to the rules, and what will change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.choices import CampaignStatus
from campaigns.disclosure.case import Advertiser, Case, Connection
from campaigns.disclosure.check import check
from campaigns.disclosure.packs import standard
from campaigns.disclosure.vocabulary import Format
from campaigns.models import PackAddition, PackSignOff
from campaigns.selectors.coming import coming
from campaigns.selectors.packs import packs_for, signed_off
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers import packs as service
from campaigns.services.registers.packs import Wanted
from crm.models import AuditEntry
from tests.campaigns.made import make_campaign, set_status
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
REFUSED = Wanted("insufficient", text="reklame", reason="Our board asks for “Annonce”.")


def verdict(brand, text, on=TODAY):
    case = Case(
        platform="instagram",
        format=Format.POST,
        jurisdictions=("DK",),
        text=text,
        connections=(Connection("payment"),),
        language="da",
        advertiser=Advertiser("Acme"),
    )
    finding = check(case, packs_for(brand, on), on)
    label = next(one for one in finding.layers if one.key == "label")
    return label.result.value, label.reason


def add(brand, actor, wanted):
    return service.add(brand=brand, jurisdiction="DK", wanted=wanted, actor=actor, at=NOW)


def test_without_additions_the_packs_are_those_of_the_product(brand):
    assert packs_for(brand, TODAY) is standard()


def test_a_wording_that_the_brand_refuses(brand, other_brand, legal):
    assert verdict(brand, "Reklame: ny jakke")[0] == "pass"
    row = add(brand, legal, REFUSED)
    assert verdict(brand, "Reklame: ny jakke") == (
        "fail",
        "Found 'Reklame': 'reklame' is not enough here.",
    )
    assert verdict(other_brand, "Reklame: ny jakke")[0] == "pass"
    # The day before it was not asked for.
    assert verdict(brand, "Reklame: ny jakke", TODAY - timedelta(days=1))[0] == "pass"
    service.end(addition_id=row.pk, brand=brand, reason="Too strict", actor=legal, at=NOW)
    assert verdict(brand, "Reklame: ny jakke")[0] == "pass"
    with pytest.raises(CampaignRefused, match="over already"):
        service.end(addition_id=row.pk, brand=brand, reason="Again", actor=legal, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PackAddition.objects.update(text="annonce")


def test_a_looser_wording_is_shown_as_such(brand, legal):
    assert verdict(brand, "#kampagnehygge ny jakke")[0] == "fail"
    row = add(brand, legal, Wanted("accepted", text="#kampagnehygge", reason="Counsel's letter."))
    assert row.is_looser
    assert verdict(brand, "#kampagnehygge ny jakke")[0] == "pass"
    last = AuditEntry.objects.latest("number")
    assert (last.verb, last.facts["is_looser"]) == ("campaigns.rule_pack.addition_added", True)


def test_a_signature_is_for_what_was_read(brand, legal):
    shown = packs_for(brand, TODAY).jurisdictions["DK"]

    def sign(digest):
        return service.sign_off(
            brand=brand, jurisdiction="dk", digest=digest, note="", actor=legal, at=NOW
        )

    def words():
        return signed_off(brand, packs_for(brand, TODAY), ["DK", "QQ"])["DK"].words

    assert words() == "The rules for DK are not signed off by your counsel."
    with pytest.raises(CampaignOutdated, match="Read them again"):
        sign("0" * 64)
    assert not PackSignOff.objects.exists()
    sign(shown.digest)
    assert words() == ""
    add(brand, legal, REFUSED)
    assert words() == (
        f"The rules for DK changed since {legal.display_name} signed them off on 22 November 2026."
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        PackSignOff.objects.update(note="x")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted("looser", text="x", reason="x"), "Choose what it is"),
        (Wanted("accepted", reason="x"), "Write the wording"),
        (Wanted("accepted", text="#", reason="x"), "nothing to look for"),
        (Wanted("accepted", text="…", reason="x"), "nothing to look for"),
        (Wanted("requirement", rule="magic", reason="x"), "Choose what is to be asked"),
        (Wanted("requirement", rule="before_fold"), "Say why"),
        (Wanted("accepted", text="x", reason="x", starts_on=date(2026, 1, 1)), "days that are"),
    ],
)
def test_additions_that_cannot_be(wanted, words, brand, legal):
    with pytest.raises(CampaignRefused, match=words):
        add(brand, legal, wanted)
    assert not PackAddition.objects.exists()


def test_what_will_change_and_whom_it_touches(brand, legal, manager):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    assert coming(brand, packs_for(brand, TODAY), TODAY) == []
    later = TODAY + timedelta(days=30)
    add(
        brand,
        legal,
        Wanted("requirement", rule="before_fold", reason="From the board.", starts_on=later),
    )
    (change,) = coming(brand, packs_for(brand, TODAY), TODAY)
    assert (change.on, change.begins, change.jurisdiction) == (later, True, "DK")
    assert change.campaigns == (campaign,)
    # The Dutch threshold fell on a day that the pack knows.
    found = coming(brand, standard(), date(2025, 6, 1))
    assert ("NL", date(2025, 6, 15), False) in [
        (one.jurisdiction, one.on, one.begins) for one in found
    ]


def test_pages(brand, legal_client, manager_client, legal, manager):
    make_campaign(brand, manager, goods=["alcohol"])
    for name, words in (
        ("packs", "22 of 22 are not signed off"),
        ("pack_changes", "No rule begins or ends soon"),
        ("category_rules", "Spring launch"),
        ("registers", "Nothing is due"),
        ("permits", "No paper yet"),
    ):
        page = manager_client.get(reverse(f"campaigns:{name}", args=["acme"]))
        assert words in page.content.decode()
    here = reverse("campaigns:pack", args=["acme", "DK"])
    assert "Legal and admins sign rules off" in manager_client.get(here).content.decode()
    assert "I read these rules" in legal_client.get(here).content.decode()
    digest = standard().jurisdictions["DK"].digest
    sign = reverse("campaigns:pack_sign", args=["acme", "DK"])
    assert manager_client.post(sign, {"digest": digest}).status_code == 403
    assert legal_client.post(sign, {"digest": "0" * 64}).status_code == 409
    assert not PackSignOff.objects.exists()
    assert legal_client.post(sign, {"digest": digest, "note": "Read"}).status_code == 302
    more = reverse("campaigns:pack_add", args=["acme", "DK"])
    body = {"kind": "requirement", "rule": "before_fold", "reason": ""}
    assert legal_client.post(more, body).status_code == 422
    assert legal_client.post(more, {**body, "reason": "Board"}).status_code == 302
    page = legal_client.get(here).content.decode()
    assert "changed since it was signed" in page
    end = reverse("campaigns:pack_addition_end", args=["acme", "DK", PackAddition.objects.get().pk])
    assert legal_client.post(end, {"reason": "Over"}).status_code == 302
    assert "signed off</span>" in legal_client.get(here).content.decode()
    assert legal_client.get(reverse("campaigns:pack", args=["acme", "QQ"])).status_code == 404
