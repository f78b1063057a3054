# ruff: noqa: RUF001 - labels are written as creators write them
"""What counts as a label in a text, what does not, and why."""

from __future__ import annotations

import pytest

from campaigns.disclosure import packs
from campaigns.disclosure.matcher import Form, Hit, Names, Reading, cluster_of
from campaigns.disclosure.text import Text
from campaigns.disclosure.wordings import PatternRefused, Wordings

MATCHER = packs.standard().matcher


def read(text: str, *names: str) -> Reading:
    return MATCHER.read(Text(text), Names(names))


def plain(text: str, *names: str) -> list[Hit]:
    """What says plainly that it is advertising."""
    lexicon = MATCHER.lexicon
    language, _ = lexicon.language_of(Text(text))
    return [
        hit
        for hit in read(text, *names).hits
        if hit.form is not Form.OPENING
        and not hit.denied_by
        and lexicon.is_plain(hit.pattern, language)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "#ad Great shoes",
        "AD | Since then",
        "AD I tried this today",
        "{#ad} a cookie",
        "/ad/",
        "/AD\n",
        "✨ AD ✨",
        "New! Ad.",
        "Disclosure: Ad",
        "haha -ad",
        "#beauty#ad#love",
        "*Werbung\nHallo",
        "Armband von @acme *Werbung",
        "|Werbung| ~ Amsterdam",
        "[Werbung da Markennennung]Guten Abend",
        "Werbung/Anzeige",
        "ᴀɴᴢᴇɪɢᴇ\nMit dir",
        "{ad - paid partnership}\nHi",
        "This video is sponsored by Acme",
        "Sponsored by @acme",
        "Reklame for @acme",
        "【PR】新しい靴です、よろしく",
        "제품 리뷰 유료광고를 포함하고 있습니다",
        "广告：你好你好",
        "#Pubblicità",
        "#anúncio",
        "#kaupallinenyhteistyö",
        "#AcmePartner with @acme",
        "Fun!\nAD https://acme.com/2026",
        "Post contains advertisement | #ootd",
    ],
)
def test_is_a_label(text: str) -> None:
    assert plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "#adidas run",
        "#adventure",
        "#lifepartner",
        "I saw an ad on TV",
        "My ad-free life",
        "a pop-up ad",
        "Ad hoc work",
        "ad esempio questo",
        "Ich habe Anzeige erstattet",
        "#notsponsored",
        "This is not an #ad",
        "not sponsored by Acme",
        "#unbezahltewerbung",
        "Werbung, unbezahlt",
        "내돈내산 후기",
        "Become a sponsor today",
        "#pub night with the girls and my dog",
        "see www.shop.com/#ad",
        "partner in crime",
        "#advertising is my job and I love it",
        "#newspaper ads, #flyers",
        "This ad by @acme is great",
    ],
)
def test_is_no_label(text: str) -> None:
    assert plain(text) == []


def test_a_question_before_a_label_does_not_deny_it() -> None:
    assert plain("Why not? #ad")


def test_a_denial_says_with_which_words() -> None:
    [hit] = [hit for hit in read("This is not a paid #ad at all").hits if hit.pattern == "#ad"]
    assert hit.denied_by == "not a paid #ad"


def test_a_first_word_without_a_mark_may_be_a_label_or_not() -> None:
    [hit] = read("Werbung ist doof").hits
    assert hit.form is Form.OPENING


def test_the_name_of_the_advertiser_ends_a_label() -> None:
    assert [hit.form for hit in read("Mainos Acme Nordic", "Acme Nordic").hits] == [
        Form.PHRASE,
        Form.LABEL,
    ]


def test_a_brand_tag_needs_the_brand() -> None:
    assert [hit.brand for hit in plain("#acmepartner", "Acme")] == ["acme"]
    assert [hit.brand for hit in plain("#acmepartner @acme.shop")] == ["acme"]
    assert plain("#otherpartner @other", "Acme") == []
    assert plain("#acmepartner alone") == []


def test_lookalikes_say_why_they_are_none() -> None:
    text = Text("#adidas and an ad on #adriatic")
    found = MATCHER.lookalikes(text, MATCHER.read(text, Names()).hits)
    assert [(one.text, one.reason) for one in found] == [
        ("#adidas", "a brand"),
        ("ad", "stands in a sentence, not as a label"),
        ("#adriatic", "another word: only whole hashtags count"),
    ]


@pytest.mark.parametrize(
    ("text", "size", "position"),
    [
        ("#ad hello", 1, 1),
        ("hello #ad", 1, 1),
        ("hello #a #ad #c", 3, 2),
        ("hello\n.\n.\n#a #b #ad", 3, 3),
        ("hello @x #ad www.x.de/y", 3, 2),
    ],
)
def test_rows_of_hashtags(text: str, size: int, position: int) -> None:
    seen = Text(text)
    [hit] = [hit for hit in MATCHER.read(seen, Names()).hits if hit.pattern == "#ad"]
    cluster = cluster_of(seen, hit)
    assert (cluster.size, cluster.position) == (size, position)


def test_the_advertiser_is_found_by_any_name() -> None:
    names = Names(("Acme Nordic", "acme.shop"))
    for text in ("by Acme Nordic", "@acme.shop", "#acmeshoplove", "ACME-NORDIC"):
        assert names.stands_in(Text(text)), text
    assert names.stands_in(Text("the acme of taste")) is None


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Some links are affiliate links.", ["affiliate_link"]),
        ("I earn a small commission if you buy.", ["commission"]),
        ("Ich erhalte eine kleine Provision", ["commission"]),
        ("Support the channel by shopping on Amazon", ["support_by_shopping"]),
        ("I am not affiliated with any vendor.", []),
        ("How affiliate marketing works", []),
        ("I was not paid. The links below are affiliate links", ["affiliate_link"]),
    ],
)
def test_affiliate_disclosures(text: str, keys: list[str]) -> None:
    found = MATCHER.lexicon.affiliate_disclosures(Text(text))
    assert [one.key for one in found] == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Use my code ANNA20 for 20% off", ["discount_code", "percent_off"]),
        ("Link in bio!", ["bio_link"]),
        ("http://liketk.it/2xGeD", ["affiliate_domain"]),
        ("https://shop.com/x?tag=anna-20", ["affiliate_parameter"]),
        ("I write code for a living", []),
        ("100% cotton", []),
    ],
)
def test_commercial_signals(text: str, keys: list[str]) -> None:
    assert [one.key for one in MATCHER.lexicon.signals_in(Text(text))] == keys


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich bin heute in der Stadt und es ist schön", "de"),
        ("Jeg er i byen i dag, og det er dejligt af dig", "da"),
        ("I am in the city today and it is lovely", "en"),
        ("Je suis en ville et c'est beau pour vous", "fr"),
        ("Oggi sono in città con il mio cane e non piove", "it"),
        ("今日は街にいます", "ja"),
        ("오늘은 도시에 있어요", "ko"),
        ("今天我在城里很开心", "zh"),
        ("#love #ootd", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert MATCHER.lexicon.language_of(Text(text))[0] == language


@pytest.mark.parametrize("pattern", ["<brand> partner", "#a<brand>b", ""])
def test_a_pattern_without_meaning_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        Wordings.of([pattern])
