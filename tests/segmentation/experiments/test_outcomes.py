"""What came of each creator: measured, or from a file; and what past numbers say of power."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from math import sqrt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.choices import ClickKind, ConversionKind, ConversionSource
from campaigns.models import Click, Conversion, PromoCode, Refund, TrackingLink
from crm.importers.tables import TableRefused
from segmentation.choices import OutcomeMetric
from segmentation.models import ExperimentLook
from segmentation.services.experiments import files, power
from segmentation.services.experiments.outcomes import Measured, measured
from segmentation.services.experiments.refusals import ExperimentRefused
from tests.campaigns.made import make_campaign
from tests.segmentation.experiments.worlds import (
    ENDED,
    STARTED,
    educators,
    make_experiment,
    saves,
    start,
)


@pytest.fixture
def people(brand):
    return educators(brand, 4)


def found(brand, people, metric, **values) -> list[Measured]:
    """The outcomes in the order of the people."""
    asked = {"since": STARTED, "until": ENDED, "campaign_id": None} | values
    rows = measured(
        brand_id=brand.pk,
        metric=metric,
        relationships=[one.pk for one in people],
        **asked,
    )
    return [rows[one.pk] for one in people]


def link(relationship, code, **values) -> TrackingLink:
    return TrackingLink.objects.create(
        brand=relationship.brand,
        relationship=relationship,
        code=code,
        target="https://shop.example/a",
        created_at=STARTED - timedelta(days=1),
        **values,
    )


def clicks(on: TrackingLink, number: int, kind=ClickKind.PERSON, days: int = 1) -> list[Click]:
    at = STARTED + timedelta(days=days)
    return Click.objects.bulk_create(
        Click(id=uuid4(), brand=on.brand, link=on, at=at, day=at.date(), kind=kind)
        for _ in range(number)
    )


def order(brand, key, value="10", days=1, **values) -> Conversion:
    return Conversion.objects.create(
        brand=brand,
        key=key,
        at=STARTED + timedelta(days=days),
        value=None if value is None else Decimal(value),
        currency="" if value is None else values.pop("currency", "EUR"),
        source=ConversionSource.API,
        **values,
    )


def test_saves_and_engagements_for_each_view_of_posts_in_the_time(brand, people):
    one = saves(people[0], 30)
    one.likes, one.comments = 100, 5
    one.save()
    saves(people[0], 10, of=500)
    saves(people[1], None)
    late = saves(people[2], 7)
    late.posted_at = ENDED
    late.save()
    assert found(brand, people, OutcomeMetric.SAVES) == [
        Measured(40.0, 1_500.0),
        Measured(None),  # a post whose saves nobody knows
        Measured(0.0, 0.0),  # no post in the time: nothing to count on
        Measured(0.0, 0.0),
    ]
    assert found(brand, people[:2], OutcomeMetric.ENGAGEMENTS) == [
        Measured(145.0, 1_500.0),
        Measured(None),
    ]


def test_clicks_of_people_and_none_where_there_is_no_link(brand, people):
    first = link(people[0], "aaaaaaaa")
    clicks(first, 3)
    clicks(first, 4, kind=ClickKind.BOT)
    clicks(first, 5, days=30)
    clicks(link(people[0], "bbbbbbbb"), 2)
    link(people[1], "cccccccc")
    assert found(brand, people[:3], OutcomeMetric.CLICKS) == [
        Measured(5.0),
        Measured(0.0),
        Measured(None),
    ]


def test_orders_belong_to_the_code_before_the_link_and_refunds_are_taken_back(brand, people):
    first = link(people[0], "aaaaaaaa")
    code = PromoCode.objects.create(brand=brand, relationship=people[1], code="ANNA10")
    PromoCode.objects.update(created_at=STARTED)
    [click] = clicks(first, 1)
    clicks(first, 9)
    order(brand, "by-link", link=first)
    order(brand, "by-click", click=click.pk, value="7.50")
    order(brand, "by-both", link=first, code=code, code_text="ANNA10")
    gone = order(brand, "gone", link=first)
    Refund.objects.create(
        brand=brand, conversion=gone, key="r1", at=ENDED - timedelta(days=1), source="api"
    )
    partly = order(brand, "partly", code=code)
    Refund.objects.create(
        brand=brand,
        conversion=partly,
        key="r2",
        at=ENDED - timedelta(days=1),
        value=Decimal(4),
        source="api",
    )
    order(brand, "signed-up", link=first, kind=ConversionKind.SIGN_UP)
    order(brand, "too-late", link=first, days=28)
    assert found(brand, people[:3], OutcomeMetric.ORDERS) == [
        Measured(2.0),
        Measured(2.0),
        Measured(None),  # neither link nor code: orders would go unseen
    ]
    assert found(brand, people[:3], OutcomeMetric.REVENUE) == [
        Measured(17.5),
        Measured(16.0),
        Measured(None),
    ]
    assert found(brand, people[:3], OutcomeMetric.ORDERS_PER_CLICK) == [
        Measured(2.0, 10.0),
        Measured(None),  # orders by a code have no clicks
        Measured(None),
    ]


def test_revenue_is_unknown_where_an_order_has_no_value_and_refused_in_two_currencies(
    brand, people
):
    first, second = link(people[0], "aaaaaaaa"), link(people[1], "bbbbbbbb")
    order(brand, "a", link=first, value=None)
    order(brand, "b", link=second)
    assert found(brand, people[:2], OutcomeMetric.REVENUE) == [Measured(None), Measured(10.0)]
    order(brand, "c", link=second, currency="USD")
    with pytest.raises(ExperimentRefused, match="Revenue came in EUR and USD"):
        found(brand, people[:2], OutcomeMetric.REVENUE)


def test_of_a_campaign_its_own_links_and_orders_only(brand, people, manager):
    campaign = make_campaign(brand, manager)
    mine = link(people[0], "aaaaaaaa", campaign=campaign)
    other = link(people[0], "bbbbbbbb")
    clicks(mine, 2)
    clicks(other, 3)
    order(brand, "a", link=mine)
    order(brand, "b", link=other)
    saves(people[0], 9)
    only = {"campaign_id": campaign.pk}
    assert found(brand, people[:1], OutcomeMetric.CLICKS, **only) == [Measured(2.0)]
    assert found(brand, people[:1], OutcomeMetric.ORDERS, **only) == [Measured(1.0)]
    # The post is none of the campaign's publications.
    assert found(brand, people[:1], OutcomeMetric.SAVES, **only) == [Measured(0.0, 0.0)]


@pytest.mark.parametrize("metric", [one for one in OutcomeMetric if one != "uploaded"])
def test_every_outcome_takes_a_constant_number_of_queries(
    brand, people, metric, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):
        assert len(found(brand, people, metric)) == 4


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("outcomes.csv", text.encode())


@pytest.fixture
def uploaded(brand, people):
    return start(make_experiment(brand, metric=OutcomeMetric.UPLOADED))


def test_a_file_names_creators_by_id_or_handle(uploaded, people):
    handle = people[1].creator.profiles.get().handle
    rows = dict(uploaded.assignments.values_list("relationship", "pk"))
    read = files.read_outcomes(
        uploaded,
        upload(
            "Creator;Handle;Events;Weight\n"
            f"{people[0].creator.uid};;3;100\n"
            f";@{handle.upper()};;50\n"
            f"{people[2].creator.uid};;4;\n"
        ),
    )
    assert read == {
        rows[people[0].pk]: Measured(3.0, 100.0),
        rows[people[1].pk]: Measured(None, 50.0),
        rows[people[2].pk]: Measured(None),
    }


def test_a_file_is_taken_whole_or_not_at_all(uploaded, people):
    uid = people[0].creator.uid
    text = (
        "creator,events\n"
        f"{uid},3\n{uid},4\nnobody,1\n00000000-0000-0000-0000-000000000000,1\n,2\n"
        f"{people[1].creator.uid},-1\n{people[2].creator.uid},many\n"
    )
    with pytest.raises(TableRefused) as refusal:
        files.look_at_file(experiment=uploaded, upload=upload(text), actor=None, at=ENDED)
    assert refusal.value.faults == [
        "Line 3: This creator has a row already.",
        "Line 4: “nobody” is no creator's id.",
        "Line 5: 00000000-0000-0000-0000-000000000000 does not take part.",
        "Line 6: Say who it is: an id (creator) or a handle.",
        "Line 7: An outcome cannot be negative.",
        "Line 8: “many” is not a number.",
    ]
    assert not ExperimentLook.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty."),
        ("creator,value of\nx,1\n", "A column is missing: “events”."),
        ("creator,events\n", "The file has headings, but no rows."),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(uploaded, text, words):
    with pytest.raises(TableRefused) as refusal:
        files.read_outcomes(uploaded, upload(text))
    assert words in str(refusal.value)


def test_power_from_what_is_expected():
    assert power.expected_spread(0.6, 6.25).value == pytest.approx(sqrt(0.36 + 0.16))
    spread = power.Spread(0.72, "the manual")
    found = power.answer(spread=spread, creators=20, arms=2, lift=0.5, level=0.95, looks=1)
    assert round(found.power, 2) == 0.41  # docs/experiments.md
    assert (
        power.answer(spread=spread, creators=20, arms=2, lift=0.2, level=0.95, looks=1).needed
        == 246
    )
    assert (
        power.answer(spread=spread, creators=20, arms=2, lift=0.2, level=0.95, looks=5).needed
        == 301
    )
    # Two comparisons share the level.
    assert power.answer(
        spread=spread, creators=20, arms=3, lift=0.5, level=0.95, looks=1
    ).power == pytest.approx(
        power.answer(spread=spread, creators=20, arms=2, lift=0.5, level=0.975, looks=1).power
    )


def test_power_from_the_past_says_when_there_is_none(brand):
    people = educators(brand, 8)
    made = make_experiment(brand)
    ids = [one.pk for one in people]
    with pytest.raises(ExperimentRefused, match="Say what you expect instead"):
        power.past_spread(made, ids, STARTED)
    for place, one in enumerate(people):
        post = saves(one, 10 + 5 * place)
        post.posted_at = STARTED - timedelta(days=3)
        post.save()
    spread = power.past_spread(made, ids, STARTED)
    assert 0.3 < spread.value < 0.6
    assert spread.words == "the last 28 days of 8 creators who would take part"
    made.metric = OutcomeMetric.UPLOADED
    with pytest.raises(ExperimentRefused, match="has no past here"):
        power.past_spread(made, ids, STARTED)
