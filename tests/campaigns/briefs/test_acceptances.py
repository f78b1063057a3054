"""Creators accept the brief that holds for them, and are asked again when it changes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import EngagementStage
from campaigns.models import BriefAcceptance, BriefVersion
from campaigns.selectors.briefs import readers_of, version_for
from campaigns.services import guests
from campaigns.services.briefs import accepting, sharing
from campaigns.services.briefs.document import Message
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.briefs.made import approved, draft, next_version
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


@pytest.fixture
def version(campaign, manager, strategist) -> BriefVersion:
    return approved(campaign, manager, strategist)


@pytest.fixture
def link(campaign, manager):
    engagement = engage(campaign, EngagementStage.CONTRACTED)
    return guests.make_link(target=engagement, name="Maya", actor=manager, at=timezone.now())


def page_of(link) -> str:
    return reverse("guest:brief", args=[guests.token_of(link)])


def test_there_is_nothing_to_read_before_a_version_holds(campaign, manager, link, client):
    draft(campaign, manager)
    assert client.get(page_of(link)).status_code == 404
    assert "Brief" not in client.get(guests.path_of(link)).content.decode()


def test_a_creator_reads_and_accepts_it_by_name_and_tick(version, link, client):
    home = client.get(guests.path_of(link)).content.decode()
    assert "Read what we ask for, and accept it." in home
    text = client.get(page_of(link)).content.decode()
    assert "Made in Aarhus." in text
    assert "word for word" in text
    sent = {"version": version.pk, "digest": version.digest, "name": " Maya  Holm "}
    assert client.post(page_of(link), sent).status_code == 422
    assert not BriefAcceptance.objects.exists()
    answer = client.post(page_of(link), sent | {"agreed": "on"}, follow=True)
    assert "Thank you: the brief is accepted." in answer.content.decode()
    made = BriefAcceptance.objects.get()
    assert (made.name, made.version, made.engagement, made.digest, made.link) == (
        "Maya Holm",
        version,
        link.engagement,
        version.digest,
        link,
    )
    entry = AuditEntry.objects.order_by("number").last()
    assert entry.verb == "campaigns.brief.accepted"
    assert "Maya" not in str(entry.data)
    assert "You accepted it on" in client.get(guests.path_of(link)).content.decode()


def test_a_new_version_asks_again_and_shows_what_changed(
    version, link, client, manager, strategist
):
    accepting.accept_by_link(
        link=link, version_id=version.pk, digest=version.digest, name="Maya", at=NOW
    )
    newer = next_version(
        version, manager, strategist, messages=(Message("It is for the morning."),)
    )
    assert "There is a new version" in client.get(guests.path_of(link)).content.decode()
    text = client.get(page_of(link)).content.decode()
    assert "What changed since version 1, which you accepted" in text
    assert "<ins>morning</ins>" in text
    assert "What we learned." in text
    with pytest.raises(CampaignOutdated, match="newer version"):
        accepting.accept_by_link(
            link=link, version_id=version.pk, digest=version.digest, name="Maya", at=NOW
        )
    accepting.accept_by_link(
        link=link, version_id=newer.pk, digest=newer.digest, name="Maya", at=NOW
    )
    assert BriefAcceptance.objects.count() == 2


def test_other_words_are_not_accepted_by_an_old_page(version, link, client):
    sent = {"version": version.pk, "digest": "0" * 64, "name": "Maya", "agreed": "on"}
    answer = client.post(page_of(link), sent)
    assert answer.status_code == 422
    assert "The brief changed meanwhile." in answer.content.decode()
    assert not BriefAcceptance.objects.exists()


def test_it_is_accepted_once(version, link):
    said = {"link": link, "version_id": version.pk, "digest": version.digest, "at": NOW}
    accepting.accept_by_link(**said, name="Maya")
    with pytest.raises(CampaignRefused, match="accepted already"):
        accepting.accept_by_link(**said, name="Maya")
    assert BriefAcceptance.objects.count() == 1


def test_the_creators_of_a_segment_have_their_own(campaign, version, manager, strategist):
    own = approved(campaign, manager, strategist, "educators", goal="Explain it.")
    teacher = engage(campaign, EngagementStage.INVITED, segment="educators")
    other = engage(campaign, EngagementStage.INVITED, segment="routine")
    assert (version_for(teacher), version_for(other)) == (own, version)
    said = {"brand": campaign.brand, "name": "Ida", "note": "Mail", "actor": manager, "at": NOW}
    with pytest.raises(CampaignRefused, match="another brief"):
        accepting.record_acceptance(**said, engagement_id=teacher.pk, version_id=version.pk)
    with pytest.raises(CampaignRefused, match="another brief"):
        accepting.record_acceptance(**said, engagement_id=other.pk, version_id=own.pk)
    assert not BriefAcceptance.objects.exists()
    accepting.record_acceptance(**said, engagement_id=teacher.pk, version_id=own.pk)


def test_by_word_it_needs_where_it_can_be_seen(campaign, version, manager):
    engagement = engage(campaign, EngagementStage.INVITED)
    said = {"engagement_id": engagement.pk, "brand": campaign.brand, "version_id": version.pk}
    with pytest.raises(CampaignRefused, match="where it can be seen"):
        accepting.record_acceptance(**said, name="Ida", note=" ", actor=manager, at=NOW)
    made = accepting.record_acceptance(**said, name="Ida", note="Call", actor=manager, at=NOW)
    assert (made.recorded_by, made.note, made.link) == (manager, "Call", None)


def test_nobody_accepts_the_brief_of_another_campaign(version, manager, brand):
    elsewhere = engage(make_campaign(brand, manager, name="Autumn"), EngagementStage.INVITED)
    with pytest.raises(CampaignRefused, match="not for you"):
        accepting.record_acceptance(
            engagement_id=elsewhere.pk,
            brand=brand,
            version_id=version.pk,
            name="Ida",
            note="Mail",
            actor=manager,
            at=NOW,
        )


def test_who_has_left_accepts_nothing(campaign, version, manager):
    gone = engage(campaign, EngagementStage.DROPPED)
    with pytest.raises(CampaignRefused, match="no longer in the campaign"):
        accepting.record_acceptance(
            engagement_id=gone.pk,
            brand=campaign.brand,
            version_id=version.pk,
            name="Ida",
            note="Mail",
            actor=manager,
            at=NOW,
        )


def test_the_list_names_who_is_missing_first(
    campaign, version, manager, strategist, django_assert_num_queries
):
    asked = [engage(campaign, EngagementStage.CONTRACTED) for _ in range(3)]
    engage(campaign, EngagementStage.VETTED)
    engage(campaign, EngagementStage.DROPPED)
    accepting.record_acceptance(
        engagement_id=asked[0].pk,
        brand=campaign.brand,
        version_id=version.pk,
        name="Ida",
        note="Mail",
        actor=manager,
        at=NOW,
    )
    with django_assert_num_queries(4):  # versions, engagements, acceptances, links
        readers = readers_of(campaign, timezone.now())
    assert [reader.acceptance is None for reader in readers] == [True, True, False]
    newer = next_version(version, manager, strategist, goal="Other.")
    readers = readers_of(campaign, timezone.now())
    assert {reader.engagement.pk: reader.before for reader in readers} == {
        asked[0].pk: 1,
        asked[1].pk: None,
        asked[2].pk: None,
    }
    assert {reader.version for reader in readers} == {newer}


def test_links_are_made_for_those_who_have_none(campaign, version, manager, link):
    engage(campaign, EngagementStage.INVITED)
    assert sharing.make_missing_links(campaign=campaign, actor=manager, at=timezone.now()) == 1
    assert sharing.make_missing_links(campaign=campaign, actor=manager, at=timezone.now()) == 0


@pytest.mark.parametrize("change", [{"name": "Else"}, {"digest": "0" * 64}, {"note": "x"}])
def test_the_database_keeps_what_was_accepted(version, link, change):
    accepting.accept_by_link(
        link=link, version_id=version.pk, digest=version.digest, name="Maya", at=NOW
    )
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        BriefAcceptance.objects.update(**change)
    link.delete()
    assert BriefAcceptance.objects.get().link is None


def test_a_foreign_link_and_an_ended_one_show_nothing(version, link, client, manager):
    token = guests.token_of(link)
    for name in ("guest:brief", "guest:brief_pdf"):
        assert client.get(reverse(name, args=[token + "x"])).status_code == 404
    guests.revoke(link=link, actor=manager, at=timezone.now())
    for name in ("guest:brief", "guest:brief_pdf"):
        assert client.get(reverse(name, args=[token])).status_code == 410


def test_the_file_is_the_same_each_time(version, link, client):
    where = reverse("guest:brief_pdf", args=[guests.token_of(link)])
    first, second = client.get(where), client.get(where)
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == 'inline; filename="brief-spring-launch-1.pdf"'
    assert first.content == second.content
    assert first.content.startswith(b"%PDF")
