"""The catalogue of metrics over REST, and in docs/metrics.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segmentation.metrics.catalogue import METRICS, Method
from segmentation.metrics.entries import METHOD_WORDS
from tests.rest import assert_problem

pytestmark = pytest.mark.django_db

MANUAL = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")


def test_the_whole_catalogue_in_its_order(plain):
    with CaptureQueriesContext(connection) as few:
        answer = plain.get("metrics/")
    rows = answer.json()["results"]
    assert [row["key"] for row in rows] == [metric.key for metric in METRICS]
    assert len(few) <= 6
    [row] = [row for row in rows if row["key"] == "engagement_rate_reach"]
    assert row["formula"].startswith("(likes + comments + saves + shares, those that are known)")
    assert (row["version"], row["basis"], row["minimum_n"]) == (1, "reach", 5)
    assert (row["method"], row["better"], row["unit"]) == ("log_ratio", "higher", "fraction")
    assert "estimated" in row["accepts"]


def test_one_metric_and_none(plain):
    assert plain.get("metrics/size/").json()["denominator"] == ""
    assert_problem(plain.get("metrics/nothing/"), 404)


def test_the_manual_has_each_metric_with_its_version_and_least_creators():
    rows = re.findall(
        r"^\| `([a-z_]+)(?::<[a-z]+>)?` \| (\d+) \|.*\| (\d+) \| [a-z ]+ \|$", MANUAL, re.MULTILINE
    )
    found = {key: (int(version), int(least)) for key, version, least in rows}
    assert found == {metric.key: (metric.version, metric.minimum_n) for metric in METRICS}


def test_every_method_is_named_in_words():
    assert set(METHOD_WORDS) == set(Method)
