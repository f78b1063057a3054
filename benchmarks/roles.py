"""How right suggested content roles are on whole channels that one reader sorted by their titles.

The videos are not part of the project: they are looked for in `$RAPPORT_DATA` (../shared/data).
What the reader said is, by the place of each channel with five videos and more in the order of
their addresses: nine titles of each were read, before any classifier was asked. One channel is in
no list, since nine titles did not tell. One reader is one opinion, and 53 channels leave it wide.
"""

from __future__ import annotations

import json
import lzma
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from scipy.stats import binomtest

from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from crm.services.learning.judging import macro_f1
from segmentation.classifying import learner
from segmentation.classifying.documents import Document, Guess, Text, without_standing_lines
from segmentation.classifying.lexicon import lexicon_of

VIDEOS = DATA / "youtube_rss_2021" / "videos.dev.jsonl.xz"
READ = {
    "educator": (4, 9, 21, 24, 44, 45, 51, 53, 56, 58, 64, 67, 73, 74, 80, 87, 92, 97),
    "reviewer": (12, 20, 30, 38, 43, 48, 54, 62, 72, 81, 90, 91),
    "entertainer": (0, 2, 8, 10, 17, 25, 27, 35, 39, 41, 49, 63, 75, 83, 93, 96, 98),
    "community_leader": (6, 69, 76, 84),
    "lifestyle_integrator": (31, 34),
}
# As the product reads them.
POSTS, LETTERS = 30, 2_000
PARTS = 10
GOAL, BEFORE = 0.75, "0.661"
# From where the product suggests at all, and from where many may be accepted at once.
BOUNDS = (0.4, 0.8)


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Findings], Mapping[str, object]]:
    """Tell the roles of at most `rows` channels; nothing here is compared by time."""
    del repetitions
    if not VIDEOS.exists():
        return [], {"videos": f"{VIDEOS} is missing"}
    labels = {place: role for role, places in READ.items() for place in places}
    found = [(one, labels[one.creator]) for one in _channels() if one.creator in labels][:rows]
    truth = [role for _channel, role in found]
    lexicon = lexicon_of("content_role")
    assert lexicon is not None
    told = {
        "the word list": lexicon.guess([channel for channel, _role in found]),
        "learned from nine tenths": _learned(found),
    }
    largest = Counter(truth).most_common(1)[0][1] / len(truth)
    lines = [Found("always the commonest role", largest, before="0.518")]
    for name, guesses in told.items():
        lines += _numbers(name, guesses, truth)
    return [Findings("content roles", lines)], {"channels": len(found)}


def _channels() -> list[Document]:
    """All channels, by their place in the order of their addresses, with their newest videos."""
    videos: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with lzma.open(VIDEOS, "rt", encoding="utf-8") as lines:
        for line in lines:
            video = json.loads(line)
            words = f"{video['title']}\n{video['description'] or ''}"[:LETTERS]
            videos[video["source"]].append((video["date_published"], words))
    found = []
    for place, source in enumerate(sorted(videos)):
        newest = sorted(videos[source], reverse=True)[:POSTS]
        texts = [Text(at, words) for at, (_day, words) in enumerate(newest)]
        found.append(Document(place, without_standing_lines(texts)))
    return found


def _learned(found: Sequence[tuple[Document, str]]) -> list[Guess | None]:
    """Each tenth told by what the others taught: the product begins to learn with forty."""
    told: dict[int, Guess | None] = {}
    for part in range(PARTS):
        seen = [one for at, one in enumerate(found) if at % PARTS != part]
        unseen = [channel for at, (channel, _role) in enumerate(found) if at % PARTS == part]
        learned = learner.learn([one[0] for one in seen], [[one[1]] for one in seen])
        for channel, guess in zip(unseen, learned.guess(unseen), strict=True):
            told[channel.creator] = guess
    return [told[channel.creator] for channel, _role in found]


def _numbers(name: str, guesses: Sequence[Guess | None], truth: Sequence[str]) -> list[Found]:
    said = ["" if guess is None else guess.value for guess in guesses]
    right = sum(one == other for one, other in zip(said, truth, strict=True))
    range_ = binomtest(right, len(truth)).proportion_ci(method="wilson")
    of = f"{len(truth)} channels; 95 %: {range_.low:.2f} to {range_.high:.2f}"
    found = [
        Found(f"{name}: accuracy", right / len(truth), GOAL, before=BEFORE, of=of),
        Found(f"{name}: macro-F1", macro_f1(truth, said)),
    ]
    for bound in BOUNDS:
        told = [
            guess.value == role
            for guess, role in zip(guesses, truth, strict=True)
            if guess is not None and (guess.confidence or 0.0) >= bound
        ]
        if told:
            what = f"{name}: right from {bound:.0%} on"
            found.append(Found(what, sum(told) / len(told), of=f"{len(told)} channels"))
    return found
