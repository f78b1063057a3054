"""A brand's own benchmark sets over REST: all rows or none, and taken away again."""

from __future__ import annotations

import pytest

from crm.models import AuditEntry
from segmentation.models import BenchmarkSet
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
ROW = {"denominator": "followers", "tier": "Nano", "followers_from": 1000, "followers_to": 10000}
SET = {"source": "Our agency", "year": 2026, "rows": [ROW | {"low": "3 %", "high": "0.05"}]}


def test_a_set_is_loaded_and_taken_away(brand, strategist) -> None:
    rest = rest_as(strategist, brand)
    made = rest.send("POST", "benchmarks/", SET)
    assert made.status_code == 201, made.content
    [source] = made.json()
    assert (source["source"], source["is_own"], source["bands"]) == (
        "Our agency",
        True,
        [{"tier": "Nano", "followers_from": 1000, "followers_to": 10000, "is_celebrity": False,
          "low": 0.03, "typical": None, "high": 0.05}],
    )  # fmt: skip
    assert rest.json("benchmarks/")["results"][0]["set"] == source["set"]
    assert_problem(rest.send("POST", "benchmarks/", SET), 400, "already_there", at="/source")
    assert rest.send("DELETE", f"benchmarks/{source['set']}/").status_code == 204
    assert_problem(rest.send("DELETE", f"benchmarks/{source['set']}/"), 404)
    assert not BenchmarkSet.objects.exists()
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["segmentation.benchmarks.loaded", "segmentation.benchmarks.removed"]


def test_one_fault_and_nothing_is_taken(brand, strategist) -> None:
    rest = rest_as(strategist, brand)
    wrong = [ROW | {"low": "6 %", "high": "5 %"}, ROW | {"typical": "3.1"}]
    body = assert_problem(
        rest.send("POST", "benchmarks/", SET | {"rows": wrong}), 400, "invalid", "invalid"
    )
    assert [one["pointer"] for one in body["errors"]] == ["/rows/0/low", "/rows/1/typical"]
    assert_problem(rest.send("POST", "benchmarks/", SET | {"rows": []}), 400)
    assert_problem(rest.send("POST", "benchmarks/", SET | {"year": 1999}), 400)
    assert not BenchmarkSet.objects.exists()


def test_analysts_read(brand, analyst, strategist, outsider, other_brand) -> None:
    rest_as(strategist, brand).send("POST", "benchmarks/", SET)
    assert rest_as(analyst, brand).get("benchmarks/").status_code == 200
    assert_problem(rest_as(analyst, brand).send("POST", "benchmarks/", SET), 403)
    theirs = rest_as(outsider, other_brand)
    one = BenchmarkSet.objects.get().pk
    assert_problem(theirs.send("DELETE", f"benchmarks/{one}/"), 404)
