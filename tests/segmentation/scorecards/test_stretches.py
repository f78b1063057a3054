"""What is kept of a quarter adds up to what a plain reading says, whatever was changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from statistics import median

import pytest
from django.db import connection, transaction

from crm.limits import Busy
from crm.models import Post, StageChange
from segmentation.metrics.look import WHOLE_BRAND
from segmentation.metrics.measuring import measure
from segmentation.metrics.statistics import Sums, log_ratio_interval
from segmentation.metrics.stretches import filling, sheets
from segmentation.metrics.stretches.sums import NAMES, Sum
from segmentation.models import Membership, QuarterSheet, Stretch, Touched
from segmentation.services import erasing, scorecards
from tests.factories import NOW, MetricSnapshotFactory, ProfileFactory
from tests.segmentation.world import make_creator, make_segment, moment, post, stay

START, END = moment(7, 1), moment(10, 1)
SOURCES = ("measured", "vendor", "estimated")


@pytest.fixture(autouse=True)
def _few_are_not_too_many(monkeypatch):
    """In so small a world nearly everybody is touched: add up anew only them all the same."""
    monkeypatch.setattr(sheets, "SHARE_AT_MOST", 1_000)


@pytest.fixture
def _alone(monkeypatch):
    """Nobody else writes: a sheet covers all that is committed.

    What it covers otherwise ends where the oldest open transaction of the whole server began, and
    those of the databases in which other tests run beside this one count.
    """
    for name in ("_CLOCK", "_FORGET_TOUCHED"):
        statement = getattr(sheets, name)
        assert "pg_snapshot_xmin" in statement
        monkeypatch.setattr(sheets, name, statement.replace("snapshot_xmin", "snapshot_xmax"))


def found(brand, segments, *, until=END, kept=True):
    return measure(
        brand=brand,
        segment_ids=[segment.pk for segment in segments],
        start=START,
        until=until,
        kept_to=END if kept else None,
    )


def day(dice, first=(6, 1), days=150):
    return moment(*first) + dice.random() * (moment(10, 29) - moment(6, 1)) * days / 150


def make_world(brand, dice):
    """Creators who come, go and come back, with posts that several sources told of."""
    segments = [make_segment(brand, f"segment-{n}") for n in range(4)]
    creators = [make_creator(brand) for _ in range(26)]
    for creator in creators:
        for segment in segments:
            edges = sorted(day(dice) for _ in range(dice.choice((0, 1, 1, 2, 3, 4))))
            for entered, left in zip(edges[::2], [*edges[1::2], None], strict=False):
                stay(segment, creator, entered, left)
            if not edges:
                stay(segment, creator, moment(5, 1))
        for _ in range(dice.randrange(4, 12)):
            make_post(creator, dice)
    return segments, creators


def make_post(creator, dice):
    numbers = {
        name: dice.choice((None, dice.randrange(1, 900), dice.randrange(1, 900)))
        for name in ("likes", "comments", "saves", "shares", "reach", "views")
    }
    return post(
        creator,
        day(dice),
        followers_at_post=dice.choice((None, 0, *(dice.randrange(1_000, 9_000) for _ in range(5)))),
        metrics_source=dice.choice(SOURCES),
        **numbers,
    )


def plainly(segment):
    """The formula as it is told, creator by creator and post by post: followers' engagement."""
    by_creator = {}
    posts = Post.objects.filter(posted_at__gte=START, posted_at__lt=END).order_by("pk")
    for one in posts:
        stays = Membership.objects.filter(segment=segment).as_of(one.posted_at)
        known = [n for n in (one.likes, one.comments, one.saves, one.shares) if n is not None]
        followers = one.followers_at_post
        if followers is None:
            newest = one.profile.snapshots.filter(
                captured_at__lte=one.posted_at, followers__isnull=False
            )
            followers = newest.order_by("-captured_at", "-pk").values_list("followers", flat=True)
            followers = followers.first()
        if one.likes is None and one.comments is None:
            continue
        if followers and stays.filter(creator=one.creator).exists():
            by_creator.setdefault(one.creator_id, []).append(sum(known) / followers)
    return by_creator


def assert_as_plainly(measured, segments):
    for segment in segments:
        by_creator = plainly(segment)
        rows = measured.segments[segment.pk]
        mean, middle = (
            rows[key] for key in ("engagement_rate_followers", "engagement_rate_followers_median")
        )
        assert mean.n == sum(map(len, by_creator.values()))
        assert mean.creators == len(by_creator)
        assert mean.creators >= 6, "too small a world to compare"
        sums = Sums.over([(sum(rates), len(rates)) for rates in by_creator.values()])
        assert mean.value == pytest.approx(sums.y / sums.w)
        interval = log_ratio_interval(sums, 0.95)
        assert (mean.wide.low, mean.wide.high) == pytest.approx((interval.low, interval.high))
        means = [sum(rates) / len(rates) for rates in by_creator.values()]
        assert middle.value == pytest.approx(median(means))
        assert sum(mean.provenance.values()) == mean.n


def as_told(measured):
    """All rows, to nine digits: sums of another order differ in what rounding leaves."""

    def short(*numbers):
        return [float(f"{number:.9g}") for number in numbers]

    return {
        (key, row.key): (
            row.n,
            row.creators,
            row.reason,
            dict(row.provenance),
            row.value and short(row.value),
            row.wide and short(row.wide.low, row.wide.high),
            row.narrow and short(row.narrow.low, row.narrow.high),
        )
        for key, rows in {**measured.segments, WHOLE_BRAND: measured.whole}.items()
        for row in rows.values()
    }


@pytest.mark.django_db
def test_what_is_kept_adds_up_to_a_plain_reading(brand):
    dice = Random(1)
    segments, creators = make_world(brand, dice)
    assert_as_plainly(found(brand, segments), segments)
    sheet = QuarterSheet.objects.get()
    assert Stretch.objects.filter(kind="part").exists()
    assert Stretch.objects.filter(kind="more").exists()
    for creator in creators[:8]:
        make_post(creator, dice)
        profile = creator.profiles.get()
        MetricSnapshotFactory(profile=profile, captured_at=day(dice), followers=5_000)
    Post.objects.filter(creator__in=creators[8:10]).update(likes=77, metrics_source="creator")
    Post.objects.filter(creator__in=creators[10:12]).delete()
    open_stays = Membership.objects.filter(creator__in=creators[12:], left_at=None)
    open_stays.filter(entered_at__lt=moment(9, 1)).update(left_at=moment(9, 1))
    again = found(brand, segments)
    assert_as_plainly(again, segments)
    assert QuarterSheet.objects.get() == sheet
    assert as_told(again) == as_told(found(brand, segments, kept=False))


@pytest.mark.django_db
def test_it_is_the_same_whichever_way_it_is_read(brand, monkeypatch):
    dice = Random(4)
    segments, creators = make_world(brand, dice)
    make_creator(brand)
    for creator in creators[::2]:
        # A second account, and several numbers of one moment: the last one given holds.
        profile = ProfileFactory(creator=creator)
        for at, followers, source in (
            (moment(8, 1), 90, "vendor"),
            (moment(8, 1), 7, "measured"),
            (moment(9, 1), None, "vendor"),
        ):
            MetricSnapshotFactory(
                profile=profile, captured_at=at, followers=followers, source=source
            )
    told = []
    for only in ("", "whole"):
        for one_by_one in (False, True):
            for many in (0.0, 1_000.0):
                way = filling.Way(only=only, one_by_one=one_by_one)
                monkeypatch.setattr(filling, "way_of", lambda *_, way=way: way)
                monkeypatch.setattr(filling, "_MANY", many)
                told.append(as_told(found(brand, segments, kept=False)))
    shares = [row for (_, key), row in told[0].items() if key.startswith("platform_share")]
    assert any(row[0] for row in shares)
    assert all(one == told[0] for one in told)


@pytest.mark.django_db
def test_a_new_segment_has_everybody_added_up_anew(brand):
    dice = Random(3)
    segments, creators = make_world(brand, dice)
    found(brand, segments)
    segments.append(make_segment(brand, "new"))
    for creator in creators:
        stay(segments[-1], creator, moment(6, 1))
    assert_as_plainly(found(brand, segments), segments)


@pytest.mark.usefixtures("_alone")
@pytest.mark.django_db(transaction=True)
def test_only_who_was_touched_or_time_has_moved_is_added_up_anew(brand):
    segment = make_segment(brand)
    creators = [make_creator(brand) for _ in range(6)]
    for creator in creators:
        stay(segment, creator, moment(6, 1))
        post(creator, moment(7, 10), reach=100)
    post(creators[0], moment(8, 20), reach=7)
    early, late = moment(8, 15), moment(9, 15)

    def reach(until):
        return found(brand, [segment], until=until).segments[segment.pk]["reach_total"].value

    assert reach(early) == 600
    # Written down wrong: who is not looked at again keeps it.
    Stretch.objects.update(reach=1_000)
    assert reach(early) == 600, "rows are not read where nobody was touched"
    QuarterSheet.objects.update(counted=None)
    assert reach(early) == 6_000
    # Time: a post that was given before its day.
    assert reach(late) == 107 + 5 * 1_000
    post(creators[1], moment(7, 20), reach=30)
    assert reach(late) == 107 + 130 + 4 * 1_000
    Membership.objects.filter(creator=creators[2]).update(left_at=moment(7, 5))
    assert reach(late) == 107 + 130 + 3 * 1_000
    Post.objects.filter(creator=creators[3]).update(reach=55)
    assert reach(late) == 107 + 130 + 55 + 2 * 1_000


@pytest.mark.usefixtures("_alone")
@pytest.mark.django_db(transaction=True)
def test_who_only_posted_keeps_stays_and_stage(brand):
    with transaction.atomic():
        segment = make_segment(brand)
        posting, moving, left = creators = [make_creator(brand) for _ in range(3)]
        for creator in creators:
            stay(segment, creator, moment(6, 1))
    found(brand, [segment])
    # Written down wrong: whoever is read again is not.
    Stretch.objects.update(stage="advocate", followers=1)
    post(posting, moment(7, 10), reach=100)
    found(brand, [segment])
    assert Stretch.objects.get(creator=posting).followers == 1, "their account was not touched"
    MetricSnapshotFactory(profile=posting.profiles.get(), captured_at=moment(7, 2), followers=9)
    StageChange.objects.filter(relationship__creator=moving).update(stage="core")
    Membership.objects.filter(creator=left).update(left_at=moment(7, 5))
    rows = found(brand, [segment]).segments[segment.pk]
    assert (rows["reach_total"].value, rows["size"].value) == (100, 2)
    assert dict(Stretch.objects.filter(number=0).values_list("creator", "stage")) == {
        posting.pk: "advocate",
        moving.pk: "core",
        left.pk: "prospect",
    }
    assert Stretch.objects.get(creator=posting).followers == 9


@pytest.mark.usefixtures("_alone")
@pytest.mark.django_db(transaction=True)
def test_a_wrong_number_that_is_put_right_leaves_nothing_behind(brand):
    with transaction.atomic():
        segment = make_segment(brand)
        creators = [make_creator(brand) for _ in range(7)]
        for creator in creators:
            stay(segment, creator, moment(6, 1))
            for views in (300, 700):
                post(creator, moment(7, 10), likes=creator.pk % 9 + 1, views=views)
    right = as_told(found(brand, [segment]))
    wrong = Post.objects.filter(creator=creators[0], views=300)
    wrong.update(likes=10**15)
    assert as_told(found(brand, [segment])) != right
    wrong.update(likes=creators[0].pk % 9 + 1)
    assert as_told(found(brand, [segment])) == right


def test_a_sum_knows_how_much_of_it_may_be_rounding():
    one = Sum()
    one.add([1.0 if name == "r0_creators" else 0.1 for name in NAMES])
    assert one.is_sure()
    large = [2.0**60 if name == "r0_y" else 0.0 for name in NAMES]
    one.add(large)
    assert one.is_sure()
    one.add(large, times=-1)
    assert not one.is_sure()
    assert one.of("r0_y") != 0.1
    # Whole numbers lose nothing, and a sum over nobody is nothing.
    one.add([1.0 if name == "r0_creators" else 0.0 for name in NAMES], times=-1)
    assert (one.of("r0_creators"), one.of("r0_y")) == (0.0, 0.0)
    assert one.is_sure()


def change_something(creators, segments, dice):
    """One of the things that happen to one of them."""
    creator, segment, at = dice.choice(creators), dice.choice(segments), day(dice)
    match dice.randrange(7):
        case 0:
            make_post(creator, dice)
        case 1:
            Post.objects.filter(creator=creator).update(
                likes=dice.randrange(90), metrics_source=dice.choice(SOURCES)
            )
        case 2:
            Post.objects.filter(creator=creator).first().delete()
        case 3:
            profile = creator.profiles.first()
            followers = dice.choice((None, 50, 7_000))
            MetricSnapshotFactory(
                profile=profile,
                captured_at=at,
                followers=followers,
                source=dice.choice(SOURCES),
            )
        case 4:
            ProfileFactory(creator=creator, platform_id=dice.choice(("tiktok", "youtube")))
        case 5:
            stages = StageChange.objects.filter(relationship__creator=creator)
            stages.update(stage=dice.choice(("core", "lapsed", "first_time")))
        case 6:
            open_stay = Membership.objects.filter(
                segment=segment, creator=creator, left_at=None, entered_at__lt=at
            )
            if not open_stay.update(left_at=at):
                Membership.objects.filter(segment=segment, creator=creator).delete()
                stay(segment, creator, at)


@pytest.mark.usefixtures("_alone")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [5, 6])
def test_whatever_is_changed_it_is_as_from_nothing(brand, seed):
    dice = Random(seed)
    with transaction.atomic():
        segments, creators = make_world(brand, dice)
        creators = creators[:12]
    found(brand, segments, until=moment(8, 1))
    filled = QuarterSheet.objects.get()
    for until in (moment(8, 1), moment(8, 20), moment(9, 10), END, END):
        with transaction.atomic():
            for _ in range(5):
                change_something(creators, segments, dice)
        again = found(brand, segments, until=until)
        assert as_told(again) == as_told(found(brand, segments, until=until, kept=False))
    assert QuarterSheet.objects.get() == filled
    erasing.erase(brand, creators[0], None, moment(9, 20))
    again = found(brand, segments)
    assert as_told(again) == as_told(found(brand, segments, kept=False))


@pytest.mark.usefixtures("_alone")
@pytest.mark.django_db(transaction=True)
def test_marks_that_no_sheet_needs_are_let_go(brand, monkeypatch):
    segment = make_segment(brand)
    creator = make_creator(brand)
    stay(segment, creator, moment(6, 1))
    found(brand, [segment])
    post(creator, moment(7, 10), reach=100)
    needed = QuarterSheet.objects.get().xact
    assert Touched.objects.filter(xact__lt=needed).exists()
    sheets.let_go()
    assert not Touched.objects.filter(xact__lt=needed).exists()
    assert Touched.objects.filter(creator=creator, xact__gte=needed).exists()
    assert found(brand, [segment]).segments[segment.pk]["reach_total"].value == 100
    # A sheet that would have to look at too many.
    monkeypatch.setattr(sheets, "MARKS_AT_MOST", 1)
    post(creator, moment(7, 11), reach=50)
    post(creator, moment(7, 12), reach=7)
    sheets.let_go()
    assert not QuarterSheet.objects.exists()
    assert not Stretch.objects.exists()
    assert not Touched.objects.exists()
    assert found(brand, [segment]).segments[segment.pk]["reach_total"].value == 157


@pytest.mark.django_db(transaction=True)
def test_while_somebody_adds_up_nothing_is_let_go(brand, monkeypatch):
    monkeypatch.setattr(sheets, "WAIT_SECONDS", 0.1)
    segment = make_segment(brand)
    stay(segment, make_creator(brand), moment(6, 1))
    marks = Touched.objects.count()

    def try_to_let_go():
        try:
            with pytest.raises(Busy):
                sheets.let_go()
        finally:
            connection.close()

    with transaction.atomic():
        found(brand, [segment])
        with ThreadPoolExecutor(1) as pool:
            pool.submit(try_to_let_go).result()
    assert Touched.objects.count() == marks > 0


@pytest.mark.django_db
def test_sheets_of_long_ago_and_of_single_segments_are_not_kept(brand):
    segment = make_segment(brand)
    stay(segment, make_creator(brand), moment(6, 1))
    scorecards.get(segment=segment, period="2026Q3", as_of=NOW)
    assert not QuarterSheet.objects.exists()
    scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3", "2020Q1"])
    assert [sheet.starts_at for sheet in QuarterSheet.objects.all()] == [START]
    scorecards.refresh(brand_id=brand.pk, as_of=NOW + timedelta(days=1_000), periods=[])
    assert not QuarterSheet.objects.exists()
    assert not Stretch.objects.exists()
