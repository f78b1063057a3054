"""The layers together: what blocks, what conflicts, what is refused, what is sent."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from campaigns.disclosure import packs
from campaigns.disclosure.case import (
    Advertiser,
    Answer,
    Case,
    CaseRefused,
    Connection,
    Creator,
    Media,
)
from campaigns.disclosure.check import check
from campaigns.disclosure.finding import LayerKey
from campaigns.disclosure.vocabulary import CreatorKind, Format, Result, Verdict
from tests.campaigns.disclosure.building import TODAY, found, item, of


def test_no_hashtag_is_no_proof_that_a_post_is_organic() -> None:
    finding = found("Just a nice day", "US", connections=None)
    assert finding.verdict is Verdict.UNCLEAR
    assert finding.reason == (
        "United States: Nobody looked up whether a connection is on file; "
        "no hashtag is no proof of none."
    )


def test_a_hashtag_alone_never_clears() -> None:
    assert found("#ad hello", "US", connections=None).verdict is Verdict.UNCLEAR


def test_without_connection_and_signals_nothing_is_required() -> None:
    assert found("Just a nice day", "US", connections=()).verdict is Verdict.NOT_REQUIRED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Use code ANNA20", "discount or promotion code"),
        ("#gifted", "wording that may speak of a connection"),
        ("http://liketk.it/2xGeD", "link of an affiliate network"),
        ("Some links are affiliate links", "says that links are affiliate links"),
    ],
)
def test_without_connection_signals_make_it_unclear(text: str, reason: str) -> None:
    finding = found(text, "US", connections=())
    assert finding.verdict is Verdict.UNCLEAR
    assert reason in finding.reason


def test_a_label_without_connection_is_a_conflict() -> None:
    finding = found("#ad hello", "US", connections=())
    assert finding.verdict is Verdict.UNCLEAR
    assert [one.key for one in finding.conflicts] == ["label_without_connection"]


def test_label_and_denial_contradict_each_other() -> None:
    finding = found("#ad hello #notsponsored", "US")
    assert finding.verdict is Verdict.UNCLEAR
    assert [one.key for one in finding.conflicts] == ["denied_with_connection"]


def test_a_gift_in_words_and_a_fee_on_file_contradict_each_other() -> None:
    finding = found("Ad - Gifted", "UK", connections=["payment"])
    assert [one.key for one in finding.conflicts] == ["gift_without_gift"]
    assert finding.verdict is Verdict.UNCLEAR


def test_a_brand_tag_alone_is_no_label() -> None:
    finding = found("Hello @acme #acme", "DK", advertiser=Advertiser("Acme"))
    assert finding.verdict is Verdict.MISSING
    assert finding.reason == "Denmark: No label: naming the brand alone is none."


def test_a_connection_that_a_pack_does_not_list() -> None:
    """Labelled, it does not matter; without a label a person decides."""
    labelled = found("Werbung: hallo", "DE", connections=["gift_unsolicited"])
    bare = found("hallo", "DE", connections=["gift_unsolicited"])
    assert (labelled.verdict, bare.verdict) == (Verdict.SUFFICIENT, Verdict.UNCLEAR)


def test_a_word_of_another_country_is_left_to_a_person() -> None:
    finding = found("Werbung: hallo und ich bin es", "US", language="de")
    label = item(finding, "US.label")
    assert (finding.verdict, label.result) == (Verdict.UNCLEAR, Result.UNKNOWN)
    assert label.reason == (
        "Found 'Werbung': Plain in the language of the post, but not listed in this pack."
    )


def test_without_a_pack_counsel_is_asked() -> None:
    finding = found("#ad hello", "PL US")
    assert finding.strictest == "PL"
    assert of(finding, "PL").reason == "There is no rule pack for this jurisdiction: ask counsel."
    assert of(finding, "PL").pack is None


def test_jurisdictions_have_other_names_too() -> None:
    finding = found("#ad hello", "gb UAE us US")
    assert sorted(one.key for one in finding.per_jurisdiction) == ["AE", "UK", "US"]


def test_the_strictest_is_the_one_that_needs_a_person_first() -> None:
    finding = found("#ad hello", "US DK BR", language="en")
    assert [(one.key, one.verdict.value) for one in finding.per_jurisdiction] == [
        ("DK", "insufficient"),
        ("BR", "unclear"),
        ("US", "sufficient"),
    ]
    assert finding.layers == finding.per_jurisdiction[0].layers


def test_sensitive_goods_are_never_cleared_unseen() -> None:
    goods = frozenset({"gambling"})
    finding = found("#ad hello", "US", categories=goods)
    assert (finding.verdict, finding.sensitive) == (Verdict.UNCLEAR, True)
    seen = {"US.category.gambling": Answer(Result.PASS, "Licensed, 21+ shown.")}
    assert found("#ad hello", "US", categories=goods, answers=seen).verdict is Verdict.SUFFICIENT


def test_forbidden_goods_stop_the_post_whatever_the_label() -> None:
    finding = found("Publicité : bonjour", "FR", categories=frozenset({"cosmetic_procedures"}))
    assert finding.verdict is Verdict.INSUFFICIENT
    assert of(finding, "FR").blocked_by == ("FR.category.cosmetic_procedures.1",)


def test_an_altered_picture_bears_its_words_in_france() -> None:
    altered = Media(retouched=True)
    assert item(found("Publicité : x", "FR", media=altered), "FR.mark.retouched").result is (
        Result.FAIL
    )
    marked = found("Publicité : x\nImages retouchées", "FR", media=altered)
    assert item(marked, "FR.mark.retouched").result is Result.PASS


def test_a_virtual_creator_brings_the_rules_for_machine_made_persons() -> None:
    virtual = Creator(kind=CreatorKind.VIRTUAL)
    finding = found("#ad hello", "US", creator=virtual)
    assert finding.verdict is Verdict.UNCLEAR
    [source] = item(finding, "US.category.ai_synthetic.1").sources
    assert source.id == "us_ny_synth"
    # In force since 9 June 2026.
    assert found("#ad hello", "US", creator=virtual, at=date(2026, 6, 8)).verdict is (
        Verdict.UNCLEAR
    )


def test_an_employee_without_employment_on_file_is_asked_about() -> None:
    employee = Creator(kind=CreatorKind.EMPLOYEE)
    finding = found("#ad hello", "US", creator=employee)
    assert item(finding, "US.employment").result is Result.UNKNOWN
    on_file = found("#ad hello", "US", creator=employee, connections=["employment"])
    assert on_file.verdict is Verdict.SUFFICIENT


def test_an_audience_of_minors_brings_their_rules() -> None:
    finding = found(
        "Reklame: x", "DK", creator=Creator(audience_under_18=0.12), advertiser=Advertiser("x")
    )
    assert item(finding, "DK.category.minors.1").result is Result.UNKNOWN


# --- duties beside the label ---


@pytest.mark.parametrize(
    ("until", "at", "result"),
    [
        (date(2026, 12, 31), TODAY, Result.PASS),
        (date(2026, 11, 22), TODAY, Result.PASS),
        (date(2026, 11, 21), TODAY, Result.FAIL),
        (None, TODAY, Result.FAIL),
    ],
)
def test_a_permit_runs_out(until: date | None, at: date, result: Result) -> None:
    creator = Creator(permit_valid_until={"AE": until}, permit_shown=True)
    assert item(found("#ad hi", "AE", creator=creator, at=at), "AE.permit").result is result


def test_no_permit_was_asked_for_before_february_2026() -> None:
    without = Creator(permit_valid_until={"AE": None})
    finding = found("#ad hi", "AE", creator=without, at=date(2026, 1, 31))
    assert finding.verdict is Verdict.SUFFICIENT


def test_ones_own_business_needs_no_permit() -> None:
    finding = found("#ad hi", "AE", connections=["own_brand"])
    assert item(finding, "AE.permit").result is Result.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("creator", "result"),
    [
        (Creator(followers=600_000), Result.UNKNOWN),
        (Creator(followers=600_000, registered={"IT": True}), Result.PASS),
        (Creator(followers=1_000, monthly_views=2_000_000, registered={"IT": False}), Result.FAIL),
        (Creator(followers=1_000, monthly_views=1_000), Result.NOT_APPLICABLE),
        (Creator(followers=1_000), Result.UNKNOWN),
    ],
)
def test_the_italian_register_takes_followers_or_views(creator: Creator, result: Result) -> None:
    assert item(found("Pubblicità: x", "IT", creator=creator), "IT.register").result is result


def test_the_spanish_register_takes_all_its_thresholds_together() -> None:
    big = Creator(followers=1_500_000, videos_12_months=24, income_eur=Decimal(300_000))
    poor = Creator(followers=1_500_000, videos_12_months=24, income_eur=Decimal(299_999))
    assert item(found("Publi: x", "ES", creator=big), "ES.register").result is Result.UNKNOWN
    line = item(found("Publi: x", "ES", creator=poor), "ES.register")
    assert (line.result, line.reason) == (Result.NOT_APPLICABLE, "Below the threshold: income.")


def contract(*connections: Connection, at: date = date(2026, 6, 1)) -> tuple[Result, str]:
    line = item(found("Publicité : x", "FR", connections=connections, at=at), "FR.contract")
    return line.result, line.reason


def euros(amount: int, *, on: date = date(2026, 2, 1), **more: object) -> Connection:
    return Connection("payment", Decimal(amount), "EUR", on, **more)  # type: ignore[arg-type]


def test_the_french_sum_is_by_advertiser_year_and_aim() -> None:
    due = "1,000.00 EUR in 2026; from 1,000 a written contract is required"
    assert contract(euros(1000, written_contract=True)) == (Result.PASS, f"{due}; there is one.")
    assert contract(euros(1000, written_contract=False)) == (Result.FAIL, f"{due}; there is none.")
    assert contract(euros(999)) == (Result.NOT_APPLICABLE, "999.00 EUR, below 1,000.")
    for other in (
        euros(600, advertiser="Other"),
        euros(600, aim="autumn"),
        euros(600, on=date(2025, 12, 31)),
    ):
        assert contract(euros(600), other) == (Result.NOT_APPLICABLE, "600.00 EUR, below 1,000.")


def test_what_has_no_value_in_euros_leaves_the_sum_open() -> None:
    dollars = Connection("free_product", Decimal(900), "USD", date(2026, 2, 1))
    assert contract(euros(600), dollars)[0] is Result.UNKNOWN
    assert contract(euros(600), Connection("free_product"))[0] is Result.UNKNOWN


# --- refusals and JSON ---


def test_a_case_that_cannot_be_checked_says_where_and_why() -> None:
    case = Case(
        platform="myspace",
        format=Format.POST,
        jurisdictions=(),
        text="",
        connections=(Connection("magic"), Connection("payment", Decimal(-1))),
        categories=frozenset({"unicorns"}),
    )
    with pytest.raises(CaseRefused) as refused:
        check(case, packs.standard(), TODAY)
    assert [problem.pointer for problem in refused.value.problems] == [
        "/platform",
        "/jurisdictions",
        "/connections/0/kind",
        "/connections/1/value",
        "/connections/1/currency",
        "/categories",
    ]
    assert refused.value.problems[0].message.startswith("Platform 'myspace' is not one of blog, ")


def test_a_finding_is_json() -> None:
    finding = found("#ad Ny jakke", "DK", language="da")
    sent = json.loads(json.dumps(finding.as_json()))
    assert (sent["verdict"], sent["strictest"], sent["at"]) == ("insufficient", "DK", "2026-11-22")
    assert [layer["key"] for layer in sent["layers"]] == [
        "connection",
        "label",
        "placement",
        "platform_tool",
        "advertiser",
        "duties",
    ]
    label = sent["layers"][1]
    assert (label["result"], label["reason"]) == ("fail", "Found '#ad': 'ad' is not enough here.")
    assert [source["id"] for source in label["sources"]] == ["dk_bt2019", "dk_bt60k"]
    [match] = sent["matches"]
    assert match == {
        "surface": "caption",
        "text": "#ad",
        "pattern": "#ad",
        "form": "hashtag",
        "start": 0,
        "end": 3,
        "visible_start": 0,
        "visible_end": 3,
        "line": 1,
        "before_fold": True,
        "cluster_size": 1,
        "cluster_position": 1,
        "brand": None,
        "denied_by": None,
        "standing": {"DK": "insufficient"},
        "reasons": {"DK": "'ad' is not enough here."},
    }
    assert sent["disclaimer"].startswith("Research data for a review tool, not legal advice.")


def test_the_same_case_gives_the_same_finding() -> None:
    assert found("#ad hello", "US DK") == found("#ad hello", "US DK")


def test_every_layer_is_there_for_every_jurisdiction() -> None:
    finding = found("#ad hello", " ".join(packs.standard().jurisdictions))
    for one in finding.per_jurisdiction:
        assert [layer.key for layer in one.layers] == list(LayerKey)
    assert len(finding.per_jurisdiction) == 22


def test_texts_without_end_are_refused_and_long_ones_are_read() -> None:
    with pytest.raises(CaseRefused) as refused:
        found("x" * 200_001, "US")
    assert [(one.pointer, one.message) for one in refused.value.problems] == [
        ("/text", "The texts are longer than 200,000 characters.")
    ]
    finding = found("#ad " * 15_000, "US", platform="facebook")
    assert len(finding.matches) == 100
