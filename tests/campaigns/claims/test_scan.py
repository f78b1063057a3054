"""What a text claims: found whatever the case, accents and marks, at its exact place."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from campaigns.choices import ClaimStatus
from campaigns.models import Claim
from campaigns.services.claims import Scanner, scan
from campaigns.services.claims_library import Wanted, save_claim
from tests.factories import NOW

TODAY = date(2026, 11, 22)
# Full-width letters look different and read the same.
WIDE = "".join(chr(ord(char) + 0xFEE0) for char in "Clinically") + " proven"
FORBIDDEN, EVIDENCE, ALLOWED = ClaimStatus.FORBIDDEN, ClaimStatus.EVIDENCE, ClaimStatus.ALLOWED


def claim(text: str, status: ClaimStatus = FORBIDDEN, *variants: str, **values) -> Claim:
    """Not saved: looking through a text asks nothing of the database."""
    said = {"pk": 1, "reason": "Not true." if status == FORBIDDEN else ""} | values
    return Claim(text=text, status=status, variants=list(variants), **said)


def places(text: str, *claims: Claim) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.words) for one in Scanner(claims).scan(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Clinically proven to calm", [(0, 17, "Clinically proven")]),
        ("it is CLINICALLY-PROVEN!", [(6, 23, "CLINICALLY-PROVEN")]),
        ("clinically\nproven", [(0, 17, "clinically\nproven")]),
        ("it is #ClinicallyProven ok", [(6, 23, "#ClinicallyProven")]),
        ("#clinically_proven", [(0, 18, "#clinically_proven")]),
        ("\U0001f49a clínically  proven", [(2, 20, "clínically  proven")]),
        (
            WIDE,
            [(0, 17, WIDE)],
        ),
        ("clini\u200bcally proven", [(0, 18, "clini\u200bcally proven")]),
        (
            "clinically proven, clinically proven",
            [(0, 17, "clinically proven"), (19, 36, "clinically proven")],
        ),
        ("clinically. Proven", []),
        ("clinically very proven", []),
        ("unclinically proven", []),
        ("clinically provenance", []),
        ("https://x.example/clinically-proven", []),
        ("@clinically proven", []),
        ("", []),
    ],
)
def test_words_stand_whole_and_next_to_each_other(text, expected):
    assert places(text, claim("clinically proven")) == expected


def test_a_mark_that_stands_apart_counts_where_it_was_typed():
    text = unicodedata.normalize("NFD", "Très efficace: préuve à l'appui")
    found = places(text, claim("preuve"))
    assert [(text[start:end], words) for start, end, words in found] == [
        ("pre\u0301uve", "pre\u0301uve")
    ]
    assert found[0][0] == text.index("pre\u0301uve")


def test_a_star_stands_for_any_ending():
    heal = claim("heal* acne", FORBIDDEN, "cure*")
    assert places("It heals acne and cures it.", heal) == [
        (3, 13, "heals acne"),
        (18, 23, "cures"),
    ]
    assert places("acne that heals, secure", heal) == []
    assert places("healing acne", heal) == [(0, 12, "healing acne")]


def test_scripts_without_spaces_are_found_inside_of_words():
    assert places("このクリームはニキビを治すと評判", claim("ニキビを治す")) == [
        (7, 13, "ニキビを治す")
    ]


def test_of_wordings_of_one_claim_the_longest_counts():
    one = claim("proven", FORBIDDEN, "clinically proven")
    assert places("clinically proven, proven", one) == [
        (0, 17, "clinically proven"),
        (19, 25, "proven"),
    ]


@pytest.mark.parametrize(
    ("held", "is_problem", "says"),
    [
        (claim("calms"), True, "“Calms” must not be said: Not true."),
        (claim("calms", ALLOWED), False, "“Calms” may be said."),
        (
            claim("calms", ALLOWED, reason="With daily use."),
            False,
            "“Calms” may be said: With daily use.",
        ),
        (
            claim("calms", EVIDENCE),
            True,
            "“Calms” needs evidence, and there is none in the library.",
        ),
        (
            claim("calms", EVIDENCE, evidence="Study of 40", evidence_place="Drive"),
            False,
            "“Calms” may be said as far as the evidence goes: Study of 40 (Drive).",
        ),
    ],
)
def test_it_says_what_to_do(held, is_problem, says):
    (found,) = Scanner([held]).scan("Calms")
    assert (found.is_problem, found.says, found.status) == (is_problem, says, held.status)


@pytest.mark.django_db
def test_only_claims_of_the_brand_the_place_and_the_day_count(
    brand, other_brand, legal, django_assert_num_queries
):
    def add(text: str, of=brand, **values) -> None:
        wanted = Wanted(text, FORBIDDEN, reason="No.", **values)
        save_claim(brand=of, wanted=wanted, actor=legal, at=NOW)

    add("calms skin")
    add("calms skin", of=other_brand)
    add("skin of glass", jurisdictions=["DK", "uk"])
    add("forever young", valid_until=date(2026, 11, 21))
    add("from tomorrow", valid_from=date(2026, 11, 23))
    text = "Calms skin, skin of glass, forever young, from tomorrow"

    def found(*jurisdictions: str) -> list[str]:
        return [one.text for one in scan(brand, text, jurisdictions=jurisdictions, on=TODAY)]

    assert found() == ["calms skin", "skin of glass"]
    assert found("SE") == ["calms skin"]
    assert found("SE", "UK") == ["calms skin", "skin of glass"]
    with django_assert_num_queries(1):
        found()


def test_people_from_outside_do_not_hear_where_the_papers_are():
    held = Claim(
        pk=1,
        text="calms redness",
        status=ClaimStatus.EVIDENCE,
        evidence="Study of 60 people",
        evidence_place="Folder 14",
    )
    [found] = Scanner([held]).scan("It calms redness.")
    words = "“calms redness” may be said as far as the evidence goes: Study of 60 people"
    assert (found.says, found.says_outside) == (f"{words} (Folder 14).", f"{words}.")
