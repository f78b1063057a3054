"""Why a creator is in, is out, or nobody can tell."""

import json
from datetime import timedelta

import pytest

from segmentation.rules.errors import RuleInvalid
from segmentation.rules.explain import Explanation, FactReading, explain
from segmentation.rules.text import parse
from tests.segmentation.rules.sample import AS_OF, CATALOGUE, COPENHAGEN
from tests.segmentation.rules.strategies import make_rows

RULE = """followers between 10_000 and 99_999 and engagement_rate >= 2.5%
    and (role is educator or themes any of (skincare, spf)) and not is_virtual is true"""
VALUES = {"followers": 8_200, "engagement_rate": 0.0312345, "role": None, "themes": [11, 13]}


def explained(text: str, values: dict[str, object], **more: object) -> Explanation:
    return explain(parse(text), values, CATALOGUE, AS_OF, COPENHAGEN, **more)


def test_each_leaf_tells_value_threshold_and_result() -> None:
    found = explained(RULE, VALUES)
    assert (found.kind, found.result, found.missing) == ("all", False, ())
    followers, rate, either, no_avatar = found.items
    assert (followers.result, followers.words) == (False, "followers between 10,000 and 99,999")
    assert (followers.leaf.value_words, followers.leaf.threshold, followers.leaf.source) == (
        "8,200",
        "between 10,000 and 99,999",
        "measured",
    )
    assert (rate.result, rate.leaf.value_words, rate.leaf.threshold) == (
        True,
        "3.1235%",
        "at least 2.5%",
    )
    assert (either.kind, either.result, either.missing) == ("any", True, ())
    assert [item.result for item in either.items] == [None, True]
    assert either.items[0].leaf.value_words == "not known"
    assert either.items[1].leaf.value_words == "how to, skincare"
    assert (no_avatar.kind, no_avatar.result, no_avatar.missing) == ("not", None, ("is_virtual",))


def test_unknown_names_the_facts_that_were_missing_and_only_those() -> None:
    found = explained(RULE, {**VALUES, "followers": 50_000})
    assert found.result is None
    assert found.missing == ("is_virtual",)


def test_source_and_age_come_with_the_reading() -> None:
    reading = FactReading(8_200, "creator-connected", AS_OF - timedelta(days=3, hours=12))
    found = explained("followers > 5", {}, readings={"followers": reading})
    assert (found.result, found.leaf.value) == (True, 8_200)
    assert (found.leaf.source, found.leaf.age_days) == ("creator-connected", 3.5)


def test_as_the_api_shows_it() -> None:
    captured = AS_OF - timedelta(days=1)
    found = explained(
        "audience_country[DK] >= 25% or not followers > 5",
        {"audience_country": {"SE": 0.5}, "followers": None},
        readings={"followers": FactReading(None, None, captured)},
    )
    shown = json.loads(json.dumps(found.to_dict()))
    assert shown == {
        "kind": "any",
        "result": None,
        "missing": ["audience_country", "followers"],
        "items": [
            {
                "kind": "fact",
                "result": None,
                "missing": ["audience_country"],
                "words": "share of Denmark in audience countries at least 25%",
                "fact": "audience_country",
                "key": "DK",
                "label": "Audience countries",
                "unit": "",
                "value": None,
                "value_words": "not known",
                "threshold": "at least 25%",
                "source": "measured",
                "captured_at": None,
                "age_days": None,
            },
            {
                "kind": "not",
                "result": None,
                "missing": ["followers"],
                "items": [
                    {
                        "kind": "fact",
                        "result": None,
                        "missing": ["followers"],
                        "words": "followers more than 5",
                        "fact": "followers",
                        "label": "Followers",
                        "unit": "followers",
                        "value": None,
                        "value_words": "not known",
                        "threshold": "more than 5",
                        "source": "measured",
                        "captured_at": captured.isoformat(),
                        "age_days": 1.0,
                    }
                ],
            },
        ],
    }


def test_every_kind_of_value_is_plain_json() -> None:
    for row in make_rows(7, 50):
        text = " and ".join(f"{key} is known" for key in CATALOGUE)
        json.dumps(explained(text, row).to_dict())


def test_a_rule_that_cannot_run_is_not_explained() -> None:
    with pytest.raises(RuleInvalid):
        explained("segment(core)", {})
