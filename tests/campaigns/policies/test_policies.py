"""Policies: versions that are published, read by the team, accepted by creators; guidelines."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import ContentKind, EngagementStage
from campaigns.models import (
    Deliverable,
    Guideline,
    Policy,
    PolicyAcceptance,
    PolicyReading,
    PolicyVersion,
)
from campaigns.selectors.policies import asked_of, guidelines_for, readers_of, unread_by
from campaigns.services import guests, guidelines
from campaigns.services import policies as service
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.templatetags.policies import laid_out
from crm.choices import PostKind, Role
from crm.models import AuditEntry, Notification, Platform
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


def write(brand, actor, **values) -> Policy:
    said = {
        "title": "Marking ads",
        "text": "# Always\n- first line\n- in Danish",
        "roles": [Role.MANAGER, Role.LEGAL],
    } | values
    return service.save_policy(brand=brand, **said, actor=actor, at=NOW)


def published(brand, actor, **values) -> PolicyVersion:
    policy = write(brand, actor, **values)
    return service.publish(
        policy_id=policy.pk, brand=brand, actor=actor, at=NOW, expected_version=None
    )


def test_a_draft_asks_nobody(brand, manager, legal):
    policy = write(brand, legal)
    assert policy.roles == ["manager", "legal"]
    assert not unread_by(manager, brand).exists()
    assert not Notification.objects.exists()


def test_what_is_published_is_read_once_by_whom_it_is_for(brand, manager, legal, analyst):
    version = published(brand, legal)
    assert set(Notification.objects.values_list("user", flat=True)) == {manager.pk, legal.pk}
    assert not unread_by(analyst, brand).exists()
    assert list(unread_by(manager, brand)) == [version]
    said = {"version_id": version.pk, "user": manager, "brand": brand, "at": NOW}
    with pytest.raises(CampaignOutdated):
        service.read(**said, digest="0" * 64)
    assert not PolicyReading.objects.exists()
    entries = AuditEntry.objects.count()
    for _twice in range(2):
        service.read(**said, digest=version.digest)
    assert PolicyReading.objects.get().user == manager
    assert AuditEntry.objects.count() == entries + 1
    assert not unread_by(manager, brand).exists()
    assert [(one.user, one.reading is None) for one in readers_of(version)] == [
        (legal, True),
        (manager, False),
    ]


def test_a_new_version_is_read_anew(brand, manager, legal):
    first = published(brand, legal)
    service.read(version_id=first.pk, digest=first.digest, user=manager, brand=brand, at=NOW)
    policy = service.save_policy(
        brand=brand,
        title="Marking ads",
        text="Other words.",
        roles=[Role.MANAGER],
        actor=legal,
        at=NOW,
        policy_id=first.policy_id,
        expected_version=None,
    )
    assert not unread_by(manager, brand).exists()
    second = service.publish(
        policy_id=policy.pk, brand=brand, actor=legal, at=NOW, expected_version=None
    )
    assert second.number == 2
    assert list(unread_by(manager, brand)) == [second]
    with pytest.raises(CampaignOutdated, match="newer version"):
        service.read(version_id=first.pk, digest=first.digest, user=legal, brand=brand, at=NOW)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": " "}, "text"),
        ({"roles": []}, "roles"),
        ({"text": "x" * 20_001}, "text"),
    ],
)
def test_what_says_nothing_is_refused(brand, legal, values, field):
    with pytest.raises(CampaignRefused) as caught:
        write(brand, legal, **values)
    assert caught.value.field == field
    assert not Policy.objects.exists()


def test_two_policies_of_one_title_are_refused(brand, legal):
    write(brand, legal)
    with pytest.raises(CampaignRefused, match="of this title already"):
        write(brand, legal)


def test_what_is_put_away_asks_nobody(brand, manager, legal):
    version = published(brand, legal)
    service.put_away(policy_id=version.policy_id, brand=brand, actor=legal, at=NOW)
    assert not unread_by(manager, brand).exists()
    with pytest.raises(CampaignRefused, match="no such policy"):
        service.read(
            version_id=version.pk, digest=version.digest, user=manager, brand=brand, at=NOW
        )


def test_the_database_keeps_what_was_published_and_read(brand, manager, legal):
    version = published(brand, legal)
    service.read(version_id=version.pk, digest=version.digest, user=manager, brand=brand, at=NOW)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        PolicyVersion.objects.update(text="Other words.")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        PolicyReading.objects.update(digest="0" * 64)


def test_a_creator_accepts_it_once_for_all_campaigns(brand, manager, legal, client):
    version = published(brand, legal, roles=[], for_creators=True)
    first = engage(make_campaign(brand, manager), EngagementStage.INVITED)
    second = engage(
        make_campaign(brand, manager, name="Autumn"),
        EngagementStage.INVITED,
        first.relationship,
    )
    link = guests.make_link(target=first, name="Maya", actor=manager, at=timezone.now())
    assert "Read it once and accept it" in client.get(guests.path_of(link)).content.decode()
    where = reverse("guest:policy", args=[guests.token_of(link), version.policy_id])
    text = client.get(where).content.decode()
    assert "<li>in Danish</li>" in text
    sent = {"version": version.pk, "digest": version.digest, "name": "Maya Holm"}
    assert client.post(where, sent).status_code == 422
    assert client.post(where, sent | {"agreed": "on"}).status_code == 302
    assert PolicyAcceptance.objects.get().name == "Maya Holm"
    assert client.post(where, sent | {"agreed": "on"}).status_code == 422
    (asked,) = asked_of(second)
    assert asked.acceptance is not None


def test_what_is_not_for_creators_is_not_shown_to_them(brand, manager, legal, client):
    version = published(brand, legal)
    engagement = engage(make_campaign(brand, manager), EngagementStage.INVITED)
    link = guests.make_link(target=engagement, name="Maya", actor=manager, at=timezone.now())
    where = reverse("guest:policy", args=[guests.token_of(link), version.policy_id])
    assert client.get(where).status_code == 404
    with pytest.raises(CampaignRefused, match="not for you"):
        service.accept_by_link(
            link=link, version_id=version.pk, digest=version.digest, name="Maya", at=NOW
        )
    token = guests.token_of(link)
    guests.revoke(link=link, actor=manager, at=timezone.now())
    assert client.get(reverse("guest:policy", args=[token, 1])).status_code == 410
    assert client.get(reverse("guest:policy", args=["x" + token, 1])).status_code == 404


def test_text_is_laid_out_and_never_markup():
    assert laid_out("# Head\n- <b>one</b>\n- two\n\nPlain\nlines") == (
        '<h2 class="h3">Head</h2><ul><li>&lt;b&gt;one&lt;/b&gt;</li><li>two</li></ul>'
        '<p class="prose">Plain\nlines</p>'
    )


def test_the_checklist_has_the_lines_that_count_for_a_piece(
    brand, other_brand, manager, legal, django_assert_num_queries
):
    def add(text: str, of=brand, **values) -> Guideline:
        said = {"kind": "do", "text": text} | values
        return guidelines.add_guideline(brand=of, **said, actor=legal, at=NOW)

    campaign = make_campaign(brand, manager)
    engagement = engage(campaign, EngagementStage.IN_PRODUCTION, segment="educators")
    engage(campaign, segment="routine")
    add("Never heal", kind="dont")
    for_all = add("Say who pays")
    tiktok = add("Speak in the first second", platform="tiktok")
    add("Link in the profile", platform="instagram")
    danish = add("Write reklame", jurisdiction="DK")
    add("Write Werbung", jurisdiction="DE")
    taught = add("Name the source", segment="educators")
    add("Show the morning", segment="routine")
    gone = add("Old")
    guidelines.put_away(guideline_id=gone.pk, brand=brand, actor=legal, at=NOW)
    add("Elsewhere", of=other_brand)
    piece = Deliverable.objects.create(
        engagement=engagement,
        title="Reel",
        platform=Platform.objects.get(key="tiktok"),
        kind=ContentKind.TUTORIAL,
        form=PostKind.SHORT_VIDEO,
        state_since=NOW,
        created_at=NOW,
    )
    with django_assert_num_queries(1):
        lines = guidelines_for(piece)
    assert [line.text for line in lines] == [
        for_all.text,
        tiktok.text,
        danish.text,
        taught.text,
        "Never heal",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " "}, "text"),
        ({"kind": "perhaps"}, "kind"),
        ({"platform": "myspace"}, "platform"),
        ({"jurisdiction": "XX"}, "jurisdiction"),
        ({"segment": "nobody"}, "segment"),
    ],
)
def test_a_line_that_cannot_be_checked_is_refused(brand, legal, values, field):
    said = {"kind": "do", "text": "Say who pays"} | values
    with pytest.raises(CampaignRefused) as caught:
        guidelines.add_guideline(brand=brand, **said, actor=legal, at=NOW)
    assert caught.value.field == field
    assert not Guideline.objects.exists()


def test_the_same_line_stands_once(brand, legal):
    said = {"brand": brand, "kind": "do", "text": "Say who pays", "actor": legal, "at": NOW}
    guidelines.add_guideline(**said)
    with pytest.raises(CampaignRefused, match="there already"):
        guidelines.add_guideline(**said)


def test_policies_over_rest(brand, manager, legal, analyst, outsider, other_brand):
    draft = write(brand, legal)
    rest = rest_as(manager, brand)
    assert rest.json("policies/")["results"] == []
    version = service.publish(
        policy_id=draft.pk, brand=brand, actor=legal, at=NOW, expected_version=None
    )
    [row] = rest.json("policies/")["results"]
    assert (row["title"], row["number"], row["is_read"]) == ("Marking ads", 1, False)
    whole = rest.json(f"policies/{draft.pk}/")
    assert whole["text"].startswith("# Always")
    here = f"policies/{draft.pk}:read"
    body = {"digest": whole["digest"]}
    assert_problem(rest_as(outsider, other_brand).send("POST", here, body), 404)
    assert_problem(rest.send("POST", here, {"digest": "0" * 64}), 409, "outdated")
    assert_problem(rest.send("POST", here, {}), 400, "required")
    assert not PolicyReading.objects.exists()
    assert rest.send("POST", here, body).json()["is_read"] is True
    assert rest.send("POST", here, body).status_code == 200
    reading = PolicyReading.objects.get()
    assert (reading.user, reading.version, reading.digest) == (manager, version, version.digest)
    assert rest.json("policies/")["results"][0]["is_read"] is True
    assert rest_as(legal, brand).json("policies/")["results"][0]["is_read"] is False
    # Reading is for everybody, as on the page: whom it is written for is another question.
    assert rest_as(analyst, brand).send("POST", here, body).json()["is_read"] is True
