"""How right suggested niches are on public posts, split by creator, and how fast they are made.

The posts are not part of the project: they are looked for in `$RAPPORT_DATA` (../shared/data).
Without them only speed is measured, on made-up words. The picture of the calibration is written to
docs/img/suggestions-calibration.svg.
"""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from benchmarks.curves import Curve, curve, picture
from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from benchmarks.measure import Contender, Shown, Table, measure
from crm.services.learning.judging import macro_f1
from segmentation.classifying import learner
from segmentation.classifying.checking import Guesser, check
from segmentation.classifying.documents import Document, Guess, Text, without_standing_lines
from segmentation.classifying.lexicon import lexicon_of

POSTS = DATA / "instagram_posts" / "posts.dev.jsonl.xz"
VIDEOS = DATA / "youtube_trending"
VIDEO_FILES = (
    "USvideos.csv.xz",
    "GBvideos_old_2017-09.csv.xz",
    "USvideos_old_2017-09.csv.xz",
    "20210201_US.csv",
)
PICTURE = Path(__file__).parents[1] / "docs" / "img" / "suggestions-calibration.svg"
LEAST_EACH = 15
PARTS = 5
# Of the first three, and of those of 0.8 and more; what TF-IDF gave when the way was chosen.
GOALS = {"top-3": 0.85, "sure": 0.9}
BEFORE = {"YouTube": {"accuracy": "0.576", "macro-F1": "0.547", "top-3": "0.82-0.85"}}
BANDS = (0.2, 0.4, 0.6, 0.8, 0.9)
# What the lists of those who gathered the posts are called in ours.
NAMES = {"interior": "interiors", "family": "parenting", "pet": "pets"}

Labelled = tuple[Document, str]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Shown], Mapping[str, object]]:
    """Measure on at most `rows` creators of each source."""
    tables: list[Shown] = []
    curves: dict[str, Curve] = {}
    for name, source in (("Instagram", _owners), ("YouTube", _channels)):
        found = source(rows)
        if found:
            rows_of, curves[name] = _measured(found, BEFORE.get(name, {}))
            tables.append(Findings(f"niches, {name}", rows_of))
            print(f"  {name}", flush=True)
    if curves:
        PICTURE.write_text(
            picture(
                curves,
                title="How often suggested niches were right, by how sure they were",
                across="how sure",
                up="share right",
            ),
            encoding="utf-8",
        )
    return [*tables, _speed(repetitions)], {"creators at most": f"{rows:,}"}


def _measured(found: Sequence[Labelled], before: Mapping[str, str]) -> tuple[list[Found], Curve]:
    """Each fifth of the creators is told by what was learned from the other four."""
    told: list[tuple[Guess | None, str]] = []
    rows: list[Found] = []
    for part in range(PARTS):
        seen = [one for one in found if _part(one[0]) != part]
        unseen = [one for one in found if _part(one[0]) == part]
        learned = learner.learn([one[0] for one in seen], [[one[1]] for one in seen])
        guesses = learned.guess([one[0] for one in unseen])
        told += zip(guesses, [label for _document, label in unseen], strict=True)
        if part == 0:
            rows += _numbers("the part by which nothing was chosen", told, before)
    rows += _numbers("all five parts", told, before)
    labels = [label for _document, label in found]
    lexicon = lexicon_of("niches", {NAMES.get(label, label) for label in set(labels)})
    if lexicon is not None and len(lexicon.values) >= len(set(labels)) - 2:
        cold = lexicon.guess([one[0] for one in found])
        renamed = [NAMES.get(label, label) for label in labels]
        what = f"the word list alone, {len(lexicon.values)} of the values"
        rows += _numbers(what, list(zip(cold, renamed, strict=True)), {})
    return rows, _curve(told)


def _numbers(
    what: str, told: Sequence[tuple[Guess | None, str]], before: Mapping[str, str]
) -> list[Found]:
    documents = [Document(place, []) for place in range(len(told))]
    numbers = check(_Said([guess for guess, _ in told]), documents, [[label] for _, label in told])
    values = {
        "accuracy": numbers.right / numbers.creators,
        "macro-F1": _macro_f1(told),
        "top-3": numbers.in_three / numbers.creators,
        "sure (0.8 and more)": numbers.sure / numbers.creators,
    }
    of = f"{numbers.creators:,} creators"
    found = [
        Found(f"{what}: {name}", value, GOALS.get(name), before=before.get(name, ""), of=of)
        for name, value in values.items()
    ]
    if numbers.sure:
        share, of = numbers.sure_right / numbers.sure, f"{numbers.sure:,} creators"
        found.append(Found(f"{what}: right where sure", share, GOALS["sure"], of=of))
    return found


class _Said(Guesser):
    """What was guessed before."""

    def __init__(self, guesses: list[Guess | None]) -> None:
        self.guesses = guesses

    def guess(self, documents: Sequence[Document]) -> list[Guess | None]:
        """The same again."""
        return self.guesses


def _part(document: Document) -> int:
    return hashlib.sha256(str(document.creator).encode()).digest()[0] % PARTS


def _macro_f1(told: Sequence[tuple[Guess | None, str]]) -> float:
    """Where nothing is said nothing is right."""
    true = [label for _guess, label in told]
    return macro_f1(true, ["" if guess is None else guess.value for guess, _label in told])


def _curve(told: Sequence[tuple[Guess | None, str]]) -> Curve:
    """By band of confidence."""
    return curve(
        [
            (guess.confidence or 0.0, guess.value == label)
            for guess, label in told
            if guess is not None
        ],
        BANDS,
    )


def _owners(most: int) -> list[Labelled]:
    """Owners of posts on Instagram with the category that those who gathered them gave."""
    if not POSTS.exists():
        return []
    texts: dict[str, list[str]] = defaultdict(list)
    kinds: dict[str, str] = {}
    with lzma.open(POSTS, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["owner_category"] and (row["caption"] or "").strip():
                texts[row["owner"]["username"]].append(row["caption"][:2_000])
                kinds[row["owner"]["username"]] = row["owner_category"]
    return _labelled(texts, kinds, most)


def _channels(most: int) -> list[Labelled]:
    """Channels on YouTube with the category of most of their videos."""
    if not VIDEOS.exists():
        return []
    with (VIDEOS / "US_category_id.json").open(encoding="utf-8") as file:
        named = {one["id"]: one["snippet"]["title"] for one in json.load(file)["items"]}
    csv.field_size_limit(10**8)
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for name in VIDEO_FILES:
        place = VIDEOS / name
        opened = lzma.open if name.endswith("xz") else open
        with opened(place, "rt", encoding="utf-8", errors="replace") as file:
            for row in csv.DictReader(file):
                channel = row.get("channel_title") or row.get("channelTitle") or ""
                kind = named.get(row.get("category_id") or row.get("categoryId") or "")
                if channel and kind:
                    tags = (row.get("tags") or "").replace("|", " ").replace('"', " ")
                    words = f"{row['title']}\n{tags}\n{row.get('description') or ''}"
                    texts[channel][row["title"]] = words[:2_000]
                    votes[channel][kind] += 1
    kinds = {channel: told.most_common(1)[0][0] for channel, told in votes.items()}
    return _labelled({key: list(held.values()) for key, held in texts.items()}, kinds, most)


def _labelled(
    texts: Mapping[str, Sequence[str]], kinds: Mapping[str, str], most: int
) -> list[Labelled]:
    counts = Counter(kinds.values())
    kept = sorted(name for name in texts if counts[kinds[name]] >= LEAST_EACH)[:most]
    return [
        (
            Document(
                number,
                without_standing_lines(
                    [Text(number * 100 + at, one) for at, one in enumerate(texts[name])]
                ),
            ),
            kinds[name],
        )
        for number, name in enumerate(kept)
    ]


def _speed(repetitions: int) -> Table:
    """Creators a second with 20 made-up posts each."""
    random = Random(1)
    lexicon = lexicon_of("content_role")
    assert lexicon is not None
    words = [word.rstrip("*") for listed in lexicon.lists.values() for word in listed]
    made = [
        Document(n, [Text(n * 100 + at, " ".join(random.choices(words, k=25))) for at in range(20)])
        for n in range(300)
    ]
    roles = [[lexicon.values[n % 5]] for n in range(300)]
    learned = learner.learn(made, roles)
    return measure(
        "300 creators with 20 posts of 25 words",
        [
            Contender("word list", lambda: lexicon.guess(made)),
            Contender("learned", lambda: learned.guess(made)),
        ],
        repetitions=repetitions,
    )
