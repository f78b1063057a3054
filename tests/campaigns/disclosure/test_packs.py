"""The packs: all that was researched is there, with source and confidence, and is reachable."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from campaigns.disclosure import lexicon, packs
from campaigns.disclosure.files import read
from campaigns.disclosure.packs import Label, PackRefused, build
from campaigns.disclosure.placement import ELSEWHERE, RULES
from campaigns.disclosure.vocabulary import Confidence, Format, Result, Standing, Verdict
from campaigns.disclosure.words import QUESTIONS
from tests.campaigns.disclosure.building import ACME, TODAY, found, item, of

PACKS = packs.standard()
KEYS = [
    "AE",
    "AU",
    "BR",
    "CA",
    "CN",
    "DE",
    "DK",
    "ES",
    "EU",
    "FI",
    "FR",
    "IE",
    "IN",
    "IT",
    "JP",
    "KR",
    "NL",
    "NO",
    "SE",
    "SG",
    "UK",
    "US",
]
PLATFORMS = [
    "blog",
    "facebook",
    "instagram",
    "linkedin",
    "newsletter",
    "pinterest",
    "podcast",
    "snapchat",
    "tiktok",
    "twitch",
    "x",
    "youtube",
]


def test_all_jurisdictions_and_platforms_are_there() -> None:
    assert sorted(PACKS.jurisdictions) == KEYS
    assert sorted(PACKS.platforms) == PLATFORMS


@pytest.mark.parametrize("key", KEYS)
def test_every_datum_says_from_where_and_how_sure(key: str) -> None:
    for datum in PACKS.jurisdictions[key].data:
        assert datum.confidence in Confidence
        assert datum.sources or datum.confidence is Confidence.GENERAL_KNOWLEDGE, datum.key
        assert all(source.url and source.name for source in datum.sources)


def test_every_rule_of_placement_has_a_function_and_a_question() -> None:
    used = {rule.rule for pack in PACKS.jurisdictions.values() for rule in pack.placement}
    assert used <= set(RULES) | ELSEWHERE
    assert used <= set(QUESTIONS)
    assert set(RULES) <= used, "a function that no pack asks for"


def usable(key: str) -> Iterator[tuple[Label, str]]:
    for label in PACKS.jurisdictions[key].labels:
        if label.standing is Standing.ACCEPTED and not label.datum.params.get("ask"):
            for pattern in label.patterns:
                yield label, pattern


@pytest.mark.parametrize("key", KEYS)
def test_each_accepted_wording_is_found_and_accepted(key: str) -> None:
    """Each pattern of each pack, written as a creator would, reaches its own datum."""
    for label, pattern in usable(key):
        text = pattern.replace("<brand>", "Acme").removeprefix("~")
        fits = label.datum.params.get("fits", ["payment"])
        finding = found(
            f"{text}: hello", key, connections=fits[:1], advertiser=ACME, language=label.language
        )
        result = item(finding, f"{key}.label")
        assert result.result is Result.PASS, (pattern, result.reason)
        [match] = [one for one in finding.matches if one.pattern == pattern]
        assert match.standing[key] == "accepted"


@pytest.mark.parametrize("key", KEYS)
def test_each_insufficient_wording_is_found_and_is_not_enough(key: str) -> None:
    for label in PACKS.jurisdictions[key].labels:
        for pattern in label.patterns if label.standing is Standing.INSUFFICIENT else ():
            text = pattern.replace("<brand>", "Acme").replace("<@brand>", "@acme").removeprefix("~")
            finding = found(f"{text}.", key, advertiser=ACME)
            result = item(finding, f"{key}.label")
            assert result.result is not Result.PASS, (pattern, result.reason)
            match = next(one for one in finding.matches if one.pattern == pattern)
            assert match.standing[key] in {"insufficient", "conditional"}, pattern


@pytest.mark.parametrize("key", KEYS)
def test_each_jurisdiction_answers_with_its_sources(key: str) -> None:
    finding = of(found("#sp nice", key), key)
    assert finding.pack is not None
    assert (finding.pack.version, len(finding.pack.digest)) == ("2026-11-22", 64)
    cited = {source.id for one in finding.items for source in one.sources}
    assert cited & set(PACKS.sources)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_is_reachable(platform: str) -> None:
    finding = found("#ad Hello there, this is for you", "US", platform=platform)
    assert finding.verdict is Verdict.SUFFICIENT, finding.reason
    assert PACKS.platforms[platform].tool.note


@pytest.mark.parametrize(
    ("platform", "fold"),
    [
        ("instagram", {"chars": 125, "lines": None}),
        ("tiktok", {"chars": 150, "lines": 1}),
        ("youtube", {"chars": 157, "lines": 3}),
        ("facebook", {"chars": 125, "lines": None}),
        ("linkedin", {"chars": 140, "lines": None}),
        ("pinterest", {"chars": 50, "lines": None}),
        ("x", {"chars": 280, "lines": None}),
        ("podcast", {"chars": None, "lines": None}),
    ],
)
def test_the_fold_is_kept_with_the_finding(platform: str, fold: dict[str, int | None]) -> None:
    assert found("#ad", "US", platform=platform).fold == fold


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", Format)
def test_no_format_is_too_strange(key: str, form: Format) -> None:
    assert found("#ad Hello", key, format=form).verdict in Verdict


# --- refusals ---


def forms() -> dict[str, Any]:
    return {
        "jurisdictions": [copy.deepcopy(read("jurisdictions/IE.yaml"))],
        "platforms": read("platforms.yaml"),
        "sources": read("sources.yaml"),
        "baseline": read("baseline.yaml"),
        "lexicon": lexicon.standard(),
    }


def test_a_pack_builds() -> None:
    assert list(build(**forms()).jurisdictions) == ["IE"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"src": ["nowhere"]}, "IE.label.1 cites nowhere, which sources.yaml does not list."),
        ({"src": []}, "IE.label.1 says that it was found, but not where."),
        (
            {"confidence": "surely"},
            "IE.label.1 must say how sure it is: found or general-knowledge.",
        ),
        ({"effective_from": "soon"}, "IE.label.1 has a date that is none: 'soon'."),
        ({"match": []}, "IE.label.1 must say what to look for, or what covers it."),
    ],
)
def test_a_bad_datum_is_refused_with_its_name(change: dict[str, Any], words: str) -> None:
    bad = forms()
    bad["jurisdictions"][0]["labels"][0].update(change)
    with pytest.raises(PackRefused) as refused:
        build(**bad)
    assert str(refused.value) == words


def test_a_connection_without_meaning_is_refused() -> None:
    bad = forms()
    bad["jurisdictions"][0]["material_connections"][0]["ids"] = ["magic"]
    with pytest.raises(PackRefused, match=r"names connections without meaning: \['magic'\]"):
        build(**bad)


def test_rules_hold_from_and_to_their_days() -> None:
    [rule] = [
        one for one in PACKS.jurisdictions["FR"].placement if one.rule == "on_image_full_duration"
    ]
    assert str(rule.datum.effective_to) == "2024-11-07"
    assert not rule.datum.holds(TODAY)
