"""What a machine says of comments: language, mood in English, closeness to what is talked about.

Suggestions, and bad ones for a single comment: see docs/comments.md for how often they are right.
Its libraries are heavy, so that only workers import them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from crm.choices import Mood
from crm.services.learning.weighing import Weights, say
from crm.services.post_comments.kinds import marks

NAME = "vader+tfidf"
# Of this scorer; what a library says changes with the library's own version.
OWN_VERSION = "1"
# The usual bounds of VADER's compound.
POSITIVE, NEGATIVE = 0.05, -0.05
# Nine of ten comments from below other posts are less close (docs/comments.md).
RELEVANT = 0.13
# Shorter ones are too short to tell their language.
WORDS_MIN = 3
SURE = 0.5
SCORED_LANGUAGE = "en"
# What people's labels are called where they are learned from.
ON_TOPIC, OFF_TOPIC = "on_topic", "off_topic"
_SIGN = {Mood.POSITIVE.value: 1, Mood.NEGATIVE.value: -1}
_MOODS = (-0.6, -0.3, NEGATIVE, POSITIVE, 0.3, 0.6)
_SHARES = (0.05, 0.15, 0.25)
_LENGTHS = (6, 25)
_CLOSE = (0.02, 0.05, 0.09, 0.13, 0.2, 0.3, 0.45)
# Just below as likely as not is below RELEVANT, whatever rounding does.
_BELOW = 0.999
_WORDS_MAX = 32_767
# With an apostrophe inside, straight or curly.
_WORD = re.compile("[^\\W\\d_]+(?:['\u2019][^\\W\\d_]+)*")


@dataclass(frozen=True)
class Scored:
    """What is said of a comment; None: it cannot be said.

    language   ISO 639-1, empty where there are too few words to tell
    sentiment  from -1 to 1, of English
    relevance  from 0 to 1, of comments with words that others use
    """

    language: str
    words: int
    sentiment: float | None
    relevance: float | None


@dataclass(frozen=True)
class Talk:
    """What is below a post: its own words, and comments that stand there already."""

    post: str
    others: Sequence[str] = ()


def version() -> str:
    """The scorer's version, with those of its libraries."""
    from importlib.metadata import version as of  # noqa: PLC0415 - where it is needed

    libraries = ("vaderSentiment", "py3langid", "scikit-learn")
    return "; ".join([OWN_VERSION, *(f"{name} {of(name)}" for name in libraries)])


@dataclass(frozen=True)
class Learned:
    """What a brand's own people taught; None: nothing yet."""

    mood: Weights | None = None
    relevance: Weights | None = None


NOTHING = Learned()


def score(
    comments: Sequence[tuple[int, str]],
    talks: Mapping[int, Talk],
    background: Sequence[str],
    learned: Learned = NOTHING,
) -> list[Scored]:
    """Score comments, given as (post, words), in their order.

    `talks` are what is below each of the posts, `background` is what people write below others:
    words that are everywhere say nothing of a post.
    """
    close = _relevance(comments, talks, background)
    return [
        _one(words, closeness, learned)
        for (_post, words), closeness in zip(comments, close, strict=True)
    ]


def mood_marks(words: str) -> list[str]:
    """VADER's opinion of a text and the signs of its kind, as features to learn from."""
    told = _vader().polarity_scores(words)
    found = [f"mood:{bound}" for bound in _MOODS if told["compound"] >= bound]
    found += [f"bad:{bound}" for bound in _SHARES if told["neg"] >= bound]
    found += [f"good:{bound}" for bound in _SHARES if told["pos"] >= bound]
    number = len(_WORD.findall(words))
    found += [f"length:{bound}" for bound in _LENGTHS if number >= bound]
    return [*found, *marks(words)]


def close_marks(closeness: float, words: int) -> list[str]:
    """How close a text is to what is talked about, and how long, as features to learn from."""
    found = [f"close:{bound}" for bound in _CLOSE if closeness >= bound]
    return [*found, *(f"length:{bound}" for bound in _LENGTHS if words >= bound)]


def _one(words: str, closeness: float | None, learned: Learned) -> Scored:
    number = min(len(_WORD.findall(words)), _WORDS_MAX)
    language = _language(words) if number >= WORDS_MIN else ""
    mood, relevance = None, closeness
    if language == SCORED_LANGUAGE:
        mood = _compound(words) if learned.mood is None else _mood(words, learned.mood)
    if closeness is not None and learned.relevance is not None:
        relevance = _on_topic(words, close_marks(closeness, number), learned.relevance)
    return Scored(language, number, mood, relevance)


def _mood(words: str, weights: Weights) -> float:
    """On VADER's scale: how sure it is of the mood, with its sign; neither is 0."""
    told = say(weights, words, mood_marks(words))
    return told.sure * _SIGN.get(told.label, 0)


def _on_topic(words: str, marks: Sequence[str], weights: Weights) -> float:
    """On the scale of closeness: as likely as not is RELEVANT."""
    told = say(weights, words, marks)
    likely = told.sure if told.label == ON_TOPIC else 1 - told.sure
    if likely < 0.5:
        return likely / 0.5 * RELEVANT * _BELOW
    return RELEVANT + (likely - 0.5) / 0.5 * (1 - RELEVANT)


def _compound(words: str) -> float:
    return float(_vader().polarity_scores(words)["compound"])


def _language(words: str) -> str:
    found, sure = _identifier().classify(words)
    return str(found) if sure >= SURE else ""


def _relevance(
    comments: Sequence[tuple[int, str]], talks: Mapping[int, Talk], background: Sequence[str]
) -> list[float | None]:
    """Cosine of TF-IDF with the post's words, or with the other comments: the larger one."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    vectorizer = TfidfVectorizer(
        sublinear_tf=True,
        stop_words="english",
        token_pattern=r"\b[^\W\d_]\w+\b",  # noqa: S106 - of words
    )
    texts = [words for _post, words in comments]
    below = [text for talk in talks.values() for text in (talk.post, *talk.others)]
    try:
        vectorizer.fit([*texts, *below, *background])
    except ValueError:  # no word at all
        return [None] * len(comments)
    rows = vectorizer.transform(texts)
    found: list[float | None] = [None] * len(comments)
    places: dict[int, list[int]] = {}
    for place, (post, _words) in enumerate(comments):
        places.setdefault(post, []).append(place)
    for post, mine in places.items():
        of_post = rows[mine]
        talk = talks[post]
        own = vectorizer.transform([talk.post])
        everybody = np.asarray(of_post.sum(axis=0)).ravel()
        if talk.others:
            everybody += np.asarray(vectorizer.transform(talk.others).sum(axis=0)).ravel()
        to_post = np.asarray((of_post @ own.T).todense()).ravel()
        # Of the sum of all others: row @ (all - row), over its length. Rows have length 1 or 0.
        length = np.asarray(of_post.multiply(of_post).sum(axis=1)).ravel()
        with_all = of_post @ everybody
        rest = np.sqrt(np.maximum(everybody @ everybody - 2 * with_all + length, 0.0))
        to_others = np.divide(
            with_all - length, rest, out=np.zeros_like(with_all), where=rest > 1e-9
        )
        for place, has, one, other in zip(mine, length, to_post, to_others, strict=True):
            if has > 0:
                found[place] = float(min(max(one, other, 0.0), 1.0))
    return found


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import (  # noqa: PLC0415 - as above
        SentimentIntensityAnalyzer,
    )

    return SentimentIntensityAnalyzer()


@cache
def _identifier() -> Any:
    from py3langid.langid import (  # noqa: PLC0415 - as above
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
