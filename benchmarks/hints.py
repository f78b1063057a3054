"""How well hints find advertising that is not disclosed, on public posts split by owner.

The posts are not part of the project: they are looked for in `$RAPPORT_DATA` (../shared/data).
Each owner's posts are told by what the others taught, as the product learns: labelled posts without
the words that say so, against all others. Instagram's own mark is never learned from: it is what is
to be found where no label is. The picture of the calibration is written to
docs/img/hints-calibration.svg.

Beside it sentences that disclose affiliate links (Mathur et al.), of which there are labels.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.curves import curve, picture
from benchmarks.disclosure import POSTS, SENTENCES, _open, _posts
from benchmarks.findings import Findings, Found
from benchmarks.measure import Contender, Shown, Table, measure
from campaigns.disclosure import packs
from campaigns.disclosure.advertising import Looked, signs
from campaigns.disclosure.matcher import Names
from campaigns.services.hints.telling import AD, NO_AD, SURE_MIN, Teller
from crm.services.learning.calibrating import calibrated
from crm.services.learning.judging import macro_f1
from crm.services.learning.training import train
from crm.services.learning.weighing import Weights, say

FOLDS = 3
# People labelled sentences one by one; how close was chosen on pins.
CLOSE = 10.0
# Of sentences, in letters.
LENGTHS = (30, 120)
BANDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PICTURE = Path(__file__).parents[1] / "docs" / "img" / "hints-calibration.svg"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
# What logistic regression gave when the way was chosen, by video.
BEFORE = {"videos": "0.911"}


@dataclass(frozen=True)
class Seen:
    """A post as it is read, and what is known of it."""

    key: str
    owner: str
    raw: str
    looked: Looked
    is_marked: bool

    @property
    def label(self) -> str:
        """As the product learns it."""
        return AD if self.looked.is_labelled else NO_AD


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Shown], Mapping[str, object]]:
    """Measure quality on the public posts there are, and speed on `rows` of them."""
    found = [sentences(words, path) for words, path in SENTENCES.items() if path.exists()]
    tables: list[Shown] = [Findings("sentences that disclose", found)] if found else []
    seen = _seen()
    if not seen:
        return tables, {"posts": f"{POSTS} is missing"}
    told = _told(seen)
    tables.append(Findings("posts that read like advertisements", _quality(seen, told)))
    PICTURE.write_text(
        picture(
            {"Instagram": curve(_pairs(seen, told), BANDS)},
            title="How often posts carried a label, by how sure it was that they read like ads",
            across="how sure",
            up="share labelled",
        ),
        encoding="utf-8",
    )
    if name := os.environ.get("RAPPORT_HINTS"):
        _write_some(Path(name), seen, told)
    tables.append(_speed(seen[:rows], repetitions))
    return tables, {"posts": f"{len(seen):,}", "read for speed": f"{min(rows, len(seen)):,}"}


def _seen() -> list[Seen]:
    standard, names = packs.standard(), Names()
    found = []
    for post in _posts():
        raw = post["caption"] or ""
        looked = Looked(raw, standard, names)
        if looked.words.strip():
            marked = bool(post["paid_partnership_with"])
            found.append(Seen(post["shortcode"], post["owner"]["id"], raw, looked, marked))
    return found


def _fold(owner: str) -> int:
    return hashlib.sha256(owner.encode()).digest()[0] % FOLDS


def _told(seen: Sequence[Seen]) -> list[float]:
    """How likely each is an ad, by what other owners' posts taught."""
    told = [0.0] * len(seen)
    for fold in range(FOLDS):
        kept = [one for one in seen if _fold(one.owner) != fold]
        weights = _learned(kept)
        for place, one in enumerate(seen):
            if _fold(one.owner) == fold:
                told[place] = say(weights, one.looked.words, one.looked.marks, of=AD).sure
        print(f"fold {fold}: {len(kept):,} posts learned from", flush=True)
    return told


def _learned(kept: Sequence[Seen]) -> Weights:
    examples = [(one.looked.words, one.looked.marks, one.label) for one in kept]
    return calibrated(train(examples), examples, [one.owner for one in kept])


def _pairs(seen: Sequence[Seen], told: Sequence[float]) -> list[tuple[float, bool]]:
    return [(sure, one.label == AD) for one, sure in zip(seen, told, strict=True)]


def _quality(seen: Sequence[Seen], told: Sequence[float]) -> list[Found]:
    truth = [one.label for one in seen]
    is_ad = [one == AD for one in truth]
    by_list = [one.looked.strength for one in seen]
    least = signs().least
    found = []
    for name, scores, bound in (("learned", told, SURE_MIN), ("list", by_list, least)):
        said = [AD if one >= bound else NO_AD for one in scores]
        of = f"{sum(is_ad):,} of {len(seen):,} carry a label"
        found += [
            Found(f"label or none, {name}: AUC", roc_auc_score(is_ad, scores), of=of),
            Found(f"{name}: average precision", average_precision_score(is_ad, scores)),
            Found(f"{name}: macro-F1", macro_f1(truth, said)),
        ]
    found.append(Found("learned: calibration error", _error(_pairs(seen, told))))
    silent = [
        (one.is_marked, sure, strength)
        for one, sure, strength in zip(seen, told, by_list, strict=True)
        if not one.looked.is_labelled
    ]
    marked = [one[0] for one in silent]
    for name, place, bound in (("learned", 1, SURE_MIN), ("list", 2, least)):
        scores = [one[place] for one in silent]
        hits = [one[0] for one in silent if one[place] >= bound]
        of = f"{sum(marked)} that Instagram marks among {len(silent):,}"
        found += [
            Found(f"without a label, {name}: AUC", roc_auc_score(marked, scores), of=of),
            Found(f"{name}: hints at", len(hits) / len(silent), of=f"{sum(hits)} of the marked"),
        ]
    return found


def _error(pairs: Sequence[tuple[float, bool]]) -> float:
    """The mean distance between what was said and what came, by tenths of what was said."""
    told = curve(pairs, [tenth / 10 for tenth in range(1, 10)])
    return sum(abs(said - came) * number for said, came, number in told) / len(pairs)


def sentences(words: str, path: Path) -> Found:
    """Sentences that disclose affiliate links, told per video (or pin): the likeliest one counts.

    Those that share a long sentence are not parted; half and more is told to disclose.
    """
    with _open(path) as file:
        rows = [
            (row["id"], row["sentence"], row["sentence_label"] != "none")
            for row in csv.DictReader(file)
        ]
    groups, standard, names = _together(rows), packs.standard(), Names()
    examples = []
    for _video, text, label in rows:
        looked = Looked(text, standard, names)
        marks = [*looked.marks, *(f"length:{n}" for n in LENGTHS if len(text) >= n)]
        examples.append((looked.text.folded, marks, AD if label else NO_AD))
    truth: dict[str, bool] = {}
    told: dict[str, float] = {}
    for fold in range(FOLDS):
        kept = [one for one, row in zip(examples, rows, strict=True) if _of(groups, row) != fold]
        whose = [groups[row[0]] for row in rows if _of(groups, row) != fold]
        weights = calibrated(train(kept, regularisation=CLOSE), kept, whose, regularisation=CLOSE)
        for (text, marks, _label), row in zip(examples, rows, strict=True):
            if _of(groups, row) == fold:
                sure = say(weights, text, marks, of=AD).sure
                told[row[0]] = max(told.get(row[0], 0.0), sure)
                truth[row[0]] = truth.get(row[0], False) or row[2]
    said = {one for one, sure in told.items() if sure >= 0.5}
    hits = sum(truth[one] for one in said)
    f1 = 2 * hits / (sum(truth.values()) + len(said))
    of = f"{len(truth):,}, of which {sum(truth.values())} disclose"
    return Found(f"{words}: F1", f1, least=0.9, before=BEFORE.get(words, ""), of=of)


def _of(groups: Mapping[str, str], row: tuple[str, str, bool]) -> int:
    return _fold(groups[row[0]])


def _together(rows: Sequence[tuple[str, str, bool]]) -> dict[str, str]:
    """The group of each video: those that share a sentence of 40 letters or more."""
    parent: dict[str, str] = {video: video for video, _text, _label in rows}

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    first: dict[str, str] = {}
    for video, text, _label in rows:
        if len(text) >= 40:
            parent[root(video)] = root(first.setdefault(text.lower(), video))
    return {video: root(video) for video in parent}


def _speed(seen: Sequence[Seen], repetitions: int) -> Table:
    standard, names = packs.standard(), Names()
    by_list = Teller(standard, names, signs().version, NOW)
    learned = Teller(standard, names, "1", NOW, _learned(seen))

    def tell(teller: Teller) -> None:
        for one in seen:
            teller.tell(teller.look(one.raw))

    return measure(
        f"{len(seen):,} posts read",
        [
            Contender("the matcher and the list", lambda: tell(by_list)),
            Contender("the matcher and what was learned", lambda: tell(learned)),
        ],
        repetitions=repetitions,
    )


def _write_some(path: Path, seen: Sequence[Seen], told: Sequence[float]) -> None:
    """A hundred hints by chance, to be read by a person; kept outside the project."""
    hints = [
        (one, sure)
        for one, sure in zip(seen, told, strict=True)
        if sure >= SURE_MIN and not one.looked.is_labelled
    ]
    some = Random(1).sample(hints, min(100, len(hints)))
    lines = [f"{one.key}\t{sure:.2f}\t{one.is_marked}\t{one.raw!r}" for one, sure in some]
    path.write_text("\n".join(lines), encoding="utf-8")
