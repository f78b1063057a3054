"""What imports tell, what is missing and told once, and how a publication does at first."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from campaigns.choices import DeliverableState, ReadingVerdict
from campaigns.models import Deliverable, FirstReading, Publication, Sighting
from campaigns.selectors.publishing.missing import Missing, missing_of, missing_rows
from campaigns.services.publishing.importing import find_posts, follow_import, follow_recent
from campaigns.services.publishing.planning import PlanQuestioned, plan
from campaigns.services.publishing.reading import read_first
from campaigns.services.publishing.recording import publish
from campaigns.services.publishing.watching import tell_missing, watch
from campaigns.services.refusals import CampaignRefused
from crm.choices import ImportStatus, PostKind
from crm.models import AuditEntry, ImportBatch, Notification, Post, Profile
from crm.services.calendar import SOURCES
from crm.services.imports import following
from tests.campaigns.publishing.pieces import batch, listed, piece, producing, published, running
from tests.factories import NOW, PostFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager)


@pytest.fixture
def ready(campaign):
    return piece(producing(campaign))


@pytest.fixture
def profile(ready) -> Profile:
    return ready.engagement.relationship.creator.profiles.get()


def standing() -> tuple[datetime | None, datetime | None]:
    found = Publication.objects.get()
    return found.confirmed_at, found.gone_at


def test_an_import_confirms_then_misses_and_finds_it_again(brand, ready, profile):
    published(ready)
    first = batch(brand, NOW + DAY)
    post = listed(first, profile, "DAbc12", NOW)
    following.follow(batch_id=first.pk, at=NOW + DAY)
    ready.refresh_from_db()
    assert ready.post == post
    assert standing() == (NOW + DAY, None)
    # Only younger posts: the list does not go back so far, and tells nothing.
    second = batch(brand, NOW + 2 * DAY)
    listed(second, profile, "younger", NOW + 2 * DAY)
    follow_import(batch_id=second.pk, at=NOW + 2 * DAY)
    assert standing() == (NOW + DAY, None)
    third = batch(brand, NOW + 3 * DAY)
    listed(third, profile, "younger", NOW + 2 * DAY)
    listed(third, profile, "older", NOW - DAY)
    assert follow_import(batch_id=third.pk, at=NOW + 3 * DAY) == 1
    assert standing() == (NOW + DAY, NOW + 3 * DAY)
    # Twice says nothing more.
    assert follow_import(batch_id=third.pk, at=NOW + 3 * DAY) == 0
    fourth = batch(brand, NOW + 4 * DAY)
    listed(fourth, profile, "DAbc12", NOW)
    follow_recent(at=NOW + 4 * DAY)
    assert standing() == (NOW + DAY, None)
    assert Sighting.objects.count() == 3


def test_an_import_that_is_undone_says_nothing_any_more(brand, ready, profile):
    published(ready)
    file = batch(brand, NOW)
    post = listed(file, profile, "1790", NOW, url="https://www.instagram.com/reel/DAbc12/")
    follow_import(batch_id=file.pk, at=NOW)
    assert standing() == (NOW, None)
    post.delete()
    ImportBatch.objects.update(status=ImportStatus.UNDONE)
    follow_recent(at=NOW + DAY)
    assert standing() == (None, None)
    ready.refresh_from_db()
    assert ready.post is None


def test_a_post_of_somebody_else_or_elsewhere_is_not_taken_for_it(brand, campaign, ready):
    published(ready)
    PostFactory(external_id="DAbc12")
    other = producing(campaign).relationship.creator.profiles.get()
    PostFactory(profile=other, external_id="DAbc12")
    near = ready.engagement.relationship.creator.profiles.get()
    PostFactory(profile=near, external_id="x", url="https://www.instagram.com/p/DAbc123/")
    assert find_posts(at=NOW, brand=brand) == 0
    assert standing() == (None, None)


def test_what_is_missing_has_its_reason_and_is_told_once(brand, campaign, manager):
    engagement = producing(campaign)
    piece(engagement, DeliverableState.IN_REVIEW, title="Late", publish_at=NOW - DAY)
    piece(engagement, title="To come", publish_at=NOW + DAY)
    unseen = piece(engagement, title="Unseen")
    published(unseen, NOW - 4 * DAY, published_at=NOW - 4 * DAY)
    story = piece(engagement, title="Story", form=PostKind.STORY)
    published(story, NOW - 2 * DAY, url="https://instagram.com/stories/maya/12/")
    gone = piece(engagement, title="Gone")
    published(gone, NOW - 2 * DAY, url="https://instagram.com/p/gone/")
    Publication.objects.filter(deliverable=gone).update(confirmed_at=NOW - 2 * DAY, gone_at=NOW)
    rows = missing_rows(missing_of(brand, NOW).order_by("missing_since", "pk"))
    assert [(row.deliverable.title, row.kind) for row in rows] == [
        ("Unseen", Missing.UNSEEN),
        ("Story", Missing.UNSEEN),
        ("Late", Missing.LATE),
        ("Gone", Missing.GONE),
    ]
    assert rows[2].why == "It is still at “In review”."
    assert tell_missing(brand=brand, at=NOW) == 4
    watch(at=NOW)
    told = Notification.objects.filter(user=manager, text__contains=" of Creator ")
    assert told.count() == 4
    assert any("was planned for 21 November 12:00" in one.text for one in told)


def counts(rate: float) -> dict[str, int]:
    """Of a post with 1,000 followers."""
    return {"likes": round(1_000 * rate), "comments": 0}


def measured(brand, ready, profile, rate: float, after: timedelta) -> None:
    """The piece was published at NOW; an import took its numbers so much later."""
    published(ready)
    file = batch(brand, NOW + after)
    listed(file, profile, "DAbc12", NOW, followers_at_post=1_000, **counts(rate))
    follow_import(batch_id=file.pk, at=NOW + after)


def earlier(profile, rates: list[float]) -> None:
    for number, rate in enumerate(rates):
        PostFactory(
            profile=profile,
            posted_at=NOW - (number + 1) * DAY,
            followers_at_post=1_000,
            **counts(rate),
        )


@pytest.mark.parametrize(
    ("rate", "verdict", "told"),
    [(0.005, "below", 1), (0.03, "within", 0), (0.09, "above", 0)],
)
def test_after_two_days_it_is_compared_with_its_own_account(
    brand, ready, profile, manager, rate, verdict, told
):
    earlier(profile, [0.01, 0.02, 0.03, 0.04, 0.05])
    measured(brand, ready, profile, rate, 2 * DAY)
    assert read_first(at=NOW + 2 * DAY) == 1
    found = FirstReading.objects.get()
    assert (found.verdict, found.posts, found.rate) == (verdict, 5, rate)
    assert (found.low, found.usual, found.high) == pytest.approx((0.014, 0.03, 0.046))
    assert Notification.objects.filter(user=manager, text__contains="below the").count() == told
    assert read_first(at=NOW + 3 * DAY) == 0


def test_too_few_posts_or_no_numbers_tell_nothing(brand, campaign, ready, profile):
    earlier(profile, [0.01, 0.02, 0.03, 0.04])
    measured(brand, ready, profile, 0.001, DAY)
    # Numbers of the first day do not count, and later ones may still come.
    assert read_first(at=NOW + 3 * DAY) == 0
    file = batch(brand, NOW + 4 * DAY)
    listed(file, profile, "DAbc12", NOW, **counts(0.001))
    assert read_first(at=NOW + 4 * DAY) == 1
    found = FirstReading.objects.get()
    assert found.verdict == ReadingVerdict.UNKNOWN
    assert found.why.startswith("Too few: 4 earlier posts")
    never = piece(producing(campaign), title="Never")
    published(never, url="https://instagram.com/p/never/")
    assert read_first(at=NOW + 13 * DAY) == 0
    assert read_first(at=NOW + 14 * DAY) == 1
    assert FirstReading.objects.get(publication__deliverable=never).why == (
        "No import brought it within two weeks."
    )


@pytest.mark.parametrize(
    ("publish_at", "code"),
    [
        (NOW, "in_the_past"),
        (NOW + 1_000 * DAY, "out_of_range"),
        (NOW + DAY, "embargo"),
    ],
)
def test_a_time_that_cannot_be_is_refused(brand, manager, publish_at, code):
    campaign = running(brand, manager, embargo_until=NOW + 2 * DAY)
    found = piece(producing(campaign))
    before = AuditEntry.objects.count()
    with pytest.raises(CampaignRefused) as refused:
        plan(
            deliverable_id=found.pk,
            brand=brand,
            publish_at=publish_at,
            actor=manager,
            at=NOW,
            expected_version=1,
        )
    assert refused.value.code == code
    found.refresh_from_db()
    assert (found.publish_at, found.version) == (None, 1)
    assert AuditEntry.objects.count() == before


def test_a_plan_that_is_questioned_is_kept_by_who_means_it_and_is_in_feeds(
    brand, campaign, ready, manager
):
    def planned(**values):
        return plan(
            deliverable_id=ready.pk,
            brand=brand,
            publish_at=datetime.fromisoformat("2026-12-22T18:00:00+00:00"),
            actor=manager,
            at=NOW,
            expected_version=1,
            **values,
        )

    with pytest.raises(PlanQuestioned, match="runs from 1 November to 20 December 2026"):
        planned()
    planned(is_meant=True)
    day = datetime.fromisoformat("2026-12-22T00:00:00+00:00").date()
    [entry] = [
        entry
        for entry in SOURCES["publishing"](manager, (day - DAY, day + DAY))
        if entry.key == f"publication-{ready.pk}"
    ]
    assert (entry.title, entry.on) == ("Publish: Reel about serum (Spring launch)", day)


def test_another_brand_finds_nothing(other_brand, ready):
    for act in (plan, publish):
        values = {"deliverable_id": ready.pk, "brand": other_brand, "at": NOW}
        values |= (
            {"publish_at": None, "actor": None}
            if act is plan
            else {
                "url": "https://instagram.com/p/a/",
                "published_at": NOW,
            }
        )
        with pytest.raises(Deliverable.DoesNotExist):
            act(expected_version=None, **values)
    assert not Post.objects.exists()
