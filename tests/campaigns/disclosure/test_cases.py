"""The cases that the engine must get right, each with its expected verdict."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from campaigns.disclosure.case import Connection, Creator
from campaigns.disclosure.finding import LayerKey
from campaigns.disclosure.vocabulary import Result, Verdict
from tests.campaigns.disclosure.building import ACME, found, item, of


def test_ad_in_a_danish_post_is_insufficient() -> None:
    finding = found("#ad Ny jakke fra @acme.shop", "DK", language="da", advertiser=ACME)
    assert finding.verdict is Verdict.INSUFFICIENT
    label = item(finding, "DK.label")
    assert (label.result, label.reason) == (Result.FAIL, "Found '#ad': 'ad' is not enough here.")
    assert [source.id for source in label.sources] == ["dk_bt2019", "dk_bt60k"]


def test_the_same_at_the_start_of_a_post_for_the_us_is_sufficient() -> None:
    finding = found("#ad New jacket from @acme.shop", "US", language="en", advertiser=ACME)
    assert finding.verdict is Verdict.SUFFICIENT


def test_one_post_for_both_shows_the_stricter() -> None:
    finding = found("#ad New jacket from @acme.shop", "US DK", language="en", advertiser=ACME)
    assert (finding.verdict, finding.strictest) == (Verdict.INSUFFICIENT, "DK")
    assert of(finding, "US").verdict is Verdict.SUFFICIENT
    assert [one.key for one in finding.per_jurisdiction] == ["DK", "US"]


def test_a_label_at_character_140_on_instagram_is_badly_placed() -> None:
    caption = f"{'word ' * 28}#ad"
    assert caption.index("#ad") == 140
    finding = found(caption, "US", language="en")
    assert finding.verdict is Verdict.INSUFFICIENT
    placement = next(one for one in finding.layers if one.key is LayerKey.PLACEMENT)
    assert placement.result is Result.FAIL
    assert placement.reason == (
        "'#ad' ends at character 143, line 1; instagram (feed) cuts after 125 characters."
    )
    assert finding.fold == {"chars": 125, "lines": None}


def test_ad_gifted_passes_in_the_uk_and_gifted_alone_fails() -> None:
    both = found("Ad - Gifted", "UK", connections=["gift_unsolicited"])
    assert both.verdict is Verdict.SUFFICIENT
    alone = found("Gifted", "UK", connections=["gift_unsolicited"])
    assert alone.verdict is Verdict.INSUFFICIENT
    assert item(alone, "UK.label").reason == "Found 'Gifted': 'gifted' is not enough here."


def test_gifted_passes_in_ireland_when_nobody_asked_for_the_gift() -> None:
    assert found("Gifted", "IE", connections=["gift_unsolicited"]).verdict is Verdict.SUFFICIENT
    with_a_say = Connection("gift_unsolicited", influence=True)
    assert found("Gifted", "IE", connections=[with_a_say]).verdict is Verdict.INSUFFICIENT
    assert found("Gifted", "IE", connections=["payment"]).verdict is Verdict.INSUFFICIENT


def test_collab_fails_in_the_netherlands() -> None:
    finding = found("#collab nieuwe jas", "NL")
    assert finding.verdict is Verdict.INSUFFICIENT
    assert [source.id for source in item(finding, "NL.label").sources] == ["nl_bnd"]


def test_collaboration_passes_in_india() -> None:
    assert found("Collaboration with @acme.shop", "IN").verdict is Verdict.SUFFICIENT
    assert found("Collaboration: a new jacket", "IN").verdict is Verdict.SUFFICIENT


def french(*connections: Connection, at: date = date(2026, 6, 1)) -> tuple[Result, str]:
    finding = found("Publicité : bonjour", "FR", connections=connections, at=at)
    contract = item(finding, "FR.contract")
    return contract.result, contract.reason


def test_pay_and_goods_of_a_year_together_ask_for_a_written_contract_in_france() -> None:
    fee = Connection("payment", Decimal(600), "EUR", date(2026, 2, 1), aim="spring")
    goods = Connection("free_product", Decimal(450), "EUR", date(2026, 3, 1), aim="spring")
    words = "1,050.00 EUR in 2026; from 1,000 a written contract is required"
    assert french(fee, goods) == (Result.UNKNOWN, f"{words}; whether there is one is not noted.")
    assert french(fee) == (Result.NOT_APPLICABLE, "600.00 EUR, below 1,000.")


def test_a_creator_with_100_000_followers_registers_in_the_netherlands_since_16_june_2025() -> None:
    creator = Creator(followers=100_000, videos_12_months=30, registered={"NL": False})
    before = found("#ad hallo", "NL", at=date(2025, 6, 15), creator=creator)
    after = found("#ad hallo", "NL", at=date(2025, 6, 16), creator=creator)
    assert item(before, "NL.register").result is Result.NOT_APPLICABLE
    assert item(before, "NL.register").reason == "Below the threshold: followers."
    assert item(after, "NL.register").result is Result.FAIL
    assert item(after, "NL.register").reason == "The register is due, and the creator is not in it."


def test_without_a_permit_nothing_goes_out_in_the_emirates() -> None:
    finding = found("#ad hello", "AE", creator=Creator(permit_valid_until={"AE": None}))
    assert finding.verdict is Verdict.INSUFFICIENT
    assert finding.sensitive
    assert of(finding, "AE").blocked_by == ("AE.permit",)
    assert (
        item(finding, "AE.permit").reason == "The creator has no permit: the post must not go out."
    )
    # Nobody knows: neither a stop nor a way to "sufficient".
    unknown = found("#ad hello", "AE")
    assert (unknown.verdict, of(unknown, "AE").blocked_by) == (Verdict.UNCLEAR, ())


def test_a_brand_that_begins_like_a_label_is_none() -> None:
    finding = found("#adidas run", "US")
    assert finding.verdict is Verdict.MISSING
    assert finding.matches == ()
    [mark] = finding.marks
    assert (mark.kind, mark.text, mark.start, mark.end) == ("lookalike", "#adidas", 0, 7)


def test_a_denial_with_a_deal_on_file_is_missing_and_a_conflict() -> None:
    finding = found("#notsponsored just love it", "US")
    assert finding.verdict is Verdict.MISSING
    [conflict] = finding.conflicts
    assert conflict.key == "denied_with_connection"
    assert "'#notsponsored'" in conflict.reason
