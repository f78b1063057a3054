"""An offer that goes out by mail: the draft is fixed and the mail is queued, both or neither."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import OfferState
from campaigns.models import Offer, OfferEvent
from campaigns.services.offers import sending
from campaigns.services.offers.wanted import OfferRefused
from crm.choices import MailDirection, MailPurpose, MailStatus
from crm.choices import SuppressionOrigin as Origin
from crm.choices import SuppressionReason as Reason
from crm.models import Message, Thread
from crm.services.mail.composing import take_back
from crm.services.mail.sending import send_due
from crm.services.outreach.suppressions import suppress_address
from tests.campaigns.offers.worlds import an_offer
from tests.crm.mail.world import creator_of, mailbox_of
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in
from tests.rest import rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(brand, smtp):
    return mailbox_of(brand, smtp=smtp)


@pytest.fixture
def mia(brand, box):
    """She wrote first: to answer her, the guard asks little."""
    found = creator_of(brand)
    thread = Thread.objects.create(
        brand=brand,
        relationship=found,
        mailbox=box,
        subject="Shoes?",
        created_at=NOW,
        last_at=NOW - timedelta(hours=1),
    )
    Message.objects.create(
        brand=brand,
        thread=thread,
        mailbox=box,
        direction=MailDirection.IN,
        status=MailStatus.RECEIVED,
        message_id="<first@example.com>",
        from_address="mia@example.com",
        to=["ana@acme.example"],
        subject="Shoes?",
        text="Do you have something for me?",
        at=NOW - timedelta(hours=1),
    )
    return found


def send(offer: Offer, box, actor, text: str = "We offer 800 USD.") -> Offer:
    return sending.send_by_mail(
        offer_id=offer.pk,
        brand=offer.brand,
        letter=sending.Letter(box, "Autumn shoes", text),
        actor=actor,
        at=NOW,
        expected_version=None,
    )


def test_the_mail_goes_on_with_the_conversation(box, mia, manager, smtp):
    offer = an_offer(mia, manager)
    assert send(offer, box, manager).state == OfferState.SENT
    event = OfferEvent.objects.get()
    assert (event.channel, event.message.status) == ("mail", MailStatus.QUEUED)
    assert event.message.purpose == MailPurpose.REPLY
    assert event.message.in_reply_to == "<first@example.com>"
    assert send_due(at=NOW + sending.TAKE_BACK) == {"sent": 1}
    [mail] = smtp.mails
    assert (mail["To"], mail["Subject"]) == ("mia@example.com", "Autumn shoes")
    assert "We offer 800 USD." in mail.get_body().get_content()


def test_what_may_not_be_written_is_refused_and_nothing_is_sent(box, mia, manager, brand, smtp):
    suppress_address(
        brand=brand,
        address="mia@example.com",
        reason=Reason.OPT_OUT,
        origin=Origin.REPLY,
        at=NOW,
        actor=manager,
        note="",
    )
    offer = an_offer(mia, manager)
    with pytest.raises(OfferRefused) as refusal:
        send(offer, box, manager)
    assert refusal.value.field == "mailbox"
    offer.refresh_from_db()
    assert (offer.state, offer.current.fixed_at, OfferEvent.objects.count()) == ("draft", None, 0)
    assert Message.objects.filter(direction=MailDirection.OUT).count() == 0


@pytest.mark.parametrize(
    ("text", "field"), [("", "text"), ("Hello {{creator_name}}", "text"), ("x" * 100_001, "text")]
)
def test_a_mail_that_cannot_be_written_sends_nothing(text, field, box, mia, manager):
    offer = an_offer(mia, manager)
    with pytest.raises(OfferRefused) as refusal:
        send(offer, box, manager, text)
    assert refusal.value.field == field
    offer.refresh_from_db()
    assert offer.state == "draft"


def test_somebody_s_own_mailbox_is_theirs(brand, mia, manager, admin_user):
    own = mailbox_of(brand, address="own@acme.example", owner=admin_user)
    offer = an_offer(mia, manager)
    with pytest.raises(OfferRefused, match="only they write from it"):
        send(offer, own, manager)


def test_the_page_has_the_letter_ready(box, mia, manager):
    client = logged_in(manager)
    offer = an_offer(mia, manager)
    page = client.get(f"/acme/offers/{offer.pk}/send/").content.decode()
    assert "Hello Mia," in page
    assert "- Fee: 800 USD" in page
    assert "Please let us know by 1 December 2026" in page
    body = {"do": "mail", "version": 1, "mail-mailbox": box.pk, "mail-subject": "Shoes"}
    assert client.post(f"/acme/offers/{offer.pk}/send/", body).status_code == 422
    body |= {"mail-text": "Here it is."}
    answer = client.post(f"/acme/offers/{offer.pk}/send/", body)
    assert answer["Location"] == f"/acme/offers/{offer.pk}/"
    shown = client.get(answer["Location"]).content.decode()
    thread = Message.objects.get(text="Here it is.").thread_id
    assert f'href="/acme/mail/{thread}/"' in shown or f"/{thread}/" in shown
    assert "waiting to be sent" in shown


def test_without_a_mailbox_or_an_address_the_page_says_so(brand, manager):
    client = logged_in(manager)
    offer = an_offer(RelationshipFactory(brand=brand, creator__name="Ola"), manager)
    page = client.get(f"/acme/offers/{offer.pk}/send/").content.decode()
    assert "You have no mailbox to write from." in page
    mailbox_of(brand)
    page = client.get(f"/acme/offers/{offer.pk}/send/").content.decode()
    assert "There is no e-mail address of Ola yet." in page


def test_over_rest_an_offer_goes_out_by_mail(brand, box, mia, manager):
    offer = an_offer(mia, manager)
    body = {"version": 1, "mailbox": "ANA@acme.example", "subject": "Shoes", "text": "Here it is."}
    answer = rest_as(manager, brand).send("POST", f"offers/{offer.pk}:send", body)
    assert (answer.status_code, answer.json()["state"]) == (200, "sent")
    assert Message.objects.get(text="Here it is.").status == MailStatus.QUEUED


def test_a_mail_that_was_taken_back_is_told_on_the_offer(box, mia, manager):
    offer = send(an_offer(mia, manager), box, manager)
    client = logged_in(manager)
    words = "The creator may not have it: the mail with it is “draft”."
    assert words not in client.get(f"/acme/offers/{offer.pk}/").content.decode()
    take_back(message_id=OfferEvent.objects.get().message_id, actor=manager, at=NOW)
    assert words in client.get(f"/acme/offers/{offer.pk}/").content.decode()
