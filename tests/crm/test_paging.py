"""Keyset pages: every row once, in order, both ways, whatever the keys are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.db import connection
from django.db.models.functions import Lower
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import Creator, CreatorMetrics, Relationship
from crm.paging import BadCursor, Order, capped_count, paginate
from tests.factories import NOW, BrandFactory, CreatorFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

FOLLOWERS = Order("-followers", "followers", "creator_id", descending=True, nullable=True)
FOLLOWERS_UP = Order("followers", "followers", "creator_id", nullable=True)
NAME = Order("name", Lower("name"))


def walk(rows, order, size, *, backward=False, start=None):
    """All items from `start` on, page by page, and the cursor of the last page."""
    pages, cursor = [], start
    while True:
        page = paginate(rows, order, cursor=cursor, size=size)
        pages.insert(0, page.items) if backward else pages.append(page.items)
        following = page.previous if backward else page.next
        if following is None:
            return [item for items in pages for item in items], page
        cursor = following


def metrics_with(followers):
    CreatorMetrics.objects.all().delete()
    rows = [
        CreatorMetrics(creator=CreatorFactory(), as_of=NOW, followers=value) for value in followers
    ]
    CreatorMetrics.objects.bulk_create(rows)
    return rows


@pytest.mark.parametrize("order", [FOLLOWERS, FOLLOWERS_UP], ids=lambda order: order.name)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    followers=st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=14),
    size=st.integers(1, 6),
)
def test_a_walk_meets_each_row_once_and_in_order_both_ways(order, followers, size):
    rows = metrics_with(followers)
    sign = -1 if order.descending else 1
    expected = sorted(
        rows,
        key=lambda row: (
            row.followers is None,
            sign * (row.followers or 0),
            sign * row.creator_id,
        ),
    )
    there, last = walk(CreatorMetrics.objects.all(), order, size)
    assert there == expected
    if last.previous is not None:
        back, _first = walk(
            CreatorMetrics.objects.all(), order, size, backward=True, start=last.previous
        )
        assert back + last.items == expected


def test_pages_of_dicts_and_of_an_expression():
    for name in ("bo", "Åse", "Al", "al", "Bo"):
        CreatorFactory(name=name)
    rows = Creator.objects.values("name")
    found, _last = walk(rows, NAME, 2)
    assert [row["name"] for row in found] == ["Al", "al", "bo", "Bo", "Åse"]


def test_moments_keep_their_microseconds():
    brand = BrandFactory()
    expected = [
        RelationshipFactory(brand=brand, since=NOW + timedelta(microseconds=n)) for n in range(5)
    ]
    order = Order("since", "stage_since", descending=True)
    found, _last = walk(Relationship.objects.all(), order, 1)
    assert found == expected[::-1]


def test_rows_that_come_and_go_shift_no_page():
    rows = metrics_with([50, 40, 30, 20, 10])
    first = paginate(CreatorMetrics.objects.all(), FOLLOWERS, size=2)
    rows[0].delete()
    CreatorMetrics.objects.create(creator=CreatorFactory(), as_of=NOW, followers=60)
    second = paginate(CreatorMetrics.objects.all(), FOLLOWERS, cursor=first.next, size=2)
    assert [row.followers for row in second.items] == [30, 20]


def test_an_empty_list_has_one_page():
    page = paginate(CreatorMetrics.objects.all(), FOLLOWERS)
    assert (page.items, page.next, page.previous) == ([], None, None)


@pytest.mark.parametrize(
    "cursor", ["x", "a:b", "\x00", "Ω", Signer(salt="other").sign_object(["-followers", 0, 1, 2])]
)
def test_a_cursor_that_is_not_ours_is_refused(cursor):
    with pytest.raises(BadCursor, match="not complete"):
        paginate(CreatorMetrics.objects.all(), FOLLOWERS, cursor=cursor)


def test_a_cursor_of_another_order_is_refused():
    metrics_with([1, 2, 3])
    page = paginate(CreatorMetrics.objects.all(), FOLLOWERS, size=1)
    with pytest.raises(BadCursor, match="another order"):
        paginate(CreatorMetrics.objects.all(), FOLLOWERS_UP, cursor=page.next)


def test_counting_stops_at_the_cap():
    metrics_with([1, 2, 3, None])
    rows = CreatorMetrics.objects.all()
    assert str(capped_count(rows, cap=4)) == "4"
    assert str(capped_count(rows, cap=3)) == "3+"


@pytest.mark.parametrize("order", [FOLLOWERS, FOLLOWERS_UP], ids=lambda order: order.name)
def test_the_index_finds_the_page_whatever_else_is_asked_of_its_column(order):
    metrics_with(range(300))
    rows = CreatorMetrics.objects.filter(followers__gt=-1, followers__lt=1_000_000)
    cursor = paginate(rows, order, size=100).next
    with connection.cursor() as cursor_:
        cursor_.execute("ANALYZE crm_creatormetrics")
        # What other tests left behind makes the table look large: only the index is to be judged.
        cursor_.execute("SET LOCAL enable_seqscan = off")
        cursor_.execute("SET LOCAL enable_bitmapscan = off")
    queries = []
    with connection.execute_wrapper(
        lambda execute, sql, params, many, context: (
            queries.append((sql, params)),
            execute(sql, params, many, context),
        )[1]
    ):
        paginate(rows, order, cursor=cursor, size=100)
    with connection.cursor() as cursor_:
        cursor_.execute("EXPLAIN " + queries[0][0], queries[0][1])
        plan = "\n".join(line for (line,) in cursor_.fetchall())
    assert "crm_metrics_followers" in plan
    # The index is read from the first bound of several, and only this one is the page's.
    assert "Index Cond: ((ROW(followers, creator_id)" in plan
    assert "Sort" not in plan
