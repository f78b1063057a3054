"""Which classifier is in use for a fact: the word list first, then what was learned, if better.

One creator in five is never learned from, by a digest of their uid. Old and new are compared on
those: no version has ever seen them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.models import Brand
from segmentation.choices import ClassifierKind, ClassifierStatus
from segmentation.classifying import learner
from segmentation.classifying.checking import (
    LEAST_HELD_OUT,
    Guesser,
    Numbers,
    check,
    is_better,
    is_held_out,
)
from segmentation.classifying.documents import Document
from segmentation.classifying.learner import LEAST, Learned, TooLittle
from segmentation.classifying.lexicon import lexicon_of
from segmentation.models import Classifier, SuggestedValue
from segmentation.services.suggesting import arrays, reading
from segmentation.services.suggesting.subjects import LANGUAGE, Subject

# Learning again takes this many more (or other) values than the last time, or this share of them.
NEWS, NEWS_SHARE = 5, 0.05
# Creators whose posts are read at once, and letters of each that are learned from.
AT_ONCE, LETTERS_LEARNED = 500, 15_000
# How long versions stay that were never used for a suggestion.
KEPT_FOR = timedelta(days=90)


def in_use(brand: Brand, subject: Subject, at: datetime) -> Classifier | None:
    """The classifier in use; where there is none yet the word list is. None: there is no list."""
    with transaction.atomic():
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        used = _used(brand, subject)
        if used is not None and used.kind == ClassifierKind.LEARNED:
            return used
        ready = _ready(subject)
        if used is not None and ready is not None and used.training == ready[2]:
            return used
        if used is not None:
            _retire(used, "The word list is another one now.")
        if ready is None:
            return None
        kind, values, training = ready
        return _make(brand, subject, kind, at, values=values, training=training)


def _ready(subject: Subject) -> tuple[ClassifierKind, list[str], dict[str, Any]] | None:
    """What needs no learning: its kind, what it can say, and what it is made of."""
    if subject.fact == LANGUAGE:
        return ClassifierKind.DETECTOR, [], {"name": "py3langid"}
    lexicon = lexicon_of(subject.fact, None if subject.is_free else subject.values.keys())
    if lexicon is None:
        return None
    words = {value: list(listed) for value, listed in lexicon.lists.items()}
    training = {"name": "lexicon", "digest": _digest(words)}
    return ClassifierKind.LEXICON, lexicon.values, training


def learn(brand: Brand, subject: Subject, at: datetime) -> Classifier | None:
    """Learn anew where people have said enough that is new; None where they have not.

    The version is put to use when it is better than the one in use on creators that neither has
    seen, and kept as refused otherwise, with both numbers.
    """
    told = reading.said(brand, subject, at)
    if len(told) < LEAST or not _is_news(brand, subject, told):
        return None
    rows = [
        (document if is_held_out(uid) else _newest(document), values, is_held_out(uid))
        for document, (_creator, uid, values) in zip(_documents(told), told, strict=True)
        if document.texts
    ]
    seen = [row for row in rows if not row[2]]
    unseen = [row for row in rows if row[2]]
    training = _training(told, len(seen))
    try:
        learned = learner.learn([row[0] for row in seen], [row[1] for row in seen])
    except TooLittle:
        return None
    used = in_use(brand, subject, at)
    guesser = None if used is None else arrays.guesser_of(used)
    held = [row[0] for row in unseen], [row[1] for row in unseen]
    return _decide(brand, subject, at, learned, training, used, guesser, held)


def _documents(told: Sequence[tuple[int, UUID, list[str]]]) -> Iterator[Document]:
    """What each of them wrote, in their order, some at once."""
    for start in range(0, len(told), AT_ONCE):
        some = told[start : start + AT_ONCE]
        yield from reading.documents_of([creator for creator, _uid, _values in some])


def _newest(document: Document) -> Document:
    """Its newest texts, as many as are learned from: who writes novels is learned from in part."""
    letters = accumulate(len(text.words) for text in document.texts)
    kept = [
        text
        for text, until in zip(document.texts, letters, strict=True)
        if until - len(text.words) < LETTERS_LEARNED
    ]
    return Document(document.creator, kept, document.about)


def _decide(  # noqa: PLR0917 - one decision and what it hangs on
    brand: Brand,
    subject: Subject,
    at: datetime,
    learned: Learned,
    training: Mapping[str, Any],
    used: Classifier | None,
    guesser: Guesser | None,
    held: tuple[Sequence[Document], Sequence[Sequence[str]]],
) -> Classifier:
    """Put the new one to use, or refuse it."""
    mine = check(learned, *held)
    theirs = None if guesser is None else check(guesser, *held)
    reason = _why_not(mine, theirs)
    digest = arrays.keep(brand, learned)
    with transaction.atomic():
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        if not reason and _used(brand, subject) != used:
            reason = "Another version was put to use while this one was compared."
        if not reason and used is not None:
            _retire(used, "A learned version was right more often.")
        return _make(
            brand,
            subject,
            ClassifierKind.LEARNED,
            at,
            values=list(learned.values),
            training=dict(training) | {"is_never_sure": learned.is_never_sure},
            # On nobody is not tested: no number of it is one.
            tested={}
            if not mine.creators
            else {
                "it": asdict(mine),
                "in_use": None if theirs is None else asdict(theirs),
                "in_use_number": None if used is None else used.number,
            },
            digest=digest,
            reason=reason,
        )


def _why_not(mine: Numbers, theirs: Numbers | None) -> str:
    """Why the new one is not put to use; empty: it is."""
    if mine.creators < LEAST_HELD_OUT:
        return (
            f"There are {mine.creators} creators to compare on, and it takes {LEAST_HELD_OUT}: one "
            "in five is kept aside."
        )
    if theirs is not None and not is_better(mine, theirs):
        return (
            f"On {mine.creators} creators that were kept aside it was right for {mine.right}, the "
            f"one in use for {theirs.right}."
        )
    return ""


def _is_news(brand: Brand, subject: Subject, told: Sequence[tuple[int, UUID, list[str]]]) -> bool:
    last = Classifier.objects.filter(
        brand=brand, fact=subject.fact, kind=ClassifierKind.LEARNED
    ).first()
    if last is None:
        return True
    if last.training["digest"] == _training(told, 0)["digest"]:
        return False
    more = abs(len(told) - int(last.training["told"]))
    # As many, but of other creators or with other values: at the cap, or put right.
    return more == 0 or more >= max(NEWS, NEWS_SHARE * len(told))


def _training(told: Sequence[tuple[int, UUID, list[str]]], seen: int) -> dict[str, Any]:
    lines = sorted([str(uid), *sorted(values)] for _creator, uid, values in told)
    return {"name": "tf-idf", "told": len(told), "learned_from": seen, "digest": _digest(lines)}


def _digest(what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()


def _used(brand: Brand, subject: Subject) -> Classifier | None:
    rows = Classifier.objects.filter(brand=brand, fact=subject.fact, status=ClassifierStatus.IN_USE)
    return rows.exclude(kind=ClassifierKind.OUTSIDE).first()


def _retire(used: Classifier, reason: str) -> None:
    Classifier.objects.filter(pk=used.pk).update(status=ClassifierStatus.RETIRED, reason=reason)


def _make(
    brand: Brand,
    subject: Subject,
    kind: ClassifierKind,
    at: datetime,
    *,
    reason: str = "",
    **what: Any,
) -> Classifier:
    """The next version; with a reason against it it is refused."""
    last = Classifier.objects.filter(brand=brand, fact=subject.fact).aggregate(n=Max("number"))
    status = ClassifierStatus.REFUSED if reason else ClassifierStatus.IN_USE
    made = Classifier.objects.create(
        brand=brand,
        fact=subject.fact,
        number=(last["n"] or 0) + 1,
        kind=kind,
        status=status,
        reason=reason,
        made_at=at,
        **what,
    )
    audit.record(
        brand=brand,
        verb="segmentation.classifier.refused" if reason else "segmentation.classifier.in_use",
        target=made,
        at=at,
        data={"field": subject.fact, "number": made.number, "kind": kind.value},
    )
    return made


@transaction.atomic
def forget(brand: Brand, at: datetime) -> int:
    """Delete versions that have long been out of use and suggested nothing; returns how many."""
    old = Classifier.objects.filter(brand=brand, made_at__lt=at - KEPT_FOR).exclude(
        status=ClassifierStatus.IN_USE
    )
    used = SuggestedValue.objects.filter(brand=brand).values("classifier")
    gone, _by_table = old.exclude(pk__in=used).delete()
    arrays.remove_orphans(brand, at)
    return gone
