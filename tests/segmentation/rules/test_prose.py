"""The rule as a sentence."""

import pytest

from segmentation.rules import tree
from segmentation.rules.prose import in_words
from segmentation.rules.text import parse
from segmentation.rules.tree import Period, Unit
from segmentation.rules.words import window_words
from tests.segmentation.rules.sample import CATALOGUE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("followers >= 10_000", "Followers at least 10,000."),
        (
            "followers between 10_000 and 99_999 and (role is educator or themes any of (spf))",
            (
                "Followers between 10,000 and 99,999, and (role is Educator or themes include any "
                "of spf)."
            ),
        ),
        ("not followers >= 5", "Followers less than 5."),
        ("not role in (educator, reviewer)", "Role is not one of Educator, Reviewer."),
        ("not themes all of (spf)", "Themes do not include all of spf."),
        (
            "not (followers > 5 and fee <= 1.5)",
            "Not (followers more than 5 and fee at most 1.5 USD).",
        ),
        (
            "last_post_at within last 90 days or joined_on older than 1 month",
            "Last post in the last 90 days, or joined more than 1 month ago.",
        ),
        ("joined_on in last fiscal quarter", "Joined in the last fiscal quarter."),
        (
            "is_virtual is false and bio contains vegan",
            "Virtual creator is no, and bio contains \u201cvegan\u201d.",
        ),
        ("not bio contains vegan", "Bio does not contain \u201cvegan\u201d."),
        ("joined_on within last 1 day", "Joined in the last day."),
        ("audience_country[DK] >= 25%", "Share of Denmark in audience countries at least 25%."),
        ("bio is unknown and not bio is known", "Bio not known, and bio not known."),
        ("themes is empty", "Themes empty."),
        ("all(followers != 5)", "Followers other than 5."),
        # What has no words yet, or lost its fact, stays readable.
        ('not segment("core") and gone > 5', "Not in segment core, and gone > 5."),
        (
            "engagement_rate >= p75(stage)",
            "Engagement rate at least the 75th percentile of creators with the same stage.",
        ),
        ("all()", "All()."),
    ],
)
def test_in_words(text: str, sentence: str) -> None:
    assert in_words(parse(text), CATALOGUE) == sentence


def test_long_lists_are_cut() -> None:
    names = tuple(f"t{number}" for number in range(10))
    rule = tree.Comparison("tags", tree.Op.ANY_OF, names)
    assert in_words(rule, CATALOGUE) == (
        "Tags include any of t0, t1, t2, t3, t4, t5, t6, t7 and 2 more."
    )


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (0, "in this quarter"),
        (-1, "in the last quarter"),
        (1, "in the next quarter"),
        (-3, "in the quarter 3 before this one"),
        (2, "in the quarter 2 after this one"),
    ],
)
def test_periods(offset: int, words: str) -> None:
    assert window_words(Period(Unit.QUARTER, offset)) == words


def test_what_stands_in_parentheses_has_no_more_of_them():
    rule = parse("count(posts where kind is short_video and likes >= 5, last 90 days) >= 2")
    assert in_words(rule, CATALOGUE).startswith("Number of posts (")
    assert "((" not in in_words(rule, CATALOGUE)
