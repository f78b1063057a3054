"""Comments sorted a second, and how often what is said of comments is right on labelled ones.

The labelled ones are not part of the project: they are looked for in `$RAPPORT_DATA`
(../shared/data). Without them speed is measured on made-up comments, and nothing else. Learned is
as the product learns (crm/services/learning): from all videos but one, tried on that one.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sklearn.metrics import roc_auc_score

from benchmarks.disclosure import DATA
from benchmarks.measure import Contender, Table, measure
from crm.services.learning.judging import macro_f1
from crm.services.learning.training import train
from crm.services.learning.weighing import say
from crm.services.post_comments import scorer
from crm.services.post_comments.kinds import by_signs, marks, sort
from crm.services.post_comments.scorer import Talk, mood_marks
from crm.services.post_comments.topic import closeness

PRODUCTS = DATA / "comments" / "yt_product_sentiment"
SPAM = DATA / "comments" / "yt_spam"
TWEETS = DATA / "comments" / "vader_tweets" / "tweets_GroundTruth.txt"
# Of the ratings from -4 to 4; and so many tweets are learned from, as a brand may have labels.
RATED, LABELS = 0.5, 1_000
# Some files have numbers for moods, and tabs between columns.
NUMBERS = {"1": "positive", "0": "neutral", "-1": "negative"}
# Comments from below other videos that are tried below each.
FOREIGN = 60
# A text, its marks, its label, what it must not be parted from, and what ships says of it.
Labelled = tuple[str, Sequence[str], str, str, str]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure speed on `rows` made-up comments, and quality on what is labelled."""
    texts = made_up(rows)
    weights = train([(one, marks(one), by_signs(one).kind or "other") for one in texts[:1_000]])
    speed = measure(
        f"{rows:,} comments sorted by kind",
        [
            Contender("the list of signs", lambda: [by_signs(one) for one in texts]),
            Contender("what was learned", lambda: [sort(one, weights) for one in texts]),
        ],
        repetitions=repetitions,
    )
    return [speed], {"comments": rows, **quality()}


def quality() -> dict[str, object]:
    """Each measure that there is data for."""
    found: dict[str, object] = {}
    if PRODUCTS.exists():
        rows = list(moods())
        found["mood, macro-F1"] = _learned(rows)
        found["mood of words alone, macro-F1"] = _learned(
            [(text, (), label, video, other) for text, _marks, label, video, other in rows]
        )
        listed = {path.name for path in PRODUCTS.iterdir() if _is_labelled_by_a_list(path)}
        people = [row for row in rows if row[3] not in listed]
        found[f"mood without {len(listed)} videos, macro-F1"] = _learned(people)
        found["on the topic, AUC"] = relevance()
    if TWEETS.exists():
        found["mood of tweets, macro-F1"] = tweets()
    if SPAM.exists():
        found["spam, macro-F1"] = _learned(list(spam()))
    return found


def relevance() -> str:
    """Comments below their own video against some from below the others, as if they were there.

    The title is all that is known of a video.
    """
    threads = [
        (path.stem.replace("_", " "), [text for row in _csv(path) if (text := row.get("text"))])
        for path in sorted(PRODUCTS.iterdir())
    ]
    aucs, close = [], {True: [0, 0], False: [0, 0]}
    for at, (title, mine) in enumerate(threads):
        foreign = [
            text for other, (_, texts) in enumerate(threads) if other != at for text in texts
        ]
        told = [
            (one, True)
            for one in closeness(
                [(0, text) for text in mine], {0: (title, [])}, foreign, close=scorer.RELEVANT
            )
        ]
        for place in range(0, len(foreign), len(foreign) // FOREIGN):
            rest = foreign[:place] + foreign[place + 1 :]
            one = [(0, foreign[place])]
            told.append((closeness(one, {0: (title, mine)}, rest, close=scorer.RELEVANT)[0], False))
        known = [(value, is_own) for value, is_own in told if value is not None]
        aucs.append(roc_auc_score([own for _, own in known], [value for value, _ in known]))
        for value, is_own in known:
            close[is_own][0] += value >= scorer.RELEVANT
            close[is_own][1] += 1
    shares = {is_own: near / number for is_own, (near, number) in close.items()}
    return (
        f"{sum(aucs) / len(aucs):.3f} (lowest {min(aucs):.3f}) in {len(aucs)} threads; close: "
        f"{shares[True]:.0%} of a video's own comments, {shares[False]:.0%} of the others'"
    )


def moods() -> Iterable[Labelled]:
    """Comments in English below videos about products, with VADER's opinion."""
    for path in sorted(PRODUCTS.iterdir()):
        for row in _csv(path):
            text, label = row.get("text") or "", row.get("sentiment_for_product") or ""
            label = NUMBERS.get(label, label)
            if label not in {"positive", "neutral", "negative"}:
                continue
            told = scorer.score([(0, text)], {0: Talk("")}, [])[0]
            if told.sentiment is not None:
                ships = _shipped(text)
                yield text, mood_marks(text), label, path.name, ships


def _is_labelled_by_a_list(path: Path) -> bool:
    """Whether it was a list of words that labelled, and nobody who reads.

    Product and video are labelled alike throughout, and "love" is always positive, in gloves too.
    """
    return all(row["sentiment_for_product"] == row["sentiment_for_video"] for row in _csv(path))


def tweets() -> str:
    """Tweets that twenty people rated each: some are learned from, the others told."""
    with TWEETS.open(encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    rows = [(text, _rated(float(rate))) for _number, rate, text in lines]
    random.Random(1).shuffle(rows)
    weights = train([(text, mood_marks(text), label) for text, label in rows[:LABELS]])
    tried = rows[LABELS:]
    true = [label for _text, label in tried]
    told = [say(weights, text, mood_marks(text)).label for text, _label in tried]
    ships = [_shipped(text) for text, _label in tried]
    return (
        f"{macro_f1(true, told):.3f}, before {macro_f1(true, ships):.3f}, of {len(tried):,} "
        f"after {LABELS:,} labels"
    )


def _rated(rate: float) -> str:
    if abs(rate) < RATED:
        return "neutral"
    return "positive" if rate > 0 else "negative"


def _shipped(text: str) -> str:
    """What VADER says of it."""
    compound = scorer._compound(text)
    if compound >= scorer.POSITIVE:
        return "positive"
    return "negative" if compound <= scorer.NEGATIVE else "neutral"


def spam() -> Iterable[Labelled]:
    """Comments below music videos."""
    for path in sorted(SPAM.glob("*.csv")):
        for row in _csv(path):
            label = "spam" if row["CLASS"] == "1" else "no spam"
            yield row["CONTENT"], (), label, path.name, "no spam"


def _learned(rows: Sequence[Labelled]) -> str:
    """Macro-F1 over all, each video told by what the others taught; beside it what ships."""
    true, told, ships = [], [], []
    for video in sorted({row[3] for row in rows}):
        weights = train([row[:3] for row in rows if row[3] != video])
        for text, given, label, of, otherwise in rows:
            if of == video:
                true.append(label)
                told.append(say(weights, text, given).label)
                ships.append(otherwise)
    return f"{macro_f1(true, told):.3f}, before {macro_f1(true, ships):.3f}, of {len(rows):,}"


def made_up(number: int) -> list[str]:
    """Comments as they might be."""
    draw = random.Random(1)
    parts = (
        "where can I buy the lid",
        "I love this bottle",
        "way too expensive for a bottle",
        "mine stopped working after a week",
        "my sister has the blue one",
    )
    return [f"{draw.choice(parts)} {draw.choice(parts)} {n}" for n in range(number)]


def _csv(path: Path) -> list[dict[str, str]]:
    # One file is cut within a letter.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".txt" else ","))
