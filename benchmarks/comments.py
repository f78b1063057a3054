"""Comments sorted a second, and how often what is said of comments is right on labelled ones.

The labelled ones are not part of the project: they are looked for in `$RAPPORT_DATA`
(../shared/data). Without them speed is measured on made-up comments, and nothing else. Learned is
as the product learns (crm/services/learning): from all videos but one, tried on that one.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import f1_score, roc_auc_score

from benchmarks.curves import Curve, curve, picture
from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from benchmarks.measure import Contender, Shown, measure
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
PICTURE = Path(__file__).parents[1] / "docs" / "img" / "comments-calibration.svg"
BANDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
# The goal for moods in English, by macro-F1.
MOOD = 0.7
# Of the ratings from -4 to 4; and so many tweets are learned from, as a brand may have labels.
RATED, LABELS = 0.5, 1_000
# Some files have numbers for moods, and tabs between columns.
NUMBERS = {"1": "positive", "0": "neutral", "-1": "negative"}
# Comments from below other videos that are tried below each.
FOREIGN = 60
# A text, its marks, its label, what it must not be parted from, and what ships says of it.
Labelled = tuple[str, Sequence[str], str, str, str]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Shown], Mapping[str, object]]:
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
    return [speed, *quality()], {"comments": f"{rows:,}"}


def quality() -> list[Findings]:
    """Each measure that there is data for; draws how often moods were right by how sure."""
    found: list[Found] = []
    curves: dict[str, Curve] = {}
    if PRODUCTS.exists():
        rows = list(moods())
        told = _learned(rows)
        curves["below videos"] = told.curve()
        found += told.found("mood", goal=MOOD, weighted="0.70")
        found += _learned(
            [(text, (), label, video, other) for text, _marks, label, video, other in rows]
        ).found("mood of words alone")
        listed = {path.name for path in PRODUCTS.iterdir() if _is_labelled_by_a_list(path)}
        people = [row for row in rows if row[3] not in listed]
        found += _learned(people).found(f"mood without {len(listed)} videos", goal=MOOD)
        found += relevance()
    if TWEETS.exists():
        told = tweets()
        curves["tweets"] = told.curve()
        found += told.found(f"mood of tweets after {LABELS:,} labels", goal=MOOD)
    if curves:
        PICTURE.write_text(
            picture(
                curves,
                title="How often moods were right, by how sure what was learned is",
                across="how sure",
                up="share right",
            ),
            encoding="utf-8",
        )
    if SPAM.exists():
        told = _learned(list(spam()))
        right = f1_score(told.true, told.told, pos_label="spam")
        found += [*told.found("spam"), Found("spam, F1 of spam", right, before="0.949")]
    return [Findings("comments", found)] if found else []


@dataclass(frozen=True)
class Told:
    """Labels, what was learned says and how sure, and what ships says, in the same order."""

    true: Sequence[str]
    told: Sequence[str]
    sure: Sequence[float]
    ships: Sequence[str]

    def found(self, what: str, *, goal: float | None = None, weighted: str = "") -> list[Found]:
        """Macro-F1, and weighted F1 where that was measured before; beside them what ships."""
        of = f"{len(self.true):,}; as it ships {macro_f1(self.true, self.ships):.3f}"
        found = [Found(f"{what}, macro-F1", macro_f1(self.true, self.told), goal, of=of)]
        if weighted:
            told, ships = (
                f1_score(self.true, some, average="weighted") for some in (self.told, self.ships)
            )
            of = f"as it ships {ships:.3f}"
            found.append(Found(f"{what}, weighted F1", told, before=weighted, of=of))
        return found

    def curve(self) -> Curve:
        """By how sure."""
        is_right = [one == other for one, other in zip(self.true, self.told, strict=True)]
        return curve(list(zip(self.sure, is_right, strict=True)), BANDS)


def relevance() -> list[Found]:
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
    of = f"{len(aucs)} threads; the lowest {min(aucs):.3f}"
    return [
        Found("on the topic, AUC", sum(aucs) / len(aucs), 0.85, before="0.79-0.82", of=of),
        Found("on the topic, close", shares[True], of="a video's own comments"),
        Found("on the topic, close", shares[False], of="comments below the other videos"),
    ]


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


def tweets() -> Told:
    """Tweets that twenty people rated each: some are learned from, the others told."""
    with TWEETS.open(encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    rows = [(text, _rated(float(rate))) for _number, rate, text in lines]
    random.Random(1).shuffle(rows)
    weights = train([(text, mood_marks(text), label) for text, label in rows[:LABELS]])
    tried = rows[LABELS:]
    true = [label for _text, label in tried]
    said = [say(weights, text, mood_marks(text)) for text, _label in tried]
    ships = [_shipped(text) for text, _label in tried]
    return Told(true, [one.label for one in said], [one.sure for one in said], ships)


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


def _learned(rows: Sequence[Labelled]) -> Told:
    """Each video told by what the others taught; beside it what ships."""
    true, said, ships = [], [], []
    for video in sorted({row[3] for row in rows}):
        weights = train([row[:3] for row in rows if row[3] != video])
        for text, given, label, of, otherwise in rows:
            if of == video:
                true.append(label)
                said.append(say(weights, text, given))
                ships.append(otherwise)
    return Told(true, [one.label for one in said], [one.sure for one in said], ships)


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
