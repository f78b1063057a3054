"""How far forecasts are off on real posts, and how often their intervals hold.

The posts are not part of the project: they are looked for in `$RAPPORT_DATA` (../shared/data).
Each owner's newest post is told from those before it; whoever has one, and one owner in five, is
told from other owners only. Intervals are made from half of the owners and held against the other.
The picture of calibration goes to docs/img/forecast-calibration.svg.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from benchmarks.measure import Contender, Shown, measure
from segmentation.forecasting.history import History
from segmentation.forecasting.learning import learn, tell
from segmentation.forecasting.trial import (
    Errors,
    calibration,
    errors_of,
    try_out,
    warm_only,
)

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "img" / "forecast-calibration.svg"
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
LEVEL = 0.8
# Within three points of it.
HELD = (0.77, 0.83)
# The numbers to beat: the factor, that of a mean by segment, and R2.
BEFORE = ("2.0", "3.0", "0.59")
# Owner, followers (nan: not known), group, moment, days to the count (nan: not known), count.
Row = tuple[str, float, str, float, float, float]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Shown], Mapping[str, object]]:
    """Measure speed on `rows` made-up creators, and errors on the posts that there are."""
    history = history_of(made_up(rows))
    speed = measure(
        f"next piece of {rows:,} creators with {len(history.creator):,} pieces",
        [
            Contender(
                "mean of each creator",
                lambda: np.bincount(history.creator, weights=history.logs) / history.counts(),
            ),
            Contender("product: learn and tell", lambda: tell(learn(history), history)),
            Contender("product: with its trial", lambda: try_out(errors_of(history), LEVEL)),
        ],
        repetitions=repetitions,
    )
    tables: list[Shown] = [speed]
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, posts in real_posts().items():
        history = history_of(posts)
        errors = errors_of(history)
        found = _said("all", errors) + _said("with a history", warm_only(errors), BEFORE)
        found += _left(history, warm_only(errors)) + few_owners(errors)
        tables.append(Findings(name, found))
        lines[name] = calibration(errors, LEVELS)
    if lines:
        PICTURE.write_text(picture(lines), encoding="utf-8")
    return tables, {"creators": f"{rows:,}"}


def _said(what: str, errors: Errors, before: tuple[str, str, str] | None = None) -> list[Found]:
    """With what was measured before: the factor, that of groups, and R2."""
    trial = try_out(errors, LEVEL)
    factor, groups, explained = before or ("", "", "")
    of = f"{trial.tried:,} owners; the mean of all x {trial.plain_factor:.2f}"
    found = [
        Found(f"{what}: off by a factor of", trial.factor, before=factor, of=of),
        Found(f"{what}: by groups and followers alone", trial.base_factor, before=groups),
        Found(f"{what}: R2 of the logarithm", trial.explained, before=explained),
        Found(f"{what}: held", trial.held, *HELD, before="0.803"),
    ]
    for band in trial.bands:
        if band.held is None or band.factor is None:
            continue
        posts = f"{what}, {band.low}{'+' if band.high is None else f'-{band.high}'} posts"
        found += [
            Found(f"{posts}: off by a factor of", band.factor, of=f"{band.tried:,}"),
            Found(f"{posts}: held", band.held, *HELD),
        ]
    return found


def _left(history: History, errors: Errors) -> list[Found]:
    """How far a creator's pieces lie from what they usually bring: nothing here can tell that."""
    apart = np.exp(np.sqrt(learn(history).moves.within))
    missed = np.sort(np.abs(errors.came - errors.told))
    worst = float(np.sum(missed[-len(missed) // 20 :] ** 2) / np.sum(missed**2))
    half, most = np.exp(np.quantile(missed, (0.5, 0.8)))
    return [
        Found("pieces of one creator, around what they usually bring, a factor of", float(apart)),
        Found("half are told within a factor of", float(half)),
        Found("four in five are told within a factor of", float(most)),
        Found("of the squares, the worst twentieth", worst),
    ]


def few_owners(errors: Errors) -> list[Found]:
    """How often intervals hold that are made from 20, 30 or 100 owners' errors: mean and worst."""
    dice = np.random.default_rng(1)
    told = []
    for count in (20, 30, 100):
        held = []
        for _ in range(200):
            some = dice.permutation(len(errors.creator))
            made, tried = some[:count], some[count:]
            ordered = np.sort(errors.scores[made])
            rest = (1 - LEVEL) / 2
            low = max(int(np.floor((count + 1) * rest)) - 1, 0)
            high = min(int(np.ceil((count + 1) * (1 - rest))) - 1, count - 1)
            scores = errors.scores[tried]
            held.append(float(np.mean((scores >= ordered[low]) & (scores <= ordered[high]))))
        of = f"the lowest twentieth of 200 draws {np.quantile(held, 0.05):.3f}"
        told.append(Found(f"intervals from {count} owners held", float(np.mean(held)), of=of))
    return told


def history_of(rows: Sequence[Row]) -> History:
    """The rows as arrays, in the order of time."""
    ordered = sorted(rows, key=lambda row: (row[0], row[3]))
    places: dict[str, int] = {}
    firsts: list[Row] = []
    for row in ordered:
        if row[0] not in places:
            places[row[0]] = len(places)
            firsts.append(row)
    names = tuple(sorted({row[2] for row in firsts}))
    latest = max(row[3] for row in ordered)
    history = History(
        creator=np.array([places[row[0]] for row in ordered], dtype=np.int64),
        value=np.array([row[5] for row in ordered]),
        age=np.array([row[4] for row in ordered]),
        since=np.array([(latest - row[3]) / 86_400 for row in ordered]),
        followers=np.array([row[1] for row in firsts]),
        groups=np.array([[row[2] == name for name in names] for row in firsts]),
        names=names,
    )
    # A group of less than ten tells nothing.
    kept = history.groups.sum(axis=0) >= 10
    chosen = tuple(name for name, keep in zip(names, kept, strict=True) if keep)
    return replace(history, groups=history.groups[:, kept], names=chosen)


def real_posts() -> dict[str, list[Row]]:
    """The sets that are there."""
    found = {}
    instagram = DATA / "instagram_posts" / "posts.dev.jsonl.xz"
    if instagram.exists():
        found["Instagram likes"] = list(_instagram(instagram))
    trending = [DATA / "youtube_trending" / f"{one}videos.csv.xz" for one in ("US", "FR")]
    if all(path.exists() for path in trending):
        found["YouTube trending views"] = _youtube(trending, "views")
        found["YouTube trending likes"] = _youtube(trending, "likes")
    return found


def _instagram(path: Path) -> Sequence[Row]:
    rows = []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            post = json.loads(line)
            if post["likes"] is None or int(post["likes"]) < 0:
                continue
            rows.append(
                (
                    str(post["owner"]["id"]),
                    float(post["owner_followers"] or "nan"),
                    post["owner_category"] or "none",
                    float(post["taken_at"]),
                    float("nan"),
                    float(post["likes"]),
                )
            )
    return rows


def _youtube(paths: Sequence[Path], column: str) -> list[Row]:
    """Each video once, when it first trended."""
    seen: dict[str, Row] = {}
    for path in paths:
        with lzma.open(path) as file:
            text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
            for video in csv.DictReader(text):
                # Where nobody may like anything the file says 0: the count is not known.
                if column == "likes" and video["ratings_disabled"] == "True":
                    continue
                try:
                    posted = datetime.fromisoformat(video["publish_time"])
                    counted = datetime.strptime(f"{video['trending_date']} +0000", "%y.%d.%m %z")
                    value = float(video[column])
                except (ValueError, TypeError):
                    continue
                days = max((counted - posted).total_seconds() / 86_400 + 1, 0.0)
                seen.setdefault(
                    video["video_id"],
                    (
                        video["channel_title"],
                        float("nan"),
                        video["category_id"],
                        posted.timestamp(),
                        days,
                        value,
                    ),
                )
    return list(seen.values())


def made_up(creators: int) -> list[Row]:
    """Six posts each, by a law that the product does not know."""
    dice = random.Random(1)
    rows: list[Row] = []
    for number in range(creators):
        followers = 10 ** dice.uniform(2, 6.5)
        own = dice.gauss(0, 0.7)
        group = f"g{dice.randrange(8)}"
        for place in range(6):
            count = round(followers**0.85 * np.exp(own + dice.gauss(0, 0.5)))
            rows.append((f"{number:07d}", followers, group, float(place), 30.0, float(count)))
    return rows


def picture(lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """What intervals held against what they were to hold, as SVG."""
    size, edge = 360, 40
    colours = ("#066fd1", "#d6336c", "#0ca678")

    def place(level: float, held: float) -> tuple[float, float]:
        scale = (size - 2 * edge) / 0.55
        return edge + (level - 0.45) * scale, size - edge - (held - 0.45) * scale

    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size + 60}" '
        'font-family="sans-serif" font-size="11">'
    )
    parts = [
        head,
        f'<rect width="{size}" height="{size + 60}" fill="#fff"/>',
    ]
    (x0, y0), (x1, y1) = place(0.45, 0.45), place(1.0, 1.0)
    parts.append(f'<path d="M{x0} {y0}L{x1} {y1}" stroke="#999" stroke-dasharray="4 3"/>')
    for level in LEVELS:
        x, y = place(level, level)
        parts.append(f'<text x="{x - 10:.0f}" y="{size - edge + 16}">{level:.0%}</text>')
        parts.append(f'<text x="6" y="{y + 4:.0f}">{level:.0%}</text>')
    for at, (name, points) in enumerate(lines.items()):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
        colour = colours[at % len(colours)]
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{edge}" y="{size + 12 + 15 * at}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{edge}" y="24">Share held (up) by intervals of a level (right)</text>')
    return "\n".join([*parts, "</svg>", ""])
