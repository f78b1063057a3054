"""From posts to forecasts of a brand's creators and campaigns, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.choices import CampaignStatus, ContentKind, DeliverableState
from campaigns.models import Deliverable
from crm.choices import PostKind, Stage
from crm.models import AuditEntry, Brand, Post, Relationship
from segmentation import tasks
from segmentation.choices import Forecasted
from segmentation.models import CampaignForecast, CreatorForecast
from segmentation.selectors.forecast_outcomes import accuracy_of, kept_of
from segmentation.selectors.forecast_plan import plan_of
from segmentation.selectors.forecasts import of_creator, standing_of
from segmentation.services.edits import EditRefused
from segmentation.services.forecasts import asking, gathering, keeping
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, BrandFactory
from tests.segmentation.forecasts.building import learned, posting


@pytest.fixture(scope="module")
def brand_pk(module_db) -> int:
    brand = BrandFactory(slug="posting", currency="EUR")
    people = posting(brand)
    # One objects to profiling, one has declined.
    Relationship.objects.filter(pk=people[0].pk).update(unprofiled_at=NOW)
    Relationship.objects.filter(pk=people[1].pk).update(stage=Stage.DECLINED)
    learned(brand)
    return brand.pk


@pytest.fixture
def brand(brand_pk, db) -> Brand:
    return Brand.objects.get(pk=brand_pk)


def piece(engagement, **more) -> Deliverable:
    return Deliverable.objects.create(
        engagement=engagement,
        title="Reel",
        platform_id="instagram",
        kind=ContentKind.values[0],
        form=PostKind.VIDEO,
        created_at=NOW,
        state_since=NOW,
        **more,
    )


def test_each_creator_is_told_with_an_interval_and_what_it_is_made_of(brand):
    rows = CreatorForecast.objects.filter(relationship__brand=brand)
    assert set(rows.values_list("measure", "platform")) == {
        ("views", "instagram"),
        ("engagements", "instagram"),
    }
    views = rows.filter(measure="views")
    assert views.count() == 38
    # Who has no post of their own is told from followers, and less surely.
    bare = [row for row in views if row.own == 0]
    known = [row for row in views if row.own == 4]
    assert (len(bare), len(known)) == (4, 34)
    assert max(row.spread for row in known) < min(row.spread for row in bare)
    for row in views:
        product = 1.0
        for part in row.parts:
            product *= part["factor"]
        assert product - 1 == pytest.approx(row.middle, rel=0.01)


def test_the_model_says_how_its_trial_went(brand):
    standing = standing_of(brand)
    part = standing.parts["views", "instagram"]
    assert (part.creators, part.pieces, part.tried) == (34, 136, 34)
    assert 1.2 < part.factor < 2.2
    assert part.factor < part.base_factor < part.plain_factor
    assert standing.absent == {}
    assert [level for level, _held in part.calibration] == [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]


def test_people_who_object_or_declined_are_not_told(brand):
    told = set(CreatorForecast.objects.values_list("relationship__stage", flat=True))
    assert told == {"prospect"}
    person = Relationship.objects.filter(brand=brand, unprofiled_at=None).exclude(
        stage=Stage.DECLINED
    )[0]
    standing = standing_of(brand)
    assert of_creator(brand, person.creator, standing)
    # From the moment they object, not from the next night on.
    person.unprofiled_at = NOW
    person.save()
    assert of_creator(brand, person.creator, standing) == []


def test_a_brand_with_little_is_told_so_in_words(db):
    brand = BrandFactory()
    posting(brand, count=6, seed=2)
    model = learned(brand)
    assert not CreatorForecast.objects.filter(relationship__brand=brand).exists()
    assert model.result["absent"][0] == {
        "measure": "views",
        "platform": "instagram",
        "why": "24 posts of 6 creators are known; it takes 40 of 20 creators.",
    }


def test_who_comes_while_it_is_read_is_left_for_the_next_night(brand, monkeypatch):
    read = gathering._people

    def without_the_last(brand):
        found = read(brand)
        for people in found.values():
            for column in (people.ids, people.followers, people.bits):
                column.pop()
        return found

    monkeypatch.setattr(gathering, "_people", without_the_last)
    learned(brand)
    told = CreatorForecast.objects.filter(relationship__brand=brand, measure="views")
    assert told.count() == 37


def test_one_piece_each_is_told_from_others_alone(db):
    brand = BrandFactory()
    posting(brand, count=50, posts=1, seed=4)
    learned(brand)
    part = standing_of(brand).parts["views", "instagram"]
    assert (part.creators, part.pieces, part.tried) == (45, 45, 45)
    # Nobody has a piece before their newest.
    assert part.factor == part.base_factor < part.plain_factor
    assert [band.tried for band in part.bands] == [45, 0, 0, 0]


def test_a_young_count_is_not_read(db):
    brand = BrandFactory()
    posting(brand, count=24, seed=3)
    Post.objects.update(metrics_at=NOW - timedelta(days=400))
    assert learned(brand).result["parts"] == []


def test_asking_twice_is_asking_once_and_another_level_waits(brand):
    first = asking.ask(brand=brand, actor=None, at=NOW)
    assert asking.ask(brand=brand, actor=None, at=NOW) == first
    assert first.number == 2
    with pytest.raises(EditRefused, match="being learned just now"):
        asking.ask(brand=brand, actor=None, at=NOW, level=0.9)
    for level in (0.2, 0.99):
        with pytest.raises(EditRefused, match="50% to 95%"):
            asking.ask(brand=brand, actor=None, at=NOW, level=level)


def test_a_wider_level_makes_wider_intervals(brand):
    def width() -> float:
        rows = CreatorForecast.objects.filter(relationship__brand=brand, measure="views")
        return sum(row.high / max(row.low, 1) for row in rows)

    before = width()
    model = learned(brand, level=0.95)
    assert (model.level, model.number) == (0.95, 2)
    assert width() > 1.2 * before
    # The next night keeps what was chosen.
    assert learned(brand).level == 0.95


def test_the_night_learns_every_brand(brand, monkeypatch):
    sent = []
    monkeypatch.setattr(asking.errands, "send", lambda task, row: sent.append((task, row.brand_id)))
    tasks.learn_all_forecasts()
    assert (asking.TASK, brand.pk) in sent


def test_a_campaign_is_added_up_with_what_is_not_known(brand, admin_user):
    people = list(
        Relationship.objects.filter(brand=brand, unprofiled_at=None, stage="prospect").order_by(
            "pk"
        )[:5]
    )
    campaign = make_campaign(brand, admin_user)
    engagements = [engage(campaign, relationship=one) for one in people]
    for one in engagements[:2]:
        piece(one)
        piece(one)
        piece(one, state=DeliverableState.CANCELLED)
    engage(campaign)  # of whom nothing is known
    engagements[0].agreed_cost = Decimal(500)
    engagements[0].save()
    standing = standing_of(brand)
    plan = plan_of(campaign, standing)
    views = next(one for one in plan.totals if one.measure == Forecasted.VIEWS)
    # Two with two pieces each, three with one that is assumed; the stranger is not known.
    assert (views.pieces, views.unknown, plan.assumed) == (7, 1, 4)
    middles = dict(
        CreatorForecast.objects.filter(measure="views").values_list("relationship", "middle")
    )
    plain = sum(
        middles[one.relationship_id] * (2 if n < 2 else 1) for n, one in enumerate(engagements)
    )
    assert views.total.low < plain < views.total.high
    # Errors of several people even out: the sum is surer than the one piece.
    rows = [CreatorForecast.objects.get(relationship=one, measure="views") for one in people]
    assert views.total.high / views.total.low < max(row.high / row.low for row in rows)
    orders = next(one for one in plan.totals if one.measure == Forecasted.ORDERS)
    assert not orders.is_known
    assert (plan.cost, plan.without_cost) == (Decimal(500), 5)


def test_a_plan_takes_as_many_statements_for_many_as_for_few(brand, admin_user):
    people = Relationship.objects.filter(brand=brand, unprofiled_at=None).order_by("pk")
    standing = standing_of(brand)
    campaign = make_campaign(brand, admin_user)
    engage(campaign, relationship=people[0])
    with CaptureQueriesContext(connection) as few:
        plan_of(campaign, standing)
    for one in people[1:12]:
        piece(engage(campaign, relationship=one))
    with CaptureQueriesContext(connection) as many:
        plan_of(campaign, standing)
    assert len(few) == len(many) == 6


def test_what_was_kept_is_held_against_what_came(brand, admin_user):
    person = Relationship.objects.filter(brand=brand, unprofiled_at=None, stage="prospect")[0]
    campaign = make_campaign(brand, admin_user)
    engagement = engage(campaign, relationship=person)
    done = piece(engagement)
    kept = keeping.keep(campaign_id=campaign.pk, actor=admin_user, at=NOW)
    assert AuditEntry.objects.filter(verb="segmentation.forecast.kept").count() == 1
    line = kept.lines.get(measure="views")
    assert kept_of(campaign)[0].outcomes == []
    post = Post.objects.create(
        profile=person.creator.profiles.get(),
        creator=person.creator,
        external_id="came",
        posted_at=NOW + timedelta(days=1),
        metrics_at=NOW + timedelta(days=5),
        views=round(line.high * 3),
    )
    done.post, done.state = post, DeliverableState.PUBLISHED
    done.published_at = done.state_since = post.posted_at
    done.save()
    # Still growing.
    assert kept_of(campaign)[0].outcomes == []
    Post.objects.filter(pk=post.pk).update(metrics_at=NOW + timedelta(days=9))
    (outcome,) = kept_of(campaign)[0].outcomes
    assert (outcome.measure, outcome.posts, outcome.inside) == (Forecasted.VIEWS, 1, 0)
    assert outcome.ratio > 3
    # One post says nothing of how far forecasts are off.
    assert (outcome.factor, outcome.held) == (None, None)
    assert accuracy_of(brand) == [outcome]
    # Kept twice, it is still one post.
    keeping.keep(campaign_id=campaign.pk, actor=admin_user, at=NOW + timedelta(hours=1))
    assert [one.outcomes for one in kept_of(campaign)] == [[outcome], [outcome]]
    assert accuracy_of(brand) == [outcome]


def test_nothing_is_kept_where_nothing_is_known(brand, admin_user, db):
    campaign = make_campaign(brand, admin_user)
    engage(campaign)
    with pytest.raises(EditRefused, match="Nothing can be expected"):
        keeping.keep(campaign_id=campaign.pk, actor=None, at=NOW)
    other = make_campaign(BrandFactory())
    with pytest.raises(EditRefused, match="Nothing is forecast yet"):
        keeping.keep(campaign_id=other.pk, actor=None, at=NOW)


def test_a_campaign_that_has_begun_is_kept_once_by_the_night(brand, admin_user):
    campaign = make_campaign(brand, admin_user)
    person = Relationship.objects.filter(brand=brand, unprofiled_at=None, stage="prospect")[0]
    engage(campaign, relationship=person)
    learned(brand)
    assert not CampaignForecast.objects.filter(campaign=campaign).exists()
    set_status(campaign, CampaignStatus.ACTIVE)
    learned(brand)
    learned(brand)
    assert CampaignForecast.objects.filter(campaign=campaign, kept_by=None).count() == 1
