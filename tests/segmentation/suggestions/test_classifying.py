"""What words say: lists, what is learned, languages, hashtags; plain Python."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest

from segmentation.classifying import learner
from segmentation.classifying.checking import Numbers, check, is_better, is_held_out
from segmentation.classifying.commonness import common
from segmentation.classifying.documents import (
    Document,
    Text,
    plain,
    without_standing_lines,
    words_of,
)
from segmentation.classifying.hashtags import Parts
from segmentation.classifying.language import LanguageDetector
from segmentation.classifying.learner import NotArrays, TooLittle
from segmentation.classifying.lexicon import Lexicon, lexicon_of

LISTS = Lexicon("x", {"cook": ["recipe*", "oven"], "run": ["marathon", "long run"]})


def document(*texts: str, creator: int = 1, about: str = "") -> Document:
    return Document(creator, [Text(10 * creator + n, text) for n, text in enumerate(texts)], about)


def test_addresses_and_names_are_no_words():
    text = "See https://x.example/recipe or mail me@x.example, thanks @oven.lover! #SkinCare"
    assert words_of(plain(text)) == ["see", "or", "mail", "thanks", "skincare"]


def test_what_stands_below_three_posts_is_read_once():
    footer = "Support me on Patreon! https://x.example/{} @me"
    texts = [
        Text(
            n,
            f"{title}\n{footer.format(n)}\n#vegan #cake\n\nTwice"
            if n < 2
            else f"{title}\n{footer}",
        )
        for n, title in enumerate(["A cake", "A pie", "A cake"])
    ]
    kept = [text.words.splitlines() for text in without_standing_lines(texts)]
    assert kept == [
        ["A cake", footer.format(0), "#vegan #cake", "", "Twice"],
        ["A pie", "#vegan #cake", "", "Twice"],
        ["A cake"],
    ]
    assert [text.post for text in without_standing_lines(texts)] == [0, 1, 2]


@pytest.mark.parametrize("words", ["#vegan #cake", "The same words each day", ""])
def test_posts_of_nothing_but_one_line_stay(words):
    texts = [Text(n, words) for n in range(4)]
    assert without_standing_lines(texts) == texts


def test_each_post_has_one_vote_and_few_posts_are_never_sure():
    [guess] = LISTS.guess(
        [document("Recipes: oven, oven, oven", "My first marathon, then a recipe")]
    )
    # Two thirds of nothing said go to both alike: (1.5 + 1.5) / (2 + 3) and (0.5 + 1.5) / 5.
    assert (guess.value, guess.confidence) == ("cook", pytest.approx(0.6))
    assert guess.others == [("run", pytest.approx(0.4))]
    assert guess.terms[0][0] == "oven"
    assert guess.posts == [10, 11]


def test_what_words_bring_adds_up_to_the_votes_of_their_value():
    [guess] = LISTS.guess([document("oven", "a recipe from the oven", "oven", "long run")])
    # Three of four votes, beside three that nobody cast; of these the oven has two and a half.
    assert guess.terms == [
        ("oven", pytest.approx(2.5 / 7, abs=1e-4)),
        ("recipe", pytest.approx(0.5 / 7, abs=1e-4)),
    ]


def test_pairs_and_beginnings_are_found():
    found = LISTS.guess([document("a long run today"), document("no such words")])
    assert found[0].value == "run"
    assert found[1] is None


def test_lists_ship_for_what_they_are_made_for():
    assert lexicon_of("content_role").values == [
        *("educator", "reviewer", "entertainer", "community_leader", "lifestyle_integrator")
    ]
    assert lexicon_of("content_role", {"educator"}) is None
    assert lexicon_of("religion") is None


def test_hashtags_fall_into_the_words_that_others_write():
    texts = ["skincare routine in the morning", "a routine for skincare"] * 5
    parts = Parts.of(texts)
    assert parts.split("skincareroutine") == ["skincare", "routine"]
    assert parts.split("skincare") == []
    assert parts.split("qwertzuiop") == []


SAYS = {
    "cook": ("cake with butter from the oven", "soup and bread, a slow dinner"),
    "run": ("ten miles before breakfast, new shoes", "marathon training with new shoes"),
    "knit": ("wool and needles for a warm scarf", "casting on a scarf with soft wool"),
}


def learnt():
    documents, labels = [], []
    for number in range(60):
        value = sorted(SAYS)[number % 3]
        documents.append(document(*SAYS[value], f"filler{number}", creator=number))
        labels.append([value])
    return documents, labels


def test_what_is_learned_says_why_and_comes_back_from_its_file():
    documents, labels = learnt()
    made = learner.learn(documents, labels)
    unseen = [document("a scarf of wool", creator=99), document("???", creator=98)]
    [guess, silent] = made.guess(unseen)
    assert silent is None
    assert guess.value == "knit"
    assert guess.confidence > 0.5
    assert {term for term, _share in guess.terms} >= {"scarf", "wool"}
    assert all(share > 0 for _term, share in guess.terms)
    assert guess.posts == [990]
    # Words that fewer than three creators use are not in it: they could name one of them.
    assert not any(word.startswith("filler") for word in made.words)
    again = learner.read(made.stored()).guess(unseen)[0]
    assert (again.value, again.terms) == (guess.value, guess.terms)
    assert again.confidence == pytest.approx(guess.confidence, abs=1e-5)
    assert check(made, *learnt()).right == 60
    # Whoever learns may have nobody to compare on.
    assert check(made, [], []).creators == 0


def test_phrases_that_enough_texts_share_are_found_without_holding_all():
    texts = [f"wool scarf wool only{number}" for number in range(3)] + ["soup scarf"] * 2
    find = common(texts, lambda text: iter(text.split()), 3)
    assert [find(text) for text in (texts[0], "soup wool")] == [["wool", "scarf", "wool"], ["wool"]]
    assert find("") == []


def test_too_little_is_said():
    documents, labels = learnt()
    with pytest.raises(TooLittle, match="there are 30"):
        learner.learn(documents[:30], labels[:30])
    with pytest.raises(TooLittle):
        learner.learn(documents, [["cook"]] * 60)


def test_files_of_strangers_are_refused(tmp_path):
    with pytest.raises(NotArrays):
        learner.read(b"no arrays")
    place = tmp_path / "x.npz"
    np.savez(place, values=np.array([{"code": 1}], dtype=object))
    with pytest.raises(NotArrays):
        learner.read(place.read_bytes())


def test_languages_are_those_of_most_posts():
    danish = "Jeg elsker at bage kager sammen med mine børn om søndagen"
    found = LanguageDetector().guess([document(danish, danish, danish, "ok"), document("ok")])
    assert (found[0].value, found[0].confidence) == ("da", 0.75)
    assert found[0].note == "3 of 3 posts long enough to tell"
    assert found[1] is None


def test_one_creator_in_five_is_kept_aside_for_ever():
    aside = [is_held_out(UUID(int=number)) for number in range(2_000)]
    assert 330 < sum(aside) < 470
    assert aside == [is_held_out(UUID(int=number)) for number in range(2_000)]


def test_who_is_right_more_often_is_better_then_whose_probabilities_are():
    assert is_better(Numbers(20, 15, 18, 5, 5, 0.9), Numbers(20, 14, 19, 5, 5, 0.2))
    assert is_better(Numbers(20, 15, 18, 5, 5, 0.8), Numbers(20, 15, 19, 5, 5, 0.9))
    assert not is_better(Numbers(20, 15, 18, 5, 5, 0.9), Numbers(20, 15, 18, 5, 5, 0.9))
