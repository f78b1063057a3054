"""Requests on pages: the list, a new one by hand and by mail, the creator's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.choices import GuestKind
from campaigns.models import Remediation
from campaigns.services.guests import make_link, path_of
from crm.choices import SuppressionOrigin, SuppressionReason
from crm.models import Message
from crm.services.outreach.suppressions import suppress_address
from tests.campaigns.remediation.worlds import asked, wanting
from tests.crm.mail.test_pages import received
from tests.crm.mail.world import mailbox_of
from tests.factories import NOW, ContactPointFactory

pytestmark = pytest.mark.django_db
LIST = "/acme/legal/remediations/"


@pytest.fixture
def review(brand, manager, legal):
    return wanting(brand, manager, legal)


def test_the_list_begins_with_what_nobody_has_asked(review, manager_client, analyst_client):
    html = manager_client.get(LIST).content.decode()
    assert "Nobody has asked yet" in html
    assert f"/acme/legal/reviews/{review.pk}/put-right/" in html
    assert "Nothing is to be put right" in html
    assert "put-right" not in analyst_client.get(LIST).content.decode()


def test_a_request_begins_with_the_wording_that_would_do(review, manager_client, manager):
    page = f"/acme/legal/reviews/{review.pk}/put-right/"
    html = manager_client.get(page).content.decode()
    assert "Reklame" in html
    answer = manager_client.post(
        page,
        {
            "do": "hand",
            "hand-words": "Begin with “Reklame”, please.",
            "hand-due_on": "2099-01-01",
            "hand-channel": "phone",
        },
    )
    assert answer.status_code == 422
    assert "60 days are the most" in answer.content.decode()
    assert not Remediation.objects.exists()


def test_it_goes_by_hand_and_its_page_says_so(review, manager_client, manager, legal_client):
    made = asked(review, manager)
    page = f"{LIST}{made.pk}/"
    html = manager_client.get(page).content.decode()
    assert "Begin with “Reklame”." in html
    assert "They say it is done" in html
    assert "They say it is done" not in legal_client.get(page).content.decode()
    again = manager_client.get(f"/acme/legal/reviews/{review.pk}/put-right/")
    assert again["Location"] == page
    answer = manager_client.post(page + "withdraw/", {"version": 1, "reason": ""})
    assert answer.status_code == 422
    answer = manager_client.post(page + "withdraw/", {"version": 1, "reason": "Taken down."})
    assert answer.status_code == 302
    late = manager_client.post(page + "withdraw/", {"version": 1, "reason": "Taken down."})
    assert late.status_code == 409
    assert "since you looked" in late.content.decode()


def test_it_goes_by_mail_under_the_guard(review, brand, manager, manager_client, smtp):
    box = mailbox_of(brand, smtp=smtp)
    creator = review.deliverable.engagement.relationship.creator
    page = f"/acme/legal/reviews/{review.pk}/put-right/"
    assert "Contacts of" in manager_client.get(page).content.decode()
    ContactPointFactory(brand=brand, creator=creator, value="mia@example.com")
    html = manager_client.get(page).content.decode()
    assert "Please label your post “Reel about serum”" in html
    said = {
        "do": "mail",
        "mail-mailbox": box.pk,
        "mail-subject": "Please label your post",
        "mail-words": "Begin with “Reklame”.",
        "mail-due_on": f"{timezone.localdate() + timedelta(days=3)}",
    }
    suppress_address(
        brand=brand,
        address="mia@example.com",
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.REPLY,
        at=NOW,
        actor=manager,
        note="",
    )
    assert manager_client.post(page, said).status_code == 422
    assert not Remediation.objects.exists()
    assert not Message.objects.exists()


def test_a_mail_goes_on_with_the_conversation(review, brand, manager, smtp):
    box = mailbox_of(brand, smtp=smtp)
    relationship = review.deliverable.engagement.relationship
    ContactPointFactory(brand=brand, creator=relationship.creator, value="mia@example.com")
    received(box, sender="Mia <mia@example.com>")
    made = asked(review, manager, channel="mail", mailbox=box, subject="Your label")
    assert (made.channel, made.message.status, made.message.purpose) == ("mail", "queued", "reply")
    assert made.message.text.startswith("Begin with “Reklame”.")


def test_the_creator_says_on_their_own_page_that_it_is_done(review, manager):
    made = asked(review, manager)
    link = make_link(target=review.deliverable.engagement, name="Maya", actor=manager, at=NOW)
    assert link.kind == GuestKind.PORTAL
    client = Client()
    home = client.get(path_of(link)).content.decode()
    assert "Its label for advertising is to be changed by" in home
    page = f"{path_of(link)}to-put-right/{made.pk}/"
    assert "Begin with “Reklame”." in client.get(page).content.decode()
    answer = client.post(page, {"version": 1, "note": "Done at noon."})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.state == "answered"
    event = made.events.get(act="answer")
    assert (event.link, event.actor, event.note) == (link, None, "Done at noon.")
    assert client.post(page, {"version": 1, "note": ""}).status_code == 422


def test_others_creators_and_brands_see_nothing(
    review, brand, manager, legal, outsider_client, analyst_client
):
    made = asked(review, manager)
    page = f"{LIST}{made.pk}/"
    assert outsider_client.get(page).status_code == 404
    for rest in ("done/", "withdraw/", "again/"):
        assert analyst_client.post(page + rest, {}).status_code == 403
    made.refresh_from_db()
    assert made.version == 1


def test_the_list_costs_the_same_however_long_it_is(
    review, manager, manager_client, django_assert_num_queries
):
    asked(review, manager)
    assert manager_client.get(LIST).status_code == 200
    with django_assert_num_queries(9):
        manager_client.get(LIST)
