"""What a publication is compared with: others of its kind at the same age, else its own account."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import ReadingBasis, ReadingVerdict
from campaigns.models import FirstReading, WatchSettings
from campaigns.selectors.watching.alerts import readings_of, with_platforms
from campaigns.services.publishing.importing import follow_import
from campaigns.services.publishing.reading import read_first
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.watching.answering import dismiss_reading
from campaigns.services.watching.deciding import decide, settings_of
from crm.choices import PostKind
from crm.day import Asker
from crm.models import AuditEntry, Notification
from tests.campaigns.publishing.pieces import batch, listed, published
from tests.campaigns.watching.crowd import HOUR, accounts, posts
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def measured(brand, ready, profile, likes: int, after: timedelta = 50 * HOUR) -> FirstReading:
    """The piece was published at NOW and has so many likes so much later; it is read then."""
    published(ready)
    file = batch(brand, NOW + after)
    listed(file, profile, "DAbc12", NOW, likes=likes, kind=PostKind.SHORT_VIDEO)
    follow_import(batch_id=file.pk, at=NOW + after)
    assert read_first(at=NOW + after) == 1
    return FirstReading.objects.get()


def peers(brand, number: int = 5, each: int = 4, **values) -> None:
    """Posts with 100, 200, ... likes: 20 of five accounts, unless told otherwise."""
    crowd = accounts(brand, number, followers=values.pop("followers", 10_000))
    moments = [(NOW - (n + 3) * DAY, 100 * (n + 1)) for n in range(number * each)]
    posts([(crowd[n % number], *one) for n, one in enumerate(moments)], **values)


@pytest.mark.parametrize(
    ("likes", "verdict", "told"), [(250, "below", 1), (1_000, "within", 0), (1_950, "above", 0)]
)
def test_it_is_compared_with_its_peers_at_the_same_age(
    brand, ready, profile, manager, likes, verdict, told
):
    peers(brand)
    found = measured(brand, ready, profile, likes)
    assert (found.verdict, found.basis, found.posts) == (verdict, ReadingBasis.PEERS, 20)
    # 1 % to 20 % in twenty steps: 10th percentile 2.9 %, median 10.5 %, 90th 18.1 %.
    assert (found.low, found.usual, found.high) == pytest.approx((0.029, 0.105, 0.181))
    assert found.rate == likes / 10_000
    assert found.taken_at == NOW + 50 * HOUR
    assert "20 posts of 5 other accounts at that age" in found.why
    assert "50 hours after it was published" in found.why
    assert Notification.objects.filter(user=manager, key__startswith="below").count() == told
    # Once.
    assert read_first(at=NOW + 3 * DAY) == 0


@pytest.mark.parametrize(
    "others",
    [
        # Of another tier, of another form, read at another age, too few accounts, too few posts.
        {"followers": 900_000},
        {"kind": PostKind.IMAGE},
        {"age": 20 * HOUR},
        {"age": 97 * HOUR},
        {"number": 4, "each": 10},
        {"number": 5, "each": 3},
    ],
)
def test_what_is_not_alike_is_no_peer(brand, ready, profile, others):
    peers(brand, **others)
    found = measured(brand, ready, profile, 1)
    assert (found.verdict, found.basis) == (ReadingVerdict.UNKNOWN, ReadingBasis.NOTHING)
    assert found.why.startswith("Too few: 0 earlier posts of the account")
    assert "20 posts of 5 accounts are needed" in found.why
    assert not Notification.objects.filter(key__startswith="below").exists()


def test_posts_of_creators_whom_the_brand_does_not_know_are_no_peers(
    brand, other_brand, ready, profile
):
    peers(other_brand)
    assert measured(brand, ready, profile, 1).verdict == ReadingVerdict.UNKNOWN


def test_with_too_few_peers_its_own_posts_at_that_age_are_asked(brand, ready, profile):
    posts([(profile, NOW - n * DAY, 100 * n) for n in range(1, 7)])
    found = measured(brand, ready, profile, 140)
    assert (found.verdict, found.basis, found.posts) == ("below", ReadingBasis.OWN, 6)
    assert (found.low, found.usual, found.high) == pytest.approx((0.015, 0.035, 0.055))


def test_numbers_that_came_late_are_compared_with_posts_as_they_stand(brand, ready, profile):
    peers(brand)
    posts([(profile, NOW - n * DAY, 100 * n) for n in range(1, 7)])
    found = measured(brand, ready, profile, 140, after=97 * HOUR)
    assert (found.verdict, found.basis) == ("below", ReadingBasis.OWN_NOW)
    assert "longer after they were published" in found.why


def test_settings_say_when_and_how_low(brand, admin_user, ready, profile):
    with pytest.raises(CampaignOutdated):
        decide(brand=brand, said={"hours": 24}, actor=admin_user, at=NOW, expected_version=3)
    assert not WatchSettings.objects.exists()
    said = {"hours": 24, "low_percent": 25, "peers_min": 10}
    decide(brand=brand, said=said, actor=admin_user, at=NOW, expected_version=0)
    assert settings_of(brand).version == 1
    assert AuditEntry.objects.filter(verb="campaigns.watch.decided").count() == 1
    peers(brand, each=2, age=30 * HOUR)
    found = measured(brand, ready, profile, 300, after=25 * HOUR)
    # 1 % to 10 % in ten steps: quartiles 3.25 % and 7.75 %.
    assert (found.low, found.high) == pytest.approx((0.0325, 0.0775))
    assert (found.verdict, found.posts) == ("below", 10)
    assert "middle 50 % of 10 posts" in found.why


def test_somebody_says_why_once(brand, manager, ready, profile):
    peers(brand)
    found = measured(brand, ready, profile, 100)
    [alert] = with_platforms(brand, readings_of(brand))
    assert alert.platform == ["What Instagram did as a whole in that week is not computed yet."]
    said = {"reading_id": found.pk, "brand": brand, "actor": manager, "at": NOW + 3 * DAY}
    with pytest.raises(CampaignRefused, match="Say why"):
        dismiss_reading(reason=" ", **said)
    assert FirstReading.objects.open().count() == 1
    dismiss_reading(reason="A holiday", **said)
    assert not FirstReading.objects.open().exists()
    assert AuditEntry.objects.filter(verb="campaigns.reading.explained").count() == 1
    with pytest.raises(CampaignRefused, match="already"):
        dismiss_reading(reason="Again", **said)


def test_it_stands_in_the_day_of_whoever_leads(brand, manager, analyst, ready, profile):
    from campaigns.day.publishing import Below  # noqa: PLC0415 - beside its one use

    peers(brand)
    measured(brand, ready, profile, 100)
    mine = Asker(user=manager, brand=brand, role="manager", at=NOW, is_team=False)
    [row] = Below().show(mine, Below().rows(mine))
    assert row.title == "Reel about serum"
    assert row.why.startswith("Below the usual. 1.00%")
    theirs = Asker(user=analyst, brand=brand, role="analyst", at=NOW, is_team=False)
    assert not Below().rows(theirs).exists()
