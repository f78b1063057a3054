"""An offer in words, what differs between versions, and the band beside a fee."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from campaigns.choices import Compensation, Per
from campaigns.models.terms import OF_KIND, TERMS
from campaigns.services.fee_benchmarks import Account, all_rates, benchmarks
from campaigns.services.money import money
from campaigns.services.offers.wanted import Deliverable, Right, Wanted
from campaigns.services.offers.words import differences, headline, lines_of, sheet
from tests.campaigns.offers.worlds import FEE

NAMES = {"instagram": "Instagram", "tiktok": "TikTok", "podcast": "Podcast"}


def texts(wanted: Wanted) -> list[str]:
    return [f"{line.label}: {line.text}" for line in lines_of(wanted, NAMES)]


def test_an_offer_reads_as_people_say_it():
    assert texts(FEE) == [
        "Compensation: Fee",
        "Fee: 800 USD",
        "Short video on Instagram, review: 2, by 20 December 2026",
        "Organic use: 12 months, everywhere, all channels",
        "Paid use: 3 months, Denmark, all channels",
        "Exclusivity: no other running shoes for 3 months",
        "Valid until: 1 December 2026",
    ]
    event = Wanted(
        "event",
        amount=Decimal("99.50"),
        per=Per.POST,
        currency="EUR",
        event="Launch night",
        event_on=date(2026, 12, 3),
        covers_travel=False,
        rights=(Right("whitelisting"),),
    )
    assert texts(event)[1:] == [
        "Fee: 99.50 EUR for each deliverable",
        "Event: Launch night",
        "Day of the event: 3 December 2026",
        "Travel and stay are paid: no",
        "Whitelisting: without end, everywhere, all channels",
    ]
    assert headline(event) == "99.50 EUR for each deliverable, Launch night"
    assert headline(Wanted("affiliate", percent=Decimal("12.5000"), months=1)) == "12.5 %"


def test_every_kind_has_its_terms():
    assert set(OF_KIND) == set(Compensation)
    assert all(terms.allowed <= set(TERMS) for terms in OF_KIND.values())


def test_what_changed_is_said_line_by_line():
    after = replace(
        FEE,
        amount=Decimal(950),
        valid_until=None,
        deliverables=(
            replace(FEE.deliverables[0], count=3),
            Deliverable("unboxing", "tiktok", "video"),
        ),
        rights=FEE.rights[:1],
    )
    assert differences(FEE, after, NAMES) == [
        "Fee: 950 USD (800 USD before)",
        "Short video on Instagram, review: 3, by 20 December 2026 (2, by 20 December 2026 before)",
        "Video on TikTok, unboxing: 1 (new)",
        "Paid use: no longer (3 months, Denmark, all channels before)",
        "Valid until: no longer (1 December 2026 before)",
    ]
    assert differences(after, after, NAMES) == []


def test_versions_stand_side_by_side_in_one_order():
    gift = Wanted("gift", product="Shoes", product_value=Decimal(120), currency="EUR")
    rows = sheet([gift, replace(FEE, deliverables=(), rights=(), exclusive_for="")], NAMES)
    assert [(row.label, row.cells) for row in rows] == [
        ("Compensation", (("Gift", False), ("Fee", True))),
        ("Product", (("Shoes", False), ("", True))),
        ("Value of the product", (("120 EUR", False), ("", True))),
        ("Fee", (("", False), ("800 USD", True))),
        ("Valid until", (("", False), ("1 December 2026", True))),
    ]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal(1500), "1,500 EUR"),
        (Decimal("0.5"), "0.50 EUR"),
        (Decimal("1000000.10"), "1,000,000.10 EUR"),
        (None, ""),
    ],
)
def test_money_reads_with_its_currency(amount, words):
    assert money(amount, "EUR") == words


def found(wanted: Wanted = FEE, followers: int | None = 50_000, views: float | None = 20_000):
    accounts = {"instagram": Account(followers, views), "tiktok": Account(5_000, None)}
    return benchmarks(wanted, accounts, NAMES)


def test_the_band_says_where_it_comes_from():
    bands = found().bands
    assert [(b.rates.key, b.words, b.standing) for b in bands] == [
        ("untapper_2026_cpm", "400 to 1,000 USD", "within"),
        ("glossary_2025", "200 to 2,000 USD", "within"),
        ("alittleclass_2021_instagram", "200 to 1,000 USD", "within"),
    ]
    account = "Micro on Instagram (50,000 followers)"
    assert [band.steps for band in bands[:2]] == [
        (f"{account}: 2 posts of 20,000 views each, at 10 to 25 USD per 1,000 views",),
        (f"{account}: 2 posts at 100 to 1,000 USD each",),
    ]


@pytest.mark.parametrize(
    ("amount", "per", "words"),
    [
        (150, Per.ALL, "the fee lies 25 % below"),
        (200, Per.ALL, "the fee lies within"),
        (100, Per.POST, "the fee lies within"),
        (99, Per.POST, "the fee lies 1 % below"),
        (2_000, Per.ALL, "the fee lies within"),
        (1_001, Per.POST, "the fee lies less than 1 % above"),
        (2_800, Per.ALL, "the fee lies 40 % above"),
    ],
)
def test_a_fee_is_compared_for_all_posts_together(amount, per, words):
    band = next(
        band
        for band in found(replace(FEE, amount=Decimal(amount), per=per)).bands
        if band.rates.key == "glossary_2025"
    )
    assert band.compared == words


def test_another_currency_is_never_converted():
    band = found(replace(FEE, currency="DKK")).bands[0]
    assert (band.words, band.standing, band.compared) == ("400 to 1,000 USD", "", "")
    assert band.note == (
        "The band is in USD and the fee in DKK: nothing is converted, so they are not compared."
    )


def test_a_band_without_an_upper_end_has_no_above():
    band = next(b for b in found(followers=2_000_000).bands if b.rates.key == "glossary_2025")
    assert (band.words, band.high, band.standing) == ("30,000 USD or more", None, "below")


def test_lines_on_several_platforms_are_added_up():
    both = replace(
        FEE, deliverables=(*FEE.deliverables, Deliverable("review", "tiktok", "video", 1))
    )
    [band] = found(both).bands
    assert (band.rates.key, band.words) == ("glossary_2025", "210 to 2,100 USD")


@pytest.mark.parametrize(
    ("wanted", "followers", "reason"),
    [
        (replace(FEE, amount=None), 50_000, "There is no amount of money to compare."),
        (
            replace(FEE, per=Per.MONTH),
            50_000,
            "No benchmark for this: rates are for posts, not for months.",
        ),
        (
            replace(FEE, deliverables=()),
            50_000,
            "No benchmark for this: it names no deliverable.",
        ),
        (
            replace(FEE, deliverables=(Deliverable("review", "instagram", "story"),)),
            50_000,
            "No benchmark for this: rates are for posts, and “story” is not one.",
        ),
        (
            replace(FEE, deliverables=(Deliverable("review", "podcast", "video"),)),
            50_000,
            "No benchmark for this: how many followers the creator has on Podcast is not known.",
        ),
        (FEE, 999, "No benchmark for this: no source covers this platform and size."),
    ],
)
def test_where_there_is_no_benchmark_it_says_why(wanted, followers, reason):
    there = found(wanted, followers)
    assert (there.bands, there.reason) == ((), reason)


def test_the_file_of_rates_is_whole():
    rates, forms = all_rates()
    assert len({one.key for one in rates}) == len(rates) == 6
    assert forms == {"image", "carousel", "short_video", "video"}
    for one in rates:
        assert one.source
        assert 2020 <= one.year <= 2026
        assert all((tier.fee is None) is not (tier.cpm is None) for tier in one.tiers)
        assert all(tier.high is None or tier.low < tier.high for tier in one.tiers)
