"""Rights are given, start and are taken back; nothing else happens to them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import RightSource, StartTrigger, Usage
from campaigns.models import UsageRight
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights.evidence import Evidence
from campaigns.services.rights.granting import grant, revoke, start, start_rights_of
from campaigns.services.rights.terms import last_day, next_terms, terms_of
from campaigns.services.rights.territories import names, read
from crm.models import AuditEntry
from tests.campaigns.rights.worlds import (
    FIRST,
    LAST,
    asset_of,
    at_utc,
    engagement_of,
    give,
    piece,
    terms,
)
from tests.factories import NOW, BrandFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        (date(2026, 3, 3), 6, date(2026, 9, 2)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, date(2026, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_end_the_day_before_they_are_full(starts_on, months, ends_on):
    assert last_day(starts_on, months) == ends_on


def test_a_right_is_kept_as_it_was_given():
    made = give(engagement_of(), territory=("se", "DK"), channels=("website", "instagram"))

    right = UsageRight.objects.get(pk=made.pk)
    assert (right.starts_on, right.ends_on, right.months) == (FIRST, LAST, 6)
    assert (right.territory, right.channels) == (["DK", "SE"], ["instagram", "website"])
    assert right.reference == "Contract 12"
    assert [(event.act, event.on) for event in right.events.all()] == [("grant", FIRST)]
    [entry] = AuditEntry.objects.filter(verb__startswith="campaigns.right.")
    assert entry.verb == "campaigns.right.given"
    assert entry.data == {"engagement": right.engagement_id, "usage": "paid", "source": "contract"}


def test_a_group_of_countries_is_written_down_as_its_countries():
    right = give(engagement_of(), territory=("DACH", "DK"))

    assert right.territory == ["AT", "CH", "DE", "DK"]
    assert names(right.territory) == "Germany, Austria, Switzerland, Denmark"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Denmark and Sweden", (["DK", "SE"], "")),
        ("DE, Austria", (["AT", "DE"], "")),
        ("worldwide", ([], "")),
        ("", ([], "")),
        ("European Union", (read("EU")[0], "")),
        ("Scandinavia", ([], "Scandinavia")),
        ("Denmark and wherever we like", ([], "Denmark and wherever we like")),
    ],
)
def test_countries_are_read_out_of_words_or_the_words_stay(words, found):
    assert read(words) == found


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"months": None}, "months"),
        ({"months": 6, "ends_on": LAST}, "ends_on"),
        ({"months": 0}, "months"),
        ({"months": 121}, "months"),
        ({"starts_on": None}, "starts_on"),
        ({"trigger": StartTrigger.PUBLICATION}, "starts_on"),
        ({"ends_on": date(2026, 12, 2)}, "ends_on"),
        ({"starts_on": date(1999, 1, 1)}, "starts_on"),
        ({"territory": ("XX",)}, "territory"),
        ({"channels": ("moon",)}, "channels"),
        ({"territory": ("DK",), "territory_words": "the north"}, "territory"),
    ],
)
def test_what_cannot_be_a_right_is_refused_by_name(values, field):
    engagement = engagement_of()

    with pytest.raises(CampaignRefused) as refusal:
        give(engagement, **values)

    assert refusal.value.field == field
    assert not UsageRight.objects.exists()
    assert not AuditEntry.objects.filter(verb__startswith="campaigns.right.").exists()


def test_by_hand_it_says_where_it_can_be_seen_and_is_written_down_once():
    engagement, actor = engagement_of(), UserFactory()
    said = {"engagement": engagement, "terms": terms(), "source": RightSource.HAND}

    with pytest.raises(CampaignRefused) as refusal:
        grant(**said, evidence=Evidence(), actor=actor, at=NOW)
    assert refusal.value.field == "note"
    grant(**said, evidence=Evidence(note="Mail of 3 May"), actor=actor, at=NOW)
    with pytest.raises(CampaignRefused) as refusal:
        grant(**said, evidence=Evidence(note="Mail of 3 May"), actor=actor, at=NOW)
    assert refusal.value.code == "there_already"

    assert UsageRight.objects.count() == 1


def test_content_of_a_campaign_has_its_rights_there():
    asset = asset_of(engagement_of())

    with pytest.raises(CampaignRefused, match="its rights are written down there"):
        give(asset)

    assert not UsageRight.objects.exists()


def test_a_right_for_all_pieces_starts_for_each_with_its_publication():
    engagement = engagement_of()
    one, other = piece(engagement), piece(engagement)
    wide = give(engagement, trigger=StartTrigger.PUBLICATION, starts_on=None)

    first = start_rights_of(one, date(2026, 12, 1), actor=None, at=NOW)
    again = start_rights_of(one, date(2026, 12, 9), actor=None, at=NOW)
    second = start_rights_of(other, date(2027, 1, 31), actor=None, at=NOW)

    assert again == []
    assert [(r.part_of_id, r.deliverable_id, r.starts_on, r.ends_on) for r in first + second] == [
        (wide.pk, one.pk, date(2026, 12, 1), date(2027, 5, 31)),
        (wide.pk, other.pk, date(2027, 1, 31), date(2027, 7, 30)),
    ]
    wide.refresh_from_db()
    assert (wide.starts_on, wide.ends_on) == (None, None)


def test_a_right_for_one_piece_starts_with_it_only():
    engagement = engagement_of()
    one, other = piece(engagement), piece(engagement)
    right = give(one, trigger=StartTrigger.PUBLICATION, starts_on=None)

    assert start_rights_of(other, FIRST, actor=None, at=NOW) == []
    assert start_rights_of(one, FIRST, actor=None, at=NOW) == [right]

    right.refresh_from_db()
    assert (right.starts_on, right.ends_on) == (FIRST, LAST)
    assert [event.act for event in right.events.all()] == ["grant", "start"]


def test_given_after_the_publication_it_started_then_by_the_brands_day():
    engagement = engagement_of()
    # 23:30 in UTC is the next day in Copenhagen.
    out = piece(engagement, published_at=at_utc(2026, 11, 9, 23))

    give(engagement, trigger=StartTrigger.PUBLICATION, starts_on=None)

    part = UsageRight.objects.get(deliverable=out)
    assert (part.starts_on, part.ends_on) == (date(2026, 11, 10), date(2027, 5, 9))


def test_a_last_day_that_passed_before_the_publication_starts_nothing():
    engagement = engagement_of()
    one = piece(engagement)
    give(engagement, trigger=StartTrigger.PUBLICATION, starts_on=None, ends_on=LAST)

    assert start_rights_of(one, date(2027, 6, 3), actor=None, at=NOW) == []
    assert UsageRight.objects.count() == 1


def test_a_signing_starts_a_right_once():
    engagement = engagement_of()
    brand = engagement.campaign.brand
    right = give(engagement, trigger=StartTrigger.SIGNING, starts_on=None)

    with pytest.raises(CampaignRefused, match="still to come"):
        start(right_id=right.pk, brand=brand, on=date(2026, 11, 23), actor=None, at=NOW)
    start(right_id=right.pk, brand=brand, on=date(2026, 11, 20), actor=None, at=NOW)
    with pytest.raises(CampaignRefused, match="started on 20 November 2026 already"):
        start(right_id=right.pk, brand=brand, on=date(2026, 11, 21), actor=None, at=NOW)

    right.refresh_from_db()
    assert (right.starts_on, right.ends_on) == (date(2026, 11, 20), date(2027, 5, 19))


def test_taken_back_with_its_parts_and_only_once():
    engagement = engagement_of()
    brand, actor = engagement.campaign.brand, UserFactory()
    one = piece(engagement)
    wide = give(engagement, trigger=StartTrigger.PUBLICATION, starts_on=None)
    [part] = start_rights_of(one, FIRST, actor=None, at=NOW)
    said = {"right_id": wide.pk, "brand": brand, "actor": actor, "at": NOW}

    with pytest.raises(CampaignRefused, match="Say why"):
        revoke(**said, on=FIRST, reason=" ")
    revoke(**said, on=FIRST, reason="They asked us to.")
    with pytest.raises(CampaignRefused, match="taken back from 3 December 2026 on already"):
        revoke(**said, on=FIRST, reason="Again")

    for right in (wide, part):
        right.refresh_from_db()
        assert (right.revoked_on, right.revoked_reason) == (FIRST, "They asked us to.")
        assert [event.act for event in right.events.all()] == ["grant", "revoke"]


def test_of_another_brand_it_is_not_there():
    right = give(engagement_of())

    with pytest.raises(UsageRight.DoesNotExist):
        revoke(right_id=right.pk, brand=BrandFactory(), on=FIRST, reason="x", actor=None, at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"usage": Usage.ORGANIC},
        {"territory": ["DK"]},
        {"ends_on": date(2030, 1, 1)},
        {"starts_on": date(2026, 1, 1)},
        {"is_exclusive": True},
    ],
)
def test_the_database_keeps_what_was_given(change):
    right = give(engagement_of())

    with pytest.raises(IntegrityError), transaction.atomic():
        UsageRight.objects.filter(pk=right.pk).update(**change)

    kept = UsageRight.objects.get(pk=right.pk)
    assert (kept.usage, kept.territory, kept.starts_on, kept.ends_on) == ("paid", [], FIRST, LAST)


def test_a_renewal_follows_the_day_after_where_the_right_was_given():
    engagement = engagement_of()
    right = give(engagement, territory=("DK",))
    follows = next_terms(right)

    assert terms_of(right).ends_on is None
    assert (follows.starts_on, follows.months, follows.territory) == (
        date(2027, 6, 3),
        6,
        ("DK",),
    )
    with pytest.raises(CampaignRefused, match="renewed where it was given"):
        grant(
            engagement=engagement_of(),
            terms=follows,
            source=RightSource.CONTRACT,
            evidence=Evidence(reference="Contract 13"),
            actor=None,
            at=NOW,
            renews=right,
        )
    assert UsageRight.objects.count() == 1
