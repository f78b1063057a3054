"""Posts a second through the disclosure engine, and how often it is right on real posts.

The real posts are not part of the project: they are looked for in `$RAPPORT_DATA` (../shared/data),
and the labels that a person read, as ids and labels only, in `$RAPPORT_READING`
(var/disclosure_reading.csv). Without them speed is measured on made-up captions, and nothing else.
"""

from __future__ import annotations

import csv
import json
import lzma
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from benchmarks.measure import Contender, Table, measure
from campaigns.disclosure import packs
from campaigns.disclosure.advertising import Looked
from campaigns.disclosure.case import Case, Connection
from campaigns.disclosure.check import check
from campaigns.disclosure.matcher import Names
from campaigns.disclosure.packs import Packs
from campaigns.disclosure.text import Text
from campaigns.disclosure.vocabulary import Format

PROJECT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("RAPPORT_DATA", PROJECT.parent / "shared" / "data"))
READING = Path(os.environ.get("RAPPORT_READING", PROJECT / "var" / "disclosure_reading.csv"))
POSTS = DATA / "instagram_posts" / "posts.dev.jsonl.xz"
SENTENCES = {
    "videos": DATA / "disclosure_affiliate" / "youtube_sentences_labelled.dev.csv.xz",
    "pins": DATA / "disclosure_affiliate" / "pinterest_sentences_labelled.dev.csv",
}
TODAY = date(2026, 11, 22)
# The floor: what a simple detector does. It neither folds letters nor looks at what is around.
SIMPLE = re.compile(
    r"#?\b(?:ad|sponsored|advertisement|werbung|anzeige|reklame?|publi)\b", re.IGNORECASE
)
PRESENT = {"clear", "brand_tag"}


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure speed on `rows` posts, and quality on all that were read; returns the tables."""
    standard = packs.standard()
    posts = list(_posts())
    captions = _captions(posts, rows)
    speed = _speed(standard, captions, repetitions)
    notes = [f"{len(captions) / row.median:,.0f} posts/s: {row.label}." for row in speed.rows]
    if posts:
        notes += _against_the_flag(standard, posts)
        notes += _against_a_reading(standard, posts)
    notes += _affiliate(standard)
    table = Table(speed.title, speed.rows, note="\n".join(f"- {note}" for note in notes))
    made = "real" if posts else f"made-up ({POSTS} is missing)"
    return [table], {"posts": f"{len(captions):,}", "captions": made}


# --- speed ---


def _speed(standard: Packs, captions: Sequence[str], repetitions: int) -> Table:
    def simple() -> None:
        for caption in captions:
            SIMPLE.search(caption)

    def read() -> None:
        for caption in captions:
            standard.matcher.read(Text(caption), Names())

    def checks(*jurisdictions: str) -> Contender:
        cases = [
            Case(
                platform="instagram",
                format=Format.POST,
                jurisdictions=jurisdictions,
                text=caption,
                connections=(Connection("payment"),),
            )
            for caption in captions
        ]

        def work() -> None:
            for case in cases:
                check(case, standard, TODAY)

        label = f"check in {len(jurisdictions)} jurisdiction{'s'[: len(jurisdictions) > 1]}"
        return Contender(label, work)

    contenders = [
        Contender("one regular expression, no verdict", simple),
        Contender("matcher alone", read),
        checks("US"),
        checks("US", "UK", "DE", "DK", "FR"),
        checks(*standard.jurisdictions),
    ]
    return measure("captions checked", contenders, repetitions=repetitions)


def _captions(posts: Sequence[Mapping[str, Any]], rows: int) -> list[str]:
    chance = random.Random(1)
    if posts:
        return [chance.choice(posts)["caption"] or "" for _ in range(rows)]
    words = ["the", "my", "new", "shoes", "@acme", "#ootd", "with", "✨", "so", "happy", "20% off"]
    starts = ["", "#ad ", "Werbung | ", "AD: ", "#notsponsored ", "Reklame for @acme: "]
    return [
        chance.choice(starts) + " ".join(chance.choices(words, k=chance.randint(5, 60)))
        for _ in range(rows)
    ]


# --- quality ---


def _posts() -> Iterable[Mapping[str, Any]]:
    if POSTS.exists():
        with lzma.open(POSTS, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)


def _against_the_flag(standard: Packs, posts: Sequence[Mapping[str, Any]]) -> list[str]:
    counts: dict[bool, list[bool]] = defaultdict(list)
    for post in posts:
        flagged = bool(post["paid_partnership_with"])
        counts[flagged].append(Looked(post["caption"] or "", standard, Names()).is_labelled)
    return [
        f"A plain label on {sum(counts[flagged]):,} of {len(counts[flagged]):,} posts {words}."
        for flagged, words in (
            (True, "that Instagram marks as paid partnership"),
            (False, "that it does not mark"),
        )
    ]


def _against_a_reading(standard: Packs, posts: Sequence[Mapping[str, Any]]) -> list[str]:
    if not READING.exists():
        return [f"{READING.name} is missing: precision and recall of the label are not measured."]
    captions = {post["shortcode"]: post["caption"] or "" for post in posts}
    pairs: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    with READING.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            found = Looked(captions[line["shortcode"]], standard, Names()).is_labelled
            pairs[line["stratum"]].append((line["label"] in PRESENT, found))
    return [
        f"Label present, {len(some)} posts read ({stratum}): {_quality(some)}."
        for stratum, some in pairs.items()
    ]


def _affiliate(standard: Packs) -> list[str]:
    notes = []
    for words, path in SENTENCES.items():
        if not path.exists():
            notes.append(f"{path.name} is missing: affiliate disclosures are not measured.")
            continue
        truth: dict[str, bool] = defaultdict(bool)
        found: dict[str, bool] = defaultdict(bool)
        with _open(path) as file:
            for line in csv.DictReader(file):
                truth[line["id"]] |= line["sentence_label"] != "none"
                text = Text(line["sentence"])
                found[line["id"]] |= bool(standard.lexicon.affiliate_disclosures(text))
        pairs = [(truth[one], found[one]) for one in truth]
        notes.append(f"Affiliate disclosure, {len(pairs):,} {words}: {_quality(pairs)}.")
    return notes


def _open(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _quality(pairs: Sequence[tuple[bool, bool]]) -> str:
    """Precision, recall and F1 of (true, found)."""
    right = sum(true and found for true, found in pairs)
    wrong = sum(found and not true for true, found in pairs)
    missed = sum(true and not found for true, found in pairs)
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return (
        f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f} "
        f"({right} right, {wrong} wrong, {missed} missed)"
    )
