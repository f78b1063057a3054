"""Where the arrays of learned classifiers are kept: numbers and words (npz), never code."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile

from crm.models import Brand
from crm.stored import Store
from segmentation.choices import ClassifierKind
from segmentation.classifying import learner
from segmentation.classifying.checking import Guesser
from segmentation.classifying.language import LanguageDetector
from segmentation.classifying.learner import Learned, NotArrays
from segmentation.classifying.lexicon import lexicon_of
from segmentation.models import Classifier

STORE = Store("classifiers")


def keep(brand: Brand, learned: Learned) -> str:
    """Store the arrays; returns their digest."""
    content = learned.stored()
    digest = hashlib.sha256(content).hexdigest()
    STORE.keep(brand.pk, digest, ContentFile(content))
    return digest


def guesser_of(classifier: Classifier) -> Guesser | None:
    """What guesses for a classifier; None where its file is lost, or it works elsewhere."""
    match classifier.kind:
        case ClassifierKind.LEXICON:
            return lexicon_of(classifier.fact, classifier.values)
        case ClassifierKind.DETECTOR:
            return LanguageDetector()
        case ClassifierKind.LEARNED:
            return _learned(classifier)
    return None


def _learned(classifier: Classifier) -> Learned | None:
    try:
        with STORE.open(classifier.brand_id, classifier.digest) as file:
            return learner.read(file.read())
    except (FileNotFoundError, NotArrays):
        return None


def remove_orphans(brand: Brand, at: datetime) -> int:
    """Delete files of classifiers that are gone; returns how many."""
    return STORE.remove_orphans(
        brand.pk,
        needed=lambda digests: set(
            Classifier.objects.filter(brand=brand, digest__in=digests).values_list(
                "digest", flat=True
            )
        ),
        at=at,
    )
