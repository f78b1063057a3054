"""Do look-alikes belong to the same kind? Real Instagram posts with the category of their owner.

The category is kept aside: it is neither read nor compared. For each of the creators who were
drawn, of the ten who are most alike, the share in the same category; beside it chance, and plain
TF-IDF over the same texts. Vocabulary and spreads are made of all creators, as in the product.
"""

from __future__ import annotations

import json
import lzma
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from benchmarks.lookalike_baseline import baseline
from segmentation.matches.looks import (
    NUMBERS,
    Look,
    Spread,
    Vocabulary,
    band,
    likeness,
    tokens,
)

TOP, COMPARED = 10, 300


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Findings], Mapping[str, object]]:
    """Ask for the look-alikes of `rows` creators, and tell how many are of their kind."""
    del repetitions
    owners = _read()
    print(f"{len(owners):,} creators with a category and a caption, {_kinds(owners)} categories")
    began = time.perf_counter()
    users: Counter[str] = Counter()
    words = {owner: Counter(tokens(said["text"])) for owner, said in owners.items()}
    for one in words.values():
        users.update(set(one))
    vocabulary = Vocabulary.of(users, len(words))
    vectors = {owner: vocabulary.vector(one) for owner, one in words.items()}
    print(f"{len(vocabulary.numbers):,} terms, vectors in {time.perf_counter() - began:.1f} s")
    postings: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for owner, (terms, weights) in vectors.items():
        for term, weight in zip(terms, weights, strict=True):
            postings[term].append((owner, weight))
    looks = _looks(owners)
    drawn = random.Random(1).sample(sorted(owner for owner in owners if vectors[owner][0]), rows)
    began = time.perf_counter()
    by_words, by_all = [], []
    for owner in drawn:
        found: dict[str, float] = defaultdict(float)
        for term, weight in zip(*vectors[owner], strict=True):
            for other, held in postings[term]:
                if other != owner:
                    found[other] += weight * held
        nearest = sorted(found, key=lambda one: -found[one])[:COMPARED]
        by_words.append(_same(owner, nearest[:TOP], owners))
        ranked = sorted(
            nearest, key=lambda one: -likeness(looks[owner], looks[one], found[one]).score
        )
        by_all.append(_same(owner, ranked[:TOP], owners))
    print(f"{(time.perf_counter() - began) / rows * 1000:.1f} ms for each who was asked for")
    sizes = Counter(said["category"] for said in owners.values())
    whole = sum(sizes.values())
    chance = sum(sizes[owners[owner]["category"]] / whole for owner in drawn) / rows
    rows_of = [
        Found("chance", chance),
        Found("plain TF-IDF", baseline(owners, drawn, TOP)),
        Found("words, as the product", sum(by_words) / rows),
        Found("all parts, the product", sum(by_all) / rows),
    ]
    rows_of += [
        Found(f"the product, {category}", share)
        for category, share in sorted(_by_category(drawn, by_all, owners).items())
    ]
    title = f"same category among the first {TOP}"
    return [Findings(title, rows_of)], {"creators": f"{len(owners):,}", "asked for": f"{rows:,}"}


def _read() -> dict[str, dict[str, Any]]:
    owners: dict[str, dict[str, Any]] = {}
    with lzma.open(DATA / "instagram_posts" / "posts.dev.jsonl.xz", "rt", encoding="utf-8") as rows:
        for line in rows:
            post = json.loads(line)
            owner, category = str(post["owner"]["username"]), post.get("owner_category")
            if not category or not post.get("caption"):
                continue
            said = owners.setdefault(
                owner,
                {
                    "category": category,
                    "text": "",
                    "followers": post.get("owner_followers"),
                    "rates": [],
                    "videos": [],
                },
            )
            said["text"] += "\n" + post["caption"]
            said["videos"].append(bool(post.get("is_video")))
            if said["followers"] and post.get("likes") is not None:
                said["rates"].append(
                    (post["likes"] + (post.get("comments_total") or 0)) / said["followers"]
                )
    return owners


def _looks(owners: dict[str, dict[str, Any]]) -> dict[str, Look]:
    """Engagement rate and share of videos, the numbers that these posts tell."""
    told = {
        owner: {
            "engagement_rate": sum(said["rates"]) / len(said["rates"]) if said["rates"] else None,
            "video_share": sum(said["videos"]) / len(said["videos"]),
        }
        for owner, said in owners.items()
    }
    values: dict[tuple[int | None, str], list[float]] = defaultdict(list)
    for owner, said in owners.items():
        for name, value in told[owner].items():
            if value is not None:
                values[band(said["followers"]), name].append(value)
    spreads = {key: Spread.of(held) for key, held in values.items()}

    def place(owner: str, name: str) -> float | None:
        value = told[owner].get(name)
        spread = spreads.get((band(owners[owner]["followers"]), name))
        return None if value is None or spread is None else spread.place(value)

    return {
        owner: Look([place(owner, name) for name in NUMBERS], owners[owner]["followers"])
        for owner in owners
    }


def _same(owner: str, others: list[str], owners: dict[str, dict[str, Any]]) -> float:
    """Of ten; who is not found is not the same."""
    mine = owners[owner]["category"]
    return sum(bool(owners[one]["category"] == mine) for one in others) / TOP


def _by_category(
    drawn: list[str], shares: list[float], owners: dict[str, dict[str, Any]]
) -> dict[str, float]:
    held: dict[str, list[float]] = defaultdict(list)
    for owner, share in zip(drawn, shares, strict=True):
        held[owners[owner]["category"]].append(share)
    return {category: sum(values) / len(values) for category, values in held.items()}


def _kinds(owners: dict[str, dict[str, Any]]) -> int:
    return len({said["category"] for said in owners.values()})
