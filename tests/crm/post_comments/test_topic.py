"""Whether a comment is about what is talked about, without a database."""

import pytest

from crm.services.post_comments.topic import closeness

SHOES = ["The grip of these shoes is great", "My shoes lost their grip", "Which shoes for mud?"]
SOUP = ["This soup needs salt", "Lentils make any soup", "I cook soup with salt each day"]
USUAL = 0.13


def told(text, *, background=SOUP, others=SHOES, post="Trail shoes"):
    return closeness([(1, text)], {1: (post, others)}, background, close=USUAL)[0]


def test_words_of_the_thread_are_close_and_words_of_others_far():
    assert told("Are the shoes good in mud") > USUAL > told("Soup with salt")
    # The post's own words count, and endings do not.
    assert told("A trail with lentils") > told("A road with lentils")
    assert told("Shoe", others=SHOES) == told("Shoes", others=SHOES) > USUAL


def test_what_is_said_everywhere_says_nothing():
    everywhere = [*SOUP, *(f"Great video number {n}" for n in range(9))]
    mine = [*SHOES, "Great video"]
    common = told("Great video", background=everywhere, others=mine)
    assert common < USUAL < told("grip in mud", background=everywhere, others=mine)


def test_a_comment_does_not_speak_for_itself():
    """Below the own post it counts nowhere else, and of the thread it is left out."""
    alone = closeness([(1, "zebra zebra salt")], {1: ("", SHOES)}, SOUP, close=USUAL)[0]
    assert alone < USUAL
    assert told("zebra zebra zebra") is None
    assert told("🔥🔥") is None
    assert told("it is and was") is None


@pytest.mark.parametrize("background", [[], SOUP])
def test_all_lie_from_0_to_1(background):
    long = " ".join(f"shoes grip mud soup salt word{n}" for n in range(300))
    below = {1: ("Trail shoes", [*SHOES, long]), 2: ("", [])}
    found = closeness([(1, long), (1, SHOES[0]), (2, "soup")], below, background, close=USUAL)
    assert all(one is None or 0 <= one <= 1 for one in found)
    assert found[1] > USUAL
