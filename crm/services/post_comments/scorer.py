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
from crm.services.post_comments.topic import closeness

NAME = "vader+words"
# Of this scorer; what a library says changes with the library's own version.
OWN_VERSION = "2"
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
    below = {post: (talk.post, talk.others) for post, talk in talks.items()}
    close = closeness(comments, below, background, close=RELEVANT)
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
