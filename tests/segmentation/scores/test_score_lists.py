"""Scores in the list of creators, in its files, in the ranking's file and on a shortlist."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Engagement
from crm.choices import Scope
from crm.filters import CreatorFilter
from crm.models import Relationship
from crm.paging import in_order
from segmentation.models import CreatorScore, ScoreModel
from tests.campaigns.made import make_campaign
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.scores.building import BOND, counted, world

pytestmark = pytest.mark.django_db
LIST = "/acme/creators/"


@pytest.fixture
def scored(brand):
    world(brand)
    return counted(brand)


def ranked(model):
    """Creators by score, the highest first, as plain Python sorts them."""
    rows = CreatorScore.objects.filter(model=model, replaced_at=None)
    return sorted(rows, key=lambda row: (row.score, row.creator_id), reverse=True)


def read(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_list_is_sorted_by_a_score_and_who_has_none_comes_last(brand, scored):
    best = ranked(scored)
    assert 0 < len(best) < Relationship.objects.filter(brand=brand).count()
    for name, want in (("-score_fit", best), ("score_fit", best[::-1])):
        found = CreatorFilter(
            {"sort": name}, Relationship.objects.filter(brand=brand), brand=brand, at=NOW
        )
        assert found.is_valid()
        rows = [row.creator_id for row in in_order(found.qs, found.order)]
        assert rows[: len(want)] == [row.creator_id for row in want]
        assert len(rows) == len(set(rows)) == Relationship.objects.filter(brand=brand).count()


def test_pages_by_score_join_without_a_gap(brand, scored, manager, manager_client):
    api = rest_as(manager, brand, [Scope.CREATORS_READ])
    seen, cursor = [], {}
    while True:
        page = api.json("creators/", sort="-score_fit", limit=20, **cursor)
        seen += [row["uid"] for row in page["results"]]
        if page["next"] is None:
            break
        [place] = parse_qs(urlsplit(page["next"]).query)["cursor"]
        cursor = {"cursor": place}
    assert len(seen) == len(set(seen)) == 90
    assert seen[: len(ranked(scored))] == [str(row.creator.uid) for row in ranked(scored)]
    assert_problem(api.get("creators/", sort="-score_other"), 400)


def test_a_score_is_a_column_and_costs_one_query_however_many_there_are(
    brand, scored, manager_client
):
    address = f"{LIST}?sort=-score_fit&columns=score_fit,tier"

    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            answer = manager_client.get(address)
        assert answer.status_code == 200
        return answer, len(queries)

    answer, number = asked(address)
    table = answer.context["rows"] if "rows" in answer.context else answer.context["table"]
    cells = [[cell.value for cell in row.cells] for row in table]
    assert [cell[0] for cell in cells[:3]] == [round(row.score, 1) for row in ranked(scored)[:3]]
    words = answer.content.decode()
    assert 'aria-sort="descending"' in words
    assert "Highest Fit" in words
    counted(brand, {"components": [BOND]}, key="bond", name="Bond")
    assert asked(f"{LIST}?sort=-score_fit&columns=score_fit,score_bond,tier")[1] == number


def test_nobody_is_shown_the_score_of_who_objects(brand, scored, manager_client):
    first = ranked(scored)[0]
    Relationship.objects.filter(creator=first.creator_id).update(unprofiled_at=NOW)
    rows = read(manager_client.get(f"{LIST}export.csv?columns=score_fit"))
    by_uid = {row["uid"]: row["score_fit"] for row in rows}
    assert by_uid[str(first.creator.uid)] == ""
    second = ranked(scored)[1]
    assert float(by_uid[str(second.creator.uid)]) == round(second.score, 1)
    file = read(manager_client.get("/acme/scores/fit/ranking.csv"))
    assert str(first.creator.uid) not in {row["uid"] for row in file}
    # Nor does their place say it.
    rows = read(manager_client.get(f"{LIST}export.csv?sort=-score_fit&columns=score_fit"))
    assert rows[0]["uid"] == str(second.creator.uid)


def test_the_ranking_as_a_file_has_each_part(brand, scored, manager_client):
    rows = read(manager_client.get("/acme/scores/fit/ranking.csv"))
    want = ranked(scored)
    assert [row["uid"] for row in rows] == [str(row.creator.uid) for row in want]
    assert [int(row["place"]) for row in rows] == list(range(1, len(want) + 1))
    reach, bond = float(rows[0]["points.reach"]), float(rows[0]["points.bond"])
    assert (60 * reach + 40 * bond) / 100 == pytest.approx(want[0].score, abs=0.01)


def test_a_shortlist_shows_the_scores(brand, scored, manager, manager_client):
    best = ranked(scored)[0]
    campaign = make_campaign(brand)
    row = Relationship.objects.get(brand=brand, creator=best.creator_id)
    Engagement.objects.create(campaign=campaign, relationship=row, stage="shortlisted")
    words = manager_client.get(f"/acme/campaigns/{campaign.key}/shortlist/").content.decode()
    assert f"Fit: {best.score:.1f} of 100" in words
    Relationship.objects.filter(pk=row.pk).update(unprofiled_at=NOW)
    words = manager_client.get(f"/acme/campaigns/{campaign.key}/shortlist/").content.decode()
    assert "of 100" not in words


def test_the_order_by_a_score_is_read_from_its_index(brand, scored):
    """The first page of a million creators is not sorted anew."""
    found = CreatorFilter(
        {"sort": "-score_fit"}, Relationship.objects.filter(brand=brand), brand=brand, at=NOW
    )
    rows = found.qs.filter(sorted_score__score__isnull=False)
    ordered = rows.order_by("-sorted_score__score", "-sorted_score__creator_id")
    with connection.cursor() as cursor:
        # Of so few rows any plan is quick: what is asked is whether this one is possible.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = json.loads(ordered.explain(format="json"))
    assert "segmentation_score_rank" in json.dumps(plan)


def test_an_archived_score_is_no_column_any_more(brand, scored, manager_client):
    ScoreModel.objects.update(archived_at=NOW)
    answer = manager_client.get(f"{LIST}?sort=-score_fit&columns=score_fit")
    words = answer.content.decode()
    assert "Select a valid choice" in words
