"""What was seen at once, as captured, decides over the folds that sources tell of."""

import pytest

from campaigns.disclosure.captured import cut_of
from campaigns.disclosure.vocabulary import Result, Verdict
from tests.campaigns.disclosure.building import found, item

LATE = "x" * 60 + " " + "y" * 60 + " #ad"  # the label ends at character 125
FAR = "word " * 30 + "#ad"


@pytest.mark.parametrize(
    ("caption", "visible", "cut"),
    [
        (None, "Hello", None),
        ("Hello", None, None),
        ("Hello world #ad", "Hello world #ad", 15),
        ("Hello world #ad\n\n", "Hello world #ad", 17),
        ("Hello world #ad", "Hello world… more", 11),
        ("Hello world #ad", "Hello world ... mehr anzeigen", 11),
        ("Hello world #ad", "mira.holm Hello world… more", 11),
        ("Hello\nworld #ad", "Hello world… more", 11),
        ("Hello world #ad", "Hello world #a… more", 14),
        ("Hello world #ad", "", 0),
        ("", "", None),
        # Another text, or one with more than a word or two behind it.
        ("Hello world #ad", "Goodbye", None),
        ("Hello world #ad", "Hello there, this is not what stands in the caption", None),
        # Composed forms: what is typed as a letter and a mark is one.
        ("Cafe\u0301 time #ad", "Café time… more", 9),
    ],
)
def test_where_a_caption_was_cut(caption, visible, cut):
    assert cut_of(caption, visible) == cut


def test_a_label_that_was_seen_passes_where_it_was_reckoned_to_be_hidden():
    reckoned = item(found(FAR, "IE"), "IE.placement.before_fold")
    assert reckoned.result is Result.FAIL
    finding = found(FAR, "IE", visible=FAR)
    line = item(finding, "IE.placement.before_fold")
    assert line.result is Result.PASS
    assert line.reason == (
        "'#ad' ends at character 153, line 1; it was seen without a tap when it was captured."
    )
    assert finding.fold == {"chars": 125, "lines": None, "captured": 153}
    assert [match.before_fold for match in finding.matches] == [True]


def test_a_label_that_was_not_seen_fails_where_it_was_reckoned_to_be_seen():
    assert item(found(LATE, "IE"), "IE.placement.before_fold").result is Result.PASS
    finding = found(LATE, "IE", visible="x" * 60 + "… more")
    line = item(finding, "IE.placement.before_fold")
    assert line.result is Result.FAIL
    assert line.reason == (
        "'#ad' ends at character 125, line 1; when it was captured, no more than 60 characters "
        "was seen without a tap."
    )
    assert finding.verdict is Verdict.INSUFFICIENT
    assert line.reason in finding.reason
    assert [match.before_fold for match in finding.matches] == [False]


def test_what_is_of_another_text_counts_for_nothing_and_is_said():
    finding = found(LATE, "IE", visible="An earlier caption of the same post")
    line = item(finding, "IE.placement.before_fold")
    assert line.result is Result.PASS
    assert line.reason.endswith(
        "What was captured as seen at once is not the beginning of this text."
    )
    assert "captured" not in finding.fold


def test_a_rule_of_first_lines_holds_whatever_was_seen_on_one_device():
    text = "a\nb\nc\n#ad"
    line = item(found(text, "US", visible=text), "US.placement.before_fold")
    assert line.result is Result.FAIL
    assert "only the first 3 lines" in line.reason


def test_all_devices_are_more_than_the_one_that_was_captured():
    seen = item(found(FAR, "UK", visible=FAR), "UK.placement.all_devices")
    assert seen.result is Result.UNKNOWN
    assert "On other devices: '#ad' ends at character 153" in seen.reason
