"""Who leaves by the link, who is put on the list by hand, and who comes off it."""

from __future__ import annotations

import pytest
from django.test import Client

from crm.choices import ContactKind, MailPurpose, SuppressionOrigin, SuppressionReason
from crm.models import AuditEntry, ContactPoint, Creator, SuppressedAddress, Suppression
from crm.outreach import addresses, unsubscribing
from crm.outreach.dressing import dress
from crm.services.outreach.suppressions import (
    SuppressionRefused,
    lift,
    opt_out,
    suppress_address,
    suppress_creator,
)
from tests.crm.outreach.worlds import MONDAY, known_creator, policy_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _public(settings):
    settings.RAPPORT_URL = "https://crm.example.com"


@pytest.fixture
def maya(brand):
    return known_creator(brand)


def leaving(maya, to="maya@example.com"):
    return unsubscribing.token(brand_id=maya.brand_id, creator_id=maya.creator_id, to=to)


def by_hand(brand, address, **options):
    given = {"reason": SuppressionReason.BY_HAND, "origin": SuppressionOrigin.PERSON}
    return suppress_address(brand=brand, address=address, at=MONDAY, **{**given, **options})


def test_a_mail_carries_the_way_out(brand, maya):
    policy_of(brand, privacy_url="https://acme.example/privacy")
    ContactPoint.objects.update(found_in="link in bio")
    found = dress(relationship=maya, to="maya@example.com", purpose=MailPurpose.FIRST, at=MONDAY)
    link = f"https://crm.example.com/unsubscribe/{leaving(maya)}/"
    assert found.footer == (
        "Acme ApS, Vestergade 1, 1456 København K\n"
        "Acme ApS has your address from: link in bio. We use it because we have a legitimate "
        "interest in asking about working together; you can object at any time. More: "
        "https://acme.example/privacy\n"
        f"No more mail from Acme ApS: {link}"
    )
    assert found.headers == {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    later = dress(
        relationship=maya, to="maya@example.com", purpose=MailPurpose.FOLLOW_UP, at=MONDAY
    )
    assert "has your address from" not in later.footer
    assert link in later.footer


def test_looking_at_the_link_changes_nothing(maya, client):
    answer = client.get(f"/unsubscribe/{leaving(maya)}/")
    assert answer.status_code == 200
    assert "No more mail from Acme?" in answer.content.decode()
    assert not Suppression.objects.exists()


def test_one_click_leaves_without_a_cookie_and_twice_is_once(maya):
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = client.post(
            f"/unsubscribe/{leaving(maya)}/",
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 200
        assert "Acme sends you no more mail" in answer.content.decode()
    entry = Suppression.objects.get()
    assert (entry.reason, entry.origin, entry.is_person) == ("opt_out", "link", True)
    assert entry.creator == maya.creator
    assert [row.hint for row in entry.addresses.all()] == ["m…@example.com"]
    act = AuditEntry.objects.get(verb="crm.outreach.suppressed")
    assert (act.target_type, act.target_id) == ("crm.relationship", maya.pk)
    assert act.data == {"suppression": entry.pk, "reason": "opt_out", "origin": "link"}


def test_a_link_that_was_cut_does_nothing(maya, client):
    for token in (leaving(maya)[:-2], "nonsense", "a:b"):
        assert client.post(f"/unsubscribe/{token}/").status_code == 404
    assert not Suppression.objects.exists()


def test_the_link_works_after_the_creator_is_erased(maya, brand):
    token = leaving(maya)
    Creator.objects.filter(pk=maya.creator_id).delete()
    opt_out(token=token, at=MONDAY)
    opt_out(token=token, at=MONDAY)
    entry = Suppression.objects.get()
    assert (entry.creator, entry.is_person) == (None, False)
    row = entry.addresses.get()
    assert (row.digest, row.hint) == (addresses.digest(brand.pk, "maya@example.com"), "")


def test_the_link_follows_a_merge(maya, brand):
    kept = known_creator(brand, name="Maya L", address="ml@example.com")
    Creator.objects.filter(pk=maya.creator_id).update(merged_into=kept.creator)
    opt_out(token=leaving(maya), at=MONDAY)
    entry = Suppression.objects.get()
    assert entry.creator == kept.creator
    assert {row.digest for row in entry.addresses.all()} == {
        addresses.digest(brand.pk, address) for address in ("maya@example.com", "ml@example.com")
    }


def test_suppressions_outlive_the_creator(maya, brand):
    suppress_creator(
        brand=brand,
        creator=maya.creator,
        reason=SuppressionReason.ERASURE,
        origin=SuppressionOrigin.PERSON,
        at=MONDAY,
    )
    Creator.objects.filter(pk=maya.creator_id).delete()
    row = SuppressedAddress.objects.get()
    assert (row.hint, row.suppression.creator) == ("", None)
    assert row.digest == addresses.digest(brand.pk, "Maya@Example.com ")


def test_an_opt_out_by_address_is_the_persons(maya, brand):
    ContactPoint.objects.create(
        brand=brand, creator=maya.creator, kind=ContactKind.EMAIL, value="m@work.example"
    )
    entry = by_hand(brand, " M@work.example", reason=SuppressionReason.OPT_OUT)
    assert (entry.is_person, entry.creator) == (True, maya.creator)
    assert sorted(row.hint for row in entry.addresses.all()) == [
        "m…@example.com",
        "m…@work.example",
    ]


def test_an_address_of_nobody_is_suppressed_as_well(brand):
    entry = by_hand(brand, "press@example.com", note="Their  lawyer\nasked")
    assert (entry.creator, entry.note) == (None, "Their lawyer asked")
    assert by_hand(brand, "PRESS@example.com") == entry


def test_another_brand_has_its_own_list(maya, brand, other_brand):
    by_hand(brand, "maya@example.com")
    assert not Suppression.objects.filter(brand=other_brand).exists()
    assert addresses.digest(brand.pk, "a@b.c") != addresses.digest(other_brand.pk, "a@b.c")


def test_what_is_no_address_is_refused(brand):
    with pytest.raises(SuppressionRefused, match="no e-mail address") as refusal:
        by_hand(brand, "maya at example")
    assert refusal.value.field == "address"
    assert not Suppression.objects.exists()


def test_lifting_needs_a_reason_and_is_recorded(maya, brand, manager):
    entry = by_hand(brand, "maya@example.com")
    with pytest.raises(SuppressionRefused, match="Say why"):
        lift(suppression_id=entry.pk, note=" ", actor=manager, at=MONDAY)
    lifted = lift(suppression_id=entry.pk, note="She asked us to", actor=manager, at=MONDAY)
    assert (lifted.lifted_by, lifted.lifted_note) == (manager, "She asked us to")
    assert AuditEntry.objects.filter(verb="crm.outreach.suppression_lifted").count() == 1
    with pytest.raises(SuppressionRefused, match="already"):
        lift(suppression_id=entry.pk, note="Again", actor=manager, at=MONDAY)
    # A later one is a new entry.
    assert by_hand(brand, "maya@example.com").pk != entry.pk


def test_an_erasure_stays(maya, brand, manager):
    entry = by_hand(brand, "maya@example.com", reason=SuppressionReason.ERASURE)
    with pytest.raises(SuppressionRefused, match="never written to again"):
        lift(suppression_id=entry.pk, note="Please", actor=manager, at=MONDAY)
    entry.refresh_from_db()
    assert entry.lifted_at is None
