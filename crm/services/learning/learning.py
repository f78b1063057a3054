"""Learn from a brand's decisions, and use what was learned only where it is no worse than before.

A fifth of the groups (posts, accounts), chosen by their keys once and for all, are never trained
on: on them the new weights are tried against what is in use. Neighbours of a text stay on its side.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.choices import LearnedTask
from crm.models import Brand, LearnedModel
from crm.services.learning.calibrating import calibrated
from crm.services.learning.judging import macro_f1
from crm.services.learning.training import train
from crm.services.learning.weighing import Weights, say

LABELS_MIN, HELD_OUT_MIN, EACH_MIN = 50, 15, 5
# From so many on a model is no longer young.
LABELS_SURE = 1_000
# Of each task so many stay, with the one in use.
KEPT = 20
_FIFTHS = 5


@dataclass(frozen=True)
class Decided:
    """A text of which somebody said what it is.

    group      what it is near to: the same group is all trained on, or all held out
    otherwise  what is said of it while nothing was learned
    """

    text: str
    marks: Sequence[str]
    label: str
    group: str
    otherwise: str


@dataclass(frozen=True)
class Bar:
    """A class, and from which share on a text is told to be of it."""

    label: str
    least: float


def is_held_out(group: str) -> bool:
    """Whether texts of this group are only tried on."""
    return hashlib.sha256(group.encode()).digest()[0] % _FIFTHS == 0


def used(brand_id: int, task: LearnedTask) -> LearnedModel | None:
    """The weights in use; None: nothing was learned yet that was good enough."""
    return LearnedModel.objects.filter(brand=brand_id, task=task, is_used=True).first()


def too_few(decided: Sequence[Decided]) -> str:
    """What is missing to learn from; empty: nothing."""
    trained = [one for one in decided if not is_held_out(one.group)]
    held_out = len(decided) - len(trained)
    if len(trained) < LABELS_MIN:
        return f"{LABELS_MIN - len(trained)} more decisions to learn from"
    if held_out < HELD_OUT_MIN:
        return f"{HELD_OUT_MIN - held_out} more decisions about other posts, to try it on"
    classes = Counter(one.label for one in trained)
    if sum(number >= EACH_MIN for number in classes.values()) < 2:
        return f"two answers that were given {EACH_MIN} times each"
    return ""


@transaction.atomic
def learn(
    *,
    brand: Brand,
    task: LearnedTask,
    decided: Sequence[Decided],
    at: datetime,
    bar: Bar | None = None,
) -> LearnedModel | None:
    """Learn anew, unless there is too little or nothing new; None: nothing was learned.

    bar  of two classes: the rare one, which is told from this share on. How sure of it one is told
         to be is then how often that came true
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    if too_few(decided):
        return None
    # Of a class with hardly a text nothing is learned.
    known = Counter(one.label for one in decided if not is_held_out(one.group))
    decided = [one for one in decided if known[one.label] >= EACH_MIN]
    trained = [one for one in decided if not is_held_out(one.group)]
    held_out = [one for one in decided if is_held_out(one.group)]
    if not held_out:
        return None
    digest = _digest(decided)
    rows = LearnedModel.objects.filter(brand=brand, task=task)
    newest = rows.order_by("-number").first()
    if newest is not None and newest.digest == digest:
        return None
    before = used(brand.pk, task)
    examples = [(one.text, one.marks, one.label) for one in trained]
    weights = train(examples)
    if bar is not None:
        weights = calibrated(weights, examples, [one.group for one in trained])
    score = _score(weights, held_out, bar)
    score_before = _score_before(before, held_out, bar)
    is_used = score >= score_before
    if is_used:
        rows.filter(is_used=True).update(is_used=False)
    made = LearnedModel.objects.create(
        brand=brand,
        task=task,
        number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
        is_used=is_used,
        labels=len(trained),
        held_out=len(held_out),
        score=score,
        score_before=score_before,
        digest=digest,
        weights=weights.kept(),
        trained_at=at,
    )
    rows.filter(is_used=False, number__lte=made.number - KEPT).delete()
    audit.record(
        brand=brand,
        verb="crm.learned.tried",
        target=made,
        actor=None,
        at=at,
        data={
            "task": task,
            "used": is_used,
            "labels": len(trained),
            "score": round(score, 3),
            "score_before": round(score_before, 3),
        },
    )
    return made


def _score(weights: Weights, held_out: Sequence[Decided], bar: Bar | None) -> float:
    told = [_told(weights, one, bar) for one in held_out]
    return macro_f1([one.label for one in held_out], told)


def _told(weights: Weights, one: Decided, bar: Bar | None) -> str:
    if bar is None:
        return say(weights, one.text, one.marks).label
    is_over = say(weights, one.text, one.marks, of=bar.label).sure >= bar.least
    return bar.label if is_over else next(name for name in weights.classes if name != bar.label)


def _score_before(
    before: LearnedModel | None, held_out: Sequence[Decided], bar: Bar | None
) -> float:
    if before is not None:
        return _score(Weights.of(before.weights), held_out, bar)
    return macro_f1([one.label for one in held_out], [one.otherwise for one in held_out])


def _digest(decided: Sequence[Decided]) -> str:
    lines = sorted(f"{one.label}\t{one.group}\t{one.text}" for one in decided)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
