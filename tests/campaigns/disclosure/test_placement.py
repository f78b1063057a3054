"""Where a label must stand: caption, row of hashtags, frames, film, sound."""

from __future__ import annotations

from datetime import date

import pytest

from campaigns.disclosure.case import Answer, Media
from campaigns.disclosure.vocabulary import Format, Result, Verdict
from tests.campaigns.disclosure.building import ACME, found, item

PASS, FAIL, UNKNOWN, IDLE = Result.PASS, Result.FAIL, Result.UNKNOWN, Result.NOT_APPLICABLE
WORDS = "We had such a lovely time by the sea this week"


@pytest.mark.parametrize(
    ("platform", "length", "result"),
    [
        ("instagram", 125, PASS),
        ("instagram", 126, FAIL),
        ("pinterest", 50, PASS),
        ("pinterest", 51, FAIL),
        ("linkedin", 140, PASS),
        ("linkedin", 141, FAIL),
        ("facebook", 125, PASS),
        ("facebook", 126, FAIL),
        ("x", 280, PASS),
        ("x", 281, FAIL),
        ("youtube", 157, PASS),
        ("youtube", 158, FAIL),
        ("tiktok", 150, PASS),
    ],
)
def test_a_label_is_seen_up_to_the_fold(platform: str, length: int, result: Result) -> None:
    finding = found("x" * (length - 4) + " #ad", "IE", platform=platform)
    assert item(finding, "IE.placement.before_fold").result is result


def test_where_sources_disagree_a_person_decides() -> None:
    finding = found("Hello\n#ad", "IE", platform="tiktok")
    line = item(finding, "IE.placement.before_fold")
    assert line.result is UNKNOWN
    assert line.reason == (
        "'#ad' ends at character 9, line 2; by one source tiktok cuts after 1 line, "
        "by another later."
    )


def test_only_three_lines_are_sure_to_be_seen_in_the_us() -> None:
    assert item(found("a\nb\n#ad", "US"), "US.placement.before_fold").result is PASS
    fourth = item(found("a\nb\nc\n#ad", "US"), "US.placement.before_fold")
    assert (fourth.result, fourth.reason) == (
        FAIL,
        "'#ad' ends at character 9, line 4; only the first 3 lines are sure to be seen.",
    )


def test_where_the_us_speak_of_other_platforms_only_a_person_decides() -> None:
    late = item(found("x" * 50 + " #ad", "US", platform="pinterest"), "US.placement.before_fold")
    assert late.result is UNKNOWN


def test_an_emoji_counts_as_one_character() -> None:
    finding = found("👨‍👩‍👧" * 120 + " #ad", "US")
    assert item(finding, "US.placement.before_fold").result is PASS


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("#ad hello", PASS),
        ("@acme #ad hello", PASS),
        ("So happy today #ad", PASS),
        ("I had a lovely day #ad with friends", UNKNOWN),
        (f"{WORDS} #ad", FAIL),
        ("word " * 40 + "#ad", FAIL),
    ],
)
def test_the_start_of_a_caption(text: str, result: Result) -> None:
    assert item(found(text, "UK"), "UK.placement.start_of_caption").result is result


def test_finland_wants_the_label_first() -> None:
    def placed(text: str) -> Result:
        finding = found(text, "FI", advertiser=ACME)
        return item(finding, "FI.placement.start_of_caption").result

    assert placed("Mainos Acme: hei") is PASS
    assert placed("Hei! Mainos Acme: uusi") is FAIL


@pytest.mark.parametrize(
    ("text", "us", "nl"),
    [
        ("Hello #ad", PASS, PASS),
        ("#ad #a #b hello", PASS, PASS),
        ("Hello #ad #a #b", FAIL, PASS),
        ("Hello #a #ad #b", FAIL, FAIL),
        ("Hello #a #b #ad", FAIL, PASS),
    ],
)
def test_a_row_of_hashtags(text: str, us: Result, nl: Result) -> None:
    finding = found(text, "US NL")
    assert item(finding, "US.placement.not_in_hashtag_cluster").result is us
    assert item(finding, "NL.placement.not_in_hashtag_cluster").result is nl


def test_italy_takes_the_start_or_the_first_three_hashtags() -> None:
    late = found(f"{WORDS} #a #sponsorizzato", "IT")
    assert item(late, "IT.placement.first_three_hashtags").result is PASS
    assert item(late, "IT.placement.start_of_caption").result is IDLE
    later = found(f"{WORDS} #a #b #c #sponsorizzato", "IT")
    assert item(later, "IT.placement.first_three_hashtags").result is FAIL
    assert item(later, "IT.placement.start_of_caption").result is FAIL


def test_ad_and_brand_among_the_first_three_hashtags_pass_in_italy() -> None:
    def verdict(text: str) -> Verdict:
        return found(text, "IT", language="it", advertiser=ACME).verdict

    assert verdict("#ad #acme ciao") is Verdict.SUFFICIENT
    assert verdict("#ad ciao") is Verdict.INSUFFICIENT
    assert verdict("#ad #a #b #acme ciao") is Verdict.INSUFFICIENT


@pytest.mark.parametrize(
    ("language", "text", "result"),
    [
        ("en", "#ad hello", PASS),
        ("da", "#ad hej", FAIL),
        (None, "#ad jeg er glad, og det er godt af dig", UNKNOWN),
        (None, "#ad", PASS),
    ],
)
def test_the_language_of_label_and_post(language: str | None, text: str, result: Result) -> None:
    finding = found(text, "US", language=language)
    assert item(finding, "US.placement.same_language").result is result


def test_english_does_in_india_whatever_the_post_is_in() -> None:
    assert item(found("#ad x", "IN", language="hi"), "IN.placement.same_language").result is PASS


def test_a_french_word_does_not_label_an_english_post_in_canada() -> None:
    assert found("#pub belle", "CA", language="fr").verdict is Verdict.SUFFICIENT
    assert found("#pub night", "CA", language="en").verdict is Verdict.MISSING


# --- stories ---


def story(*frames: str, where: str) -> Result:
    finding = found(None, where.partition(".")[0], format=Format.STORY, media=Media(frames=frames))
    return item(finding, where).result


def test_each_frame_of_a_story() -> None:
    each = "DE.placement.each_story_frame"
    assert story("Werbung", "Werbung", where=each) is PASS
    assert story("Werbung", "hallo", where=each) is FAIL
    ends = "NL.placement.story_first_last"
    assert story("#ad", "hallo", "#ad", where=ends) is PASS
    assert story("#ad", "hallo", "dag", where=ends) is FAIL


def test_the_words_of_a_story_stand_on_the_picture() -> None:
    finding = found("#ad hello", "US", format=Format.STORY)
    assert item(finding, "US.placement.superimpose_on_image").result is PASS


def test_a_story_that_nobody_captured_is_not_reviewed() -> None:
    finding = found(None, "DE", format=Format.STORY)
    assert (finding.verdict, finding.reason) == (
        Verdict.NOT_REVIEWED,
        "Germany: Nothing of the post was captured.",
    )


# --- film and sound ---


@pytest.mark.parametrize(
    ("media", "both", "somewhere"),
    [
        (Media(), UNKNOWN, UNKNOWN),
        (Media(frames=("#ad",), spoken="this is an ad, hello"), FAIL, PASS),
        (Media(frames=("#ad",), spoken="Advertisement. Hello"), PASS, PASS),
        (Media(frames=("hello",), spoken="hello"), FAIL, FAIL),
        (Media(frames=("#ad",)), UNKNOWN, PASS),
    ],
)
def test_film_and_description(media: Media, both: Result, somewhere: Result) -> None:
    finding = found("#ad hello", "US", format=Format.REEL, media=media)
    assert item(finding, "US.placement.spoken_and_visual").result is both
    assert item(finding, "US.placement.in_video_and_description").result is somewhere


@pytest.mark.parametrize(
    ("shown", "length", "result"),
    [
        (3, 15, PASS),
        (2, 15, FAIL),
        (20, 60, PASS),
        (19, 60, FAIL),
        (180, 180, PASS),
        (90, 180, FAIL),
    ],
)
def test_how_long_india_wants_to_see_the_label(shown: float, length: float, result: Result) -> None:
    media = Media(label_seconds=shown, seconds=length)
    finding = found("#ad hello", "IN", format=Format.VIDEO, media=media)
    assert item(finding, "IN.placement.min_duration").result is result


def test_a_post_of_unknown_medium_says_which_rules_were_not_asked() -> None:
    [india] = found("#ad hello", "IN").per_jurisdiction
    assert india.not_asked == (
        "Does the label stand on the picture? (for photo, story)",
        "Is the label shown long enough? (for video)",
        "Is the label spoken and shown? (for video)",
        "Is the label shown during the whole live stream? (for live)",
        "Is the label spoken at start and end and around each break? (for podcast)",
    )


def test_a_person_answers_what_the_engine_cannot_see() -> None:
    answers = {
        "US.placement.spoken_and_visual": Answer(PASS, "Said and shown at 0:03."),
        "US.placement.in_video_and_description": Answer(PASS),
    }
    before = found("#ad hello", "US", format=Format.REEL)
    after = found("#ad hello", "US", format=Format.REEL, answers=answers)
    assert (before.verdict, after.verdict) == (Verdict.UNCLEAR, Verdict.SUFFICIENT)
    line = item(after, "US.placement.spoken_and_visual")
    assert (line.decided_by, line.engine, line.reason) == (
        "person",
        UNKNOWN,
        "Said and shown at 0:03.",
    )


# --- the platform's tool, the advertiser, dates ---


@pytest.mark.parametrize(
    ("where", "verdict"),
    [
        ("IN", Verdict.SUFFICIENT),
        ("UK", Verdict.INSUFFICIENT),
        ("DE", Verdict.INSUFFICIENT),
        ("US", Verdict.UNCLEAR),
        ("AU", Verdict.UNCLEAR),
    ],
)
def test_the_platforms_own_label_alone(where: str, verdict: Verdict) -> None:
    assert found("Hello there", where, platform_tool=True).verdict is verdict


@pytest.mark.parametrize(
    ("tool", "verdict"),
    [(True, Verdict.SUFFICIENT), (False, Verdict.INSUFFICIENT), (None, Verdict.UNCLEAR)],
)
def test_brazil_wants_the_platforms_label_too(tool: bool | None, verdict: Verdict) -> None:
    assert found("#publi oi", "BR", platform_tool=tool).verdict is verdict


def test_denmark_wants_to_know_for_whom() -> None:
    assert found("Reklame for @acme.shop: hej", "DK", advertiser=ACME).verdict is Verdict.SUFFICIENT
    assert found("Reklame: hej", "DK", advertiser=ACME).verdict is Verdict.INSUFFICIENT
    assert found("Reklame: hej", "DK").verdict is Verdict.UNCLEAR


def test_a_member_state_inherits_what_binds_in_the_union() -> None:
    late = found("word " * 40 + "#publicité", "FR", language="fr")
    line = item(late, "FR.placement.before_fold")
    assert (line.result, [source.id for source in line.sources]) == (
        FAIL,
        ["eu_sweep", "eu_sweep2"],
    )
    advice = item(late, "FR.placement.use_platform_tool")
    assert not advice.blocks


def test_a_pack_that_is_silent_on_the_fold_leaves_it_to_a_person() -> None:
    late = item(found("word " * 40 + "#ad", "CA"), "CA.placement.before_fold")
    assert late.result is UNKNOWN
    assert late.reason.endswith("This pack does not say so itself: decide.")


def test_rules_change_in_the_middle_of_a_campaign() -> None:
    def french(at: date) -> set[str]:
        [finding] = found("Publicité : x", "FR", format=Format.PHOTO, at=at).per_jurisdiction
        return {one.key for one in finding.items}

    before, after = french(date(2024, 11, 7)), french(date(2024, 11, 8))
    assert before - after == {"FR.placement.on_image_full_duration"}
    assert after - before == {"FR.placement.clear_legible"}


def test_spain_rejects_ad_since_its_code_and_leaves_it_to_a_person_before() -> None:
    assert found("#ad hola", "ES", at=date(2025, 9, 30)).verdict is Verdict.UNCLEAR
    assert found("#ad hola", "ES", at=date(2025, 10, 1)).verdict is Verdict.INSUFFICIENT
