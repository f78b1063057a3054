"""Rights out of accepted offers, and approved content into the library."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns.choices import DeliverableState, DraftState, OfferState, Usage
from campaigns.models import Asset, AssetUse, Draft, DraftFile, UsageRight
from campaigns.services.assets.collecting import keep_deliverable, waiting_of
from campaigns.services.made_up_rights import fill_rights
from campaigns.services.offers.wanted import Right
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights.from_offers import grant_from_offer, offers_to_read
from crm.choices import Role
from tests.campaigns.offers.worlds import FEE, an_offer
from tests.campaigns.rights.worlds import engagement_of, give, piece
from tests.factories import NOW
from tests.people import person

pytestmark = pytest.mark.django_db


def accepted(engagement, actor, *rights):
    offer = an_offer(
        engagement.relationship, actor, OfferState.ACCEPTED, replace(FEE, rights=rights)
    )
    offer.engagement = engagement
    offer.save()
    offer.refresh_from_db()
    return offer


def test_each_use_of_an_accepted_offer_becomes_a_right_once():
    engagement = engagement_of()
    actor = person(engagement.campaign.brand, Role.MANAGER)
    offer = accepted(
        engagement,
        actor,
        Right(Usage.PAID, 6, "Denmark and Sweden", "Instagram, Website"),
        Right(Usage.ORGANIC, None, "", ""),
        Right(Usage.WHITELISTING, 3, "Scandinavia", "wherever"),
    )

    assert offers_to_read(engagement) == [offer]
    made = grant_from_offer(offer=offer, engagement=engagement, actor=actor, at=NOW)

    assert {
        (r.usage, tuple(r.territory), r.territory_words, tuple(r.channels), r.channels_words)
        for r in made
    } == {
        ("paid", ("DK", "SE"), "", ("instagram", "website"), ""),
        ("organic", (), "", (), ""),
        ("whitelisting", (), "Scandinavia", (), "wherever"),
    }
    assert {(r.usage, r.months, r.is_endless, r.trigger, r.starts_on) for r in made} == {
        ("paid", 6, False, "publication", None),
        ("organic", None, True, "publication", None),
        ("whitelisting", 3, False, "publication", None),
    }
    assert {r.reference for r in made} == {"Offer “Autumn shoes”, version 1"}
    assert offers_to_read(engagement) == []
    with pytest.raises(CampaignRefused):
        grant_from_offer(offer=offer, engagement=engagement, actor=actor, at=NOW)
    assert UsageRight.objects.count() == 3


def test_a_contract_outweighs_the_offer():
    engagement = engagement_of()
    actor = person(engagement.campaign.brand, Role.MANAGER)
    accepted(engagement, actor, Right(Usage.PAID, 6, "", ""))
    give(engagement)

    assert offers_to_read(engagement) == []


def draft_of(deliverable, state, *files):
    draft = Draft.objects.create(
        deliverable=deliverable, number=1, submitted_at=NOW, state=state, state_since=NOW
    )
    for number, name in enumerate(files, start=1):
        DraftFile.objects.create(
            draft=draft,
            brand=deliverable.engagement.campaign.brand,
            name=name,
            content_type="video/mp4",
            size=10,
            sha256=f"{number:064x}",
        )


def test_files_of_the_approved_draft_go_into_the_library_once():
    engagement = engagement_of()
    one = piece(engagement)
    draft_of(one, DraftState.APPROVED, "cut.mp4", "cover.mp4")
    one.state = DeliverableState.APPROVED
    one.save()

    assert waiting_of(engagement) == [one]
    made = keep_deliverable(deliverable=one, actor=None, at=NOW)
    again = keep_deliverable(deliverable=one, actor=None, at=NOW)

    assert again == []
    assert [(a.title, a.file_name, a.kind, a.platform_id) for a in made] == [
        ("Reel (1)", "cut.mp4", "video", "instagram"),
        ("Reel (2)", "cover.mp4", "video", "instagram"),
    ]
    assert {(a.deliverable, a.engagement, a.relationship) for a in made} == {
        (one, engagement, engagement.relationship)
    }
    assert waiting_of(engagement) == []


def test_what_was_published_without_a_file_goes_in_by_its_address():
    engagement = engagement_of()
    out = piece(engagement, published_at=NOW)
    out.published_url = "https://www.instagram.com/reel/abc/"
    out.save()

    [made] = keep_deliverable(deliverable=out, actor=None, at=NOW)

    assert (made.kind, made.url, made.sha256) == ("page", out.published_url, "")


def test_what_is_not_approved_stays_out():
    engagement = engagement_of()
    one = piece(engagement)
    draft_of(one, DraftState.IN_REVIEW, "cut.mp4")

    with pytest.raises(CampaignRefused, match="Only content that was approved"):
        keep_deliverable(deliverable=one, actor=None, at=NOW)

    assert not Asset.objects.exists()


def test_the_demo_brand_has_content_with_rights_once():
    engagement = engagement_of()
    brand = engagement.campaign.brand
    person(brand, Role.MANAGER)

    assert fill_rights(brand=brand, seed=1, at=NOW) == 3
    assert fill_rights(brand=brand, seed=1, at=NOW) == 3

    assert UsageRight.objects.filter(brand=brand).count() == 3
    assert Asset.objects.get(engagement=engagement).title == "Ten nights, ten faces"
    assert [use.verdict for use in AssetUse.objects.all()] == ["yes"]
