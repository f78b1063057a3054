"""Ways to pitch somebody past the pages that refuse it, and what is no pitch."""

from __future__ import annotations

import pytest

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Engagement, EventInvitation, Gift
from campaigns.services import gifts
from campaigns.services.events.answering import invite
from campaigns.services.events.sending import LINK, Letter, send_mails
from crm.models import AuditEntry, Enrolment, Message
from segmentation.models import Playbook
from tests.campaigns.events.worlds import an_event
from tests.campaigns.made import engage, make_campaign, set_status
from tests.crm.imports.state import imported, json_lines
from tests.crm.outreach.worlds import known_creator, mailbox_of
from tests.factories import NOW
from tests.rest import rest_as
from tests.segmentation.world import make_segment, moment, stay

pytestmark = pytest.mark.django_db
WHY = "Is in “Innovators”, whose playbook says: do not pitch."


@pytest.fixture
def iris(brand):
    """Somebody with an address, whom nobody has written to and nobody is to pitch."""
    relationship = known_creator(brand)
    segment = make_segment(brand, "innovators", name="Innovators")
    Playbook.objects.create(segment=segment, do_not_pitch=True, updated_at=NOW)
    stay(segment, relationship.creator, moment(1, 1))
    return relationship


def test_a_batch_invites_nobody_who_became_one_of_them(brand, manager, iris):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    them = engage(campaign, EngagementStage.APPROVED, iris)
    other = engage(campaign, EngagementStage.APPROVED)
    rows = [{"id": one.pk, "version": one.version, "stage": "invited"} for one in (other, them)]
    before = AuditEntry.objects.count()
    answer = rest_as(manager, brand).send("POST", "engagements:batch", {"change": rows})
    assert answer.status_code == 409
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/change/1", "barred")
    assert WHY in error["message"]
    # All of them or none.
    assert set(Engagement.objects.values_list("stage", flat=True)) == {EngagementStage.APPROVED}
    assert AuditEntry.objects.count() == before


def test_a_batch_takes_no_new_ones(brand, manager, iris):
    campaign = make_campaign(brand, manager)
    rest = rest_as(manager, brand)
    row = {"campaign": campaign.key, "creators": [{"creator": str(iris.creator.uid)}]}
    assert rest.send("POST", "engagements:batch", {"create": [row]}).status_code == 400
    answer = rest.send("POST", "engagements/", row)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_to_be_pitched")
    assert not Engagement.objects.exists()


def test_an_import_brings_nobody_near_a_campaign(brand, manager, iris, tmp_path):
    make_campaign(brand, manager)
    file = tmp_path / "creators.jsonl"
    row = {"name": iris.creator.name, "platform": "instagram", "username": "maya", "stage": "core"}
    file.write_text(json_lines(row | {"campaign": "spring-launch", "sequence": "hello"}))
    _batch, counts = imported(brand, file, actor=manager)
    assert (counts.rows, counts.rejected) == (1, {})
    assert not Engagement.objects.exists()
    assert not Enrolment.objects.exists()
    assert not Message.objects.exists()


def test_a_gift_and_an_invitation_are_no_pitch_but_their_first_mail_is(brand, manager, iris):
    shoes = gifts.Details("A prototype", "39", 120, "EUR")
    gifts.plan_gift(relationship=iris, details=shoes, actor=manager, at=NOW)
    assert Gift.objects.get().relationship == iris
    event = an_event(brand, manager)
    [row] = invite(event_id=event.pk, brand=brand, relationships=[iris.pk], actor=manager, at=NOW)
    letter = Letter(mailbox_of(brand), "Come", f"Tell us what you think: {LINK}", "https://x.test")
    sent = send_mails(event=event, invitations=[row.pk], letter=letter, actor=manager, at=NOW)
    assert sent.mails == 0
    [(name, why)] = sent.refused
    assert name == iris.creator.name
    assert WHY in why
    assert not Message.objects.exists()
    assert EventInvitation.objects.get().sent_at is None
