"""Clicks come into the database once, and their days are counted right."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from campaigns.models import Click, ClickDay, TrackingLink
from campaigns.services.tracking import queue, removing, server, writing
from campaigns.services.tracking.deciding import decide
from crm.models import Brand, User
from tests.campaigns.tracking.worlds import a_link, followed
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = ("people", "visitors", "unknown", "repeats", "bots")


@pytest.fixture
def link(brand: Brand, manager: User) -> TrackingLink:
    return a_link(brand, manager)


def test_people_repeats_programs_and_those_who_object(link: TrackingLink) -> None:
    clicks = [
        followed(link, visitor=1),
        followed(link, visitor=1, later=9),  # again at once
        followed(link, visitor=1, later=30),  # came back
        followed(link, visitor=2, later=1),
        followed(link, later=2),
        followed(link, later=3),
        followed(link, kind="bot"),
        followed(link, kind="preview"),
    ]
    assert writing.write(clicks) == 8
    assert ClickDay.objects.values_list(*DAY).get() == (5, 2, 2, 1, 2)
    assert Click.objects.of_people().count() == 5


def test_a_batch_that_comes_twice_counts_once(link: TrackingLink) -> None:
    clicks = [followed(link, visitor=n) for n in range(3)]
    assert [writing.write(clicks), writing.write(clicks)] == [3, 0]
    assert ClickDay.objects.values_list(*DAY).get() == (3, 3, 0, 0, 0)


def test_a_repeat_is_known_across_batches(link: TrackingLink) -> None:
    writing.write([followed(link, visitor=1)])
    writing.write([followed(link, visitor=1, later=5), followed(link, visitor=2, later=5)])
    assert ClickDay.objects.values_list(*DAY).get() == (2, 2, 0, 1, 0)


def test_how_soon_is_a_repeat_the_brand_says(link: TrackingLink, admin_user: User) -> None:
    decide(
        brand=link.brand, said={"repeat_seconds": 0}, actor=admin_user, at=NOW, expected_version=0
    )
    writing.write([followed(link, visitor=1), followed(link, visitor=1, later=1)])
    assert ClickDay.objects.values_list(*DAY).get() == (2, 1, 0, 0, 0)


def test_days_are_the_brands(link: TrackingLink) -> None:
    Brand.objects.filter(pk=link.brand_id).update(timezone="Pacific/Auckland")
    writing.write(
        [
            followed(link, at=datetime(2026, 7, 1, 11, 59, tzinfo=UTC)),
            followed(link, at=datetime(2026, 7, 1, 12, 0, tzinfo=UTC)),
        ]
    )
    assert list(ClickDay.objects.order_by("day").values_list("day", "people")) == [
        (date(2026, 7, 1), 1),
        (date(2026, 7, 2), 1),
    ]


def test_a_click_of_another_brand_or_of_no_link_is_not_written(
    link: TrackingLink, other_brand: Brand
) -> None:
    strange = [followed(link, brand_id=other_brand.pk), followed(link, link_id=link.pk + 1)]
    assert writing.write(strange) == 0
    assert not Click.objects.exists()


def test_a_click_never_changes(link: TrackingLink) -> None:
    writing.write([followed(link)])
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Click.objects.update(kind="bot")
    assert Click.objects.get().kind == "person"


@pytest.mark.usefixtures("valkey")
def test_the_queue_is_emptied_and_what_is_no_click_is_thrown_out(link: TrackingLink) -> None:
    queue.push(followed(link))
    server.server().xadd(queue.STREAM, {"c": "nonsense"})
    queue.push(followed(link))
    assert writing.drain() == 2
    assert queue.length() == 0


@pytest.mark.usefixtures("valkey")
def test_what_was_written_but_not_taken_out_counts_once(link: TrackingLink) -> None:
    click = followed(link)
    queue.push(click)
    writing.write([click])
    assert writing.drain() == 0
    assert queue.length() == 0
    assert ClickDay.objects.values_list(*DAY).get() == (1, 0, 1, 0, 0)


def test_clicks_go_when_their_time_is_over_and_counts_stay(link: TrackingLink) -> None:
    at = datetime(2027, 8, 2, 12, tzinfo=UTC)
    writing.write(
        [
            followed(link, at=datetime(2026, 7, 1, 23, 59, tzinfo=UTC)),
            followed(link, at=datetime(2026, 7, 2, 0, 1, tzinfo=UTC)),
        ]
    )
    assert removing.remove_old(brand=link.brand, at=at) == 1
    assert Click.objects.get().day == date(2026, 7, 2)
    assert ClickDay.objects.count() == 2
