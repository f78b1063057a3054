"""The pages and lists of every day cost as many queries with 100,000 creators as with 100."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Creator
from segmentation.services import scorecards
from tests.factories import NOW
from tests.rest import rest_as
from tests.segmentation.world import crowd, make_segment

PAGES = (
    "creators/",
    "creators/?sort=name",
    "creators/?search=crowd",
    "board/",
    "board/prospect/",
    "segments/",
    "segments/{key}/",
    "scorecards/?period=2026Q3",
    "segments/{key}/scorecard/?period=2026Q3",
    "creators/{uid}/",
    "creators/{uid}/segments/",
)
LISTS = (
    "creators/",
    "profiles/",
    "posts/",
    "relationships/",
    "segments/",
    "segments/{key}/members/",
    "segments/{key}/scorecard?period=2026Q3",
    "scorecards/?period=2026Q3",
)


def test_queries_are_constant_from_a_hundred_to_a_hundred_thousand_creators(
    brand, manager, manager_client
):
    segment = make_segment(brand)
    crowd(segment, 100)
    one = Creator.objects.order_by("pk").first()
    rest = rest_as(manager, brand)
    names = {"key": segment.key, "uid": one.uid}

    def counts():
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
        # The use of a token is noted once a minute: now, and not while we count.
        rest.get("segments/")
        found = {}
        for path in PAGES:
            address = f"/{brand.slug}/{path.format(**names)}"
            found[address] = queries(lambda to=address: manager_client.get(to))
        for path in LISTS:
            found[f"api/{path}"] = queries(lambda to=path: rest.get(to.format(**names)))
        return found

    few = counts()
    # Most on the page of a creator, which brings together what a dozen tables know.
    assert max(few.values()) <= 46, few
    crowd(segment, 99_900)
    assert counts() == few
    assert Creator.objects.count() == 100_000


def queries(call):
    """How many statements a successful request takes."""
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code == 200
    return len(captured)
