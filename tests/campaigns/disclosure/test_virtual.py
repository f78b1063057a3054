"""Virtual creators: consents, rights in the character, and words that say what they are."""

from dataclasses import replace
from datetime import date

import pytest

from campaigns.disclosure.case import Consent, Creator, Media, Virtual
from campaigns.disclosure.vocabulary import CreatorKind, Result, Verdict
from tests.campaigns.disclosure.building import found, item

DAY = date(2026, 11, 23)
FACE = Consent(("face", "voice"), given=True, valid_until=date(2026, 12, 31))
MODELLED = Virtual(ai_made=True, based_on_people=True, consents=(FACE,), rights_owner=True)


def of(virtual: Virtual | None) -> Creator:
    return Creator(kind=CreatorKind.VIRTUAL, virtual=virtual)


def line(virtual: Virtual | None, key: str = "likeness", text: str = "#ad hello"):
    return item(found(text, "DK", creator=of(virtual), at=DAY), f"DK.{key}")


def with_consents(*consents: Consent) -> Virtual:
    return replace(MODELLED, consents=consents)


@pytest.mark.parametrize(
    ("virtual", "result", "reason"),
    [
        (None, Result.UNKNOWN, "Whether the character is modelled on anybody is not on file."),
        (Virtual(), Result.UNKNOWN, "Whether the character is modelled on anybody is not on file."),
        (
            Virtual(based_on_people=False),
            Result.NOT_APPLICABLE,
            "The character is modelled on nobody.",
        ),
        (
            with_consents(),
            Result.UNKNOWN,
            "The character is modelled on people, and none of them is on file.",
        ),
        (MODELLED, Result.PASS, "The person consented."),
        (with_consents(FACE, FACE), Result.PASS, "All 2 people consented."),
        (
            with_consents(FACE, Consent(("body",))),
            Result.UNKNOWN,
            "Person 2 (body): nobody wrote down whether they consented.",
        ),
        # The worst is told, and of that all.
        (
            with_consents(
                Consent(("face",), given=False),
                Consent(("body",)),
                replace(FACE, valid_until=date(2026, 11, 22)),
                replace(FACE, valid_from=date(2026, 11, 24)),
            ),
            Result.FAIL,
            (
                "Person 1 (face) did not consent: the post must not go out. "
                "Person 3 (face, voice): the consent ended on 2026-11-22. "
                "Person 4 (face, voice): the consent begins on 2026-11-24 only."
            ),
        ),
        # The last day counts.
        (
            with_consents(replace(FACE, valid_from=DAY, valid_until=DAY)),
            Result.PASS,
            "The person consented.",
        ),
    ],
)
def test_everybody_it_is_like_has_to_consent(virtual, result, reason):
    got = line(virtual)
    assert (got.result, got.reason, got.hard) == (result, reason, True)


def test_a_consent_that_lapsed_stops_the_post_whatever_its_label_says():
    lapsed = with_consents(replace(FACE, valid_until=date(2026, 11, 1)))
    finding = found("#ad hello", "DK", creator=of(lapsed), at=DAY)
    assert finding.verdict is Verdict.INSUFFICIENT
    assert finding.per_jurisdiction[0].blocked_by == ("DK.likeness",)
    assert finding.sensitive


@pytest.mark.parametrize(
    ("virtual", "result", "reason"),
    [
        (None, Result.UNKNOWN, "Who holds the rights in the character is not on file."),
        (MODELLED, Result.PASS, "The rights in the character have no end on file."),
        (
            replace(MODELLED, rights_until=DAY),
            Result.PASS,
            "The brand may use the character until 2026-11-23.",
        ),
        (
            replace(MODELLED, rights_until=date(2026, 11, 22)),
            Result.FAIL,
            "The brand may use the character until 2026-11-22 only.",
        ),
    ],
)
def test_the_rights_in_the_character_are_no_matter_of_the_label(virtual, result, reason):
    got = line(virtual, "character")
    assert (got.result, got.reason, got.blocks) == (result, reason, False)


def test_nobody_else_is_asked():
    finding = found("#ad hello", "DK", at=DAY)
    keys = {one.key for one in finding.per_jurisdiction[0].items}
    assert not keys & {"DK.likeness", "DK.character", "DK.category.ai_synthetic"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#ad I am a virtual influencer", "virtual influencer"),
        ("#ad #virtualinfluencer", "#virtualinfluencer"),
        ("#ad This picture is AI-generated.", "ai-generated"),
        ("#ad made with AI", "made with ai"),
        ("#Werbung Dieses Bild ist KI-generiert", "ki-generiert"),
        ("#reklame Jeg er en virtuel figur", "virtuel figur"),
        ("#publicité images virtuelles", "images virtuelles"),
    ],
)
def test_words_that_say_it_are_found_and_left_to_a_person(text, words):
    got = item(found(text, "IN", creator=of(MODELLED), at=DAY), "IN.category.ai_synthetic.1")
    assert got.result is Result.UNKNOWN
    assert got.reason == (
        f"{words!r} is said (caption): whether that is plain enough, a person decides."
    )
    assert got.question == "Does the piece say that nobody real speaks, or that AI made it?"
    assert [source.id for source in got.sources] == ["in_asci"]


@pytest.mark.parametrize(
    "text",
    [
        "#ad my virtual tour of Paris",
        "#ad digital marketing",
        "#ad I am available",
        "#ad laid back",
    ],
)
def test_other_words_are_not_taken_for_it(text):
    got = item(found(text, "IN", creator=of(MODELLED), at=DAY), "IN.category.ai_synthetic.1")
    assert got.reason == (
        "No words that say so were found in what was captured: a person must look."
    )


def test_a_machine_made_person_in_a_picture_of_somebody_real_asks_the_same():
    finding = found("#ad hello", "IN", media=Media(synthetic=True), at=DAY)
    keys = {one.key for one in finding.per_jurisdiction[0].items}
    assert "IN.category.ai_synthetic.1" in keys
    assert "IN.likeness" not in keys
