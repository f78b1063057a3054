"""The pages of offers, as people use them; their forms refuse beside the field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from campaigns.choices import OfferState
from campaigns.models import Offer, OfferEvent
from crm.models import AuditEntry
from tests.campaigns.offers.worlds import FEE, an_offer
from tests.factories import ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

LINES = {"deliverables-TOTAL_FORMS": "2", "deliverables-INITIAL_FORMS": "0"}
TERMS = {
    "title": "Autumn shoes",
    "compensation": "fee",
    "amount": "800",
    "per": "all",
    "currency": "EUR",
    "valid_until": "2099-12-01",
    **LINES,
    "deliverables-0-count": "2",
    "deliverables-0-form": "short_video",
    "deliverables-0-platform": "instagram",
    "deliverables-0-kind": "review",
    "rights-paid": "on",
    "rights-paid_months": "3",
    "rights-paid_territory": "Denmark",
}
BASE = "/acme/offers"


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Maya Iversen")


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_from_a_creator_s_page_to_an_accepted_offer(relationship, manager_client):
    uid = relationship.creator.uid
    page = text_of(manager_client.get(f"/acme/creators/{uid}/"))
    assert f"/acme/creators/{uid}/offers/" in page
    panel = text_of(manager_client.get(f"/acme/creators/{uid}/offers/"))
    assert "Nothing was offered or sent yet." in panel
    assert manager_client.get(f"/acme/creators/{uid}/offers/new/").status_code == 200
    answer = manager_client.post(f"/acme/creators/{uid}/offers/new/", TERMS)
    offer = Offer.objects.get()
    assert answer["Location"] == f"{BASE}/{offer.pk}/"
    version = offer.current
    assert (version.amount, version.currency, version.number) == (Decimal(800), "EUR", 1)
    assert [str(line) for line in version.deliverables.all()] == ["2 x Short video on instagram"]
    right = version.rights.get()
    assert (right.usage, right.months, right.territory) == ("paid", 3, "Denmark")
    page = text_of(manager_client.get(answer["Location"]))
    assert "Version 1 is a draft: the creator has not seen it." in page
    assert "800 EUR" in page
    sent = manager_client.post(
        f"{BASE}/{offer.pk}/send/",
        {"do": "hand", "version": 1, "hand-channel": "phone", "hand-note": "She liked it."},
    )
    assert sent["Location"] == f"{BASE}/{offer.pk}/"
    counter = manager_client.post(
        f"{BASE}/{offer.pk}/counter/",
        TERMS | {"version": 2, "amount": "1000", "said-channel": "mail", "reason": "Two videos."},
    )
    assert counter["Location"] == f"{BASE}/{offer.pk}/"
    page = text_of(manager_client.get(f"{BASE}/{offer.pk}/"))
    assert "Amount" not in page
    assert "Fee: 1,000 EUR (800 EUR before)" in page
    assert "Accept their offer" in page
    done = manager_client.post(f"{BASE}/{offer.pk}/accept/", {"version": 3, "channel": "mail"})
    assert done["Location"] == f"{BASE}/{offer.pk}/"
    offer.refresh_from_db()
    assert (offer.state, offer.current.side) == ("accepted", "theirs")
    panel = text_of(manager_client.get(f"/acme/creators/{uid}/offers/"))
    assert "Autumn shoes" in panel
    assert "1,000 EUR" in panel
    line = text_of(manager_client.get(f"/acme/creators/{uid}/timeline/"))
    for words in ("Offer sent", "Counter-offer", "Offer accepted: Autumn shoes, version 2"):
        assert words in line


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"amount": ""}, "“Fee” needs this: fee."),
        ({"months": "3"}, "Months is no part of “Fee”."),
        ({"amount": "-1"}, "The amount must be above 0"),
        ({"amount": "1.005"}, "2 decimal places are the most."),
        ({"exclusive_for": "shoes"}, "Exclusivity needs both"),
        ({"valid_until": "1026-12-01"}, "The year must lie from 2000 to 2199."),
        ({"deliverables-0-platform": ""}, "Choose on which platform it appears."),
        ({"deliverables-0-form": ""}, "Choose the form."),
        ({"deliverables-0-count": "0"}, "greater than or equal to 1"),
        ({"rights-paid_months": "500"}, "less than or equal to 120"),
        ({"rights-organic_months": "3"}, "Tick it, or empty what belongs to it."),
        ({"compensation": "gift", "amount": ""}, "“Gift” needs this: product."),
        (
            {"compensation": "event", "amount": "", "event": "Launch", "event_on": "2026-12-01"},
            "“Event” needs this: travel and stay are paid.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    changes, words, relationship, manager_client
):
    url = f"/acme/creators/{relationship.creator.uid}/offers/new/"
    answer = manager_client.post(url, TERMS | changes)
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert 'value="Denmark"' in page
    assert not Offer.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_refused_line_is_marked_where_it_stands(relationship, manager, manager_client):
    offer = an_offer(relationship, manager)
    page = text_of(manager_client.get(f"{BASE}/{offer.pk}/draft/"))
    assert 'value="2026-12-20"' in page
    far = TERMS | {
        "version": 1,
        "deliverables-0-platform": "",
        "deliverables-0-form": "",
        "deliverables-1-form": "video",
        "deliverables-1-platform": "tiktok",
        "deliverables-1-due_on": "1999-01-01",
    }
    page = text_of(manager_client.post(f"{BASE}/{offer.pk}/draft/", far))
    error = page.index("The year must lie from 2000 to 2199.")
    assert page.index('name="deliverables-1-due_on"') < error < page.index("What you may do")


def test_a_page_that_is_old_saves_nothing(relationship, manager, manager_client):
    offer = an_offer(relationship, manager, OfferState.SENT)
    answer = manager_client.post(f"{BASE}/{offer.pk}/decline/", {"version": 1, "channel": "mail"})
    assert answer.status_code == 409
    assert "manager sent it since you loaded the page." in text_of(answer)
    offer.refresh_from_db()
    assert (offer.state, OfferEvent.objects.count()) == ("sent", 1)
    for body in ({}, {"version": "x", "channel": "mail"}):
        answer = manager_client.post(f"{BASE}/{offer.pk}/decline/", body)
        assert answer.status_code == 422
        assert "This page is not complete. Load it again." in text_of(answer)


def test_withdrawing_says_why(relationship, manager, manager_client):
    offer = an_offer(relationship, manager, OfferState.SENT)
    answer = manager_client.post(f"{BASE}/{offer.pk}/withdraw/", {"version": offer.version})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Say why it is withdrawn." in page
    assert 'id="id_channel"' in page
    body = {"version": offer.version, "note": "The launch moved."}
    assert manager_client.post(f"{BASE}/{offer.pk}/withdraw/", body).status_code == 302
    offer.refresh_from_db()
    assert offer.state == "withdrawn"


def test_a_state_that_moved_on_leads_back_with_words(relationship, manager, manager_client):
    offer = an_offer(relationship, manager, OfferState.ACCEPTED)
    for page in ("draft", "version", "counter", "send"):
        answer = manager_client.get(f"{BASE}/{offer.pk}/{page}/", follow=True)
        assert answer.redirect_chain[0][0] == f"{BASE}/{offer.pk}/"
        assert "what was agreed stays as it is." in text_of(answer)


def test_the_list_is_narrowed_and_exported_by_the_same_filter(
    relationship, manager, admin_user, manager_client
):
    an_offer(relationship, manager, OfferState.SENT, title="Sent one")
    an_offer(relationship, manager, title="Draft one", owner=admin_user)
    endless = replace(FEE, valid_until=None)
    an_offer(relationship, manager, OfferState.SENT, title="No end", wanted=endless, owner=None)
    for query, titles in {
        "": {"Sent one", "Draft one", "No end"},
        "?state=sent": {"Sent one", "No end"},
        "?state=sent&owner=manager@acme.example": {"Sent one"},
        "?owner=none": {"No end"},
        "?valid_to=2026-12-01": {"Sent one", "Draft one"},
        "?state=&owner=&valid_to=": {"Sent one", "Draft one", "No end"},
        "?state=nonsense&valid_to=soon": {"Sent one", "Draft one", "No end"},
    }.items():
        page = text_of(manager_client.get(f"{BASE}/{query}"))
        file = b"".join(manager_client.get(f"{BASE}/export.csv{query}").streaming_content).decode()
        for title in ("Sent one", "Draft one", "No end"):
            assert (title in page) is (title in titles), query
            assert (title in file) is (title in titles), query
    row = next(line for line in file.splitlines() if "Sent one" in line)
    assert row == (
        f"Sent one,Maya Iversen,Sent,{Offer.objects.get(title='Sent one').state_since.isoformat()},"
        "manager,Fee,800.00,for everything together,USD,,,,,1,Ours,2026-12-01"
    )
    assert manager_client.get(f"{BASE}/export.xlsx").status_code == 200
    assert manager_client.get(f"{BASE}/export.pdf").status_code == 404


def test_an_empty_list_says_what_to_do(brand, manager_client):
    page = text_of(manager_client.get(f"{BASE}/"))
    assert "No offer yet" in page
    assert 'href="/acme/creators/"' in page


def test_others_read_and_are_not_shown_what_they_may_not_do(relationship, manager, legal_client):
    offer = an_offer(relationship, manager, OfferState.SENT)
    page = text_of(legal_client.get(f"{BASE}/{offer.pk}/"))
    assert "800 USD" in page
    assert "They accept" not in page
    assert f"{BASE}/{offer.pk}/counter/" not in page
    answer = legal_client.post(f"{BASE}/{offer.pk}/accept/", {"version": offer.version})
    assert answer.status_code == 403
    offer.refresh_from_db()
    assert offer.state == "sent"


def test_a_page_costs_the_same_however_long_the_negotiation(
    relationship, manager, manager_client, django_assert_num_queries
):
    ProfileFactory(creator=relationship.creator, followers=50_000)
    short = an_offer(relationship, manager, OfferState.SENT)
    long = an_offer(relationship, manager, OfferState.COUNTERED)
    many = FEE.deliverables * 5
    # session, user, role, offer, versions, deliverables, rights, platforms, accounts, events,
    # gifts, people for the owner's choice, brands of the frame, runs that wait
    for offer in (short, long):
        with django_assert_num_queries(14):
            assert manager_client.get(f"{BASE}/{offer.pk}/").status_code == 200
    for number in range(5):
        an_offer(relationship, manager, wanted=replace(FEE, deliverables=many), title=f"{number}")
    # session, user, role, page, count, people, brands of the frame, runs that wait
    with django_assert_num_queries(8):
        assert manager_client.get(f"{BASE}/").status_code == 200
    # session, user, role, relationship, offers, gifts
    uid = relationship.creator.uid
    with django_assert_num_queries(6):
        panel = f"/acme/creators/{uid}/offers/"
        assert manager_client.get(panel, headers={"HX-Request": "true"}).status_code == 200


def test_a_passed_day_shows_until_it_expires(relationship, manager, manager_client):
    an_offer(relationship, manager, wanted=replace(FEE, valid_until=date(2020, 1, 1)))
    assert "passed" in text_of(manager_client.get(f"{BASE}/"))


def test_the_band_stands_beside_the_fee_before_it_is_saved(relationship, manager_client):
    ProfileFactory(creator=relationship.creator, followers=50_000)
    url = f"/acme/creators/{relationship.creator.uid}/offers/band/"
    typed = TERMS | {"currency": "USD", "amount": "2500"}
    page = text_of(manager_client.post(url, typed))
    assert "200 to 2,000 USD" in page
    assert "the fee lies 25 % above" in page
    in_euro = text_of(manager_client.post(url, TERMS))
    assert "nothing is converted, so they are not compared." in in_euro
    for changes, words in (
        ({"amount": "x"}, "Fill in the fee and what they make for it."),
        ({"amount": ""}, "“Fee” needs this: fee."),
        ({"per": "month"}, "No benchmark for this: rates are for posts, not for months."),
    ):
        assert words in text_of(manager_client.post(url, TERMS | changes))
    assert not Offer.objects.exists()


def test_the_search_finds_an_offer_by_what_it_is_for(relationship, manager, manager_client):
    offer = an_offer(relationship, manager, OfferState.SENT)
    page = text_of(manager_client.get("/acme/search/?q=autumn"))
    assert f'href="{BASE}/{offer.pk}/"' in page
    assert "Sent, Maya Iversen" in page
    assert 'href="/acme/gifts/"' in text_of(manager_client.get("/acme/search/?q=parcels"))
