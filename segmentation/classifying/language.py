"""Which language a creator writes in: py3langid on each post, added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from segmentation.classifying.documents import Document, Guess, plain, words_of

# Shorter texts are too short to tell their language.
WORDS_MIN = 4
SURE = 0.5
# As many posts as might have been in another language: three posts are never enough to be sure.
DOUBT = 1.0


class LanguageDetector:
    """Says the language in which most posts are written; knows 97 of them, by their ISO 639-1 code.

    Languages of other scripts that are written in Latin letters are taken for others (docs).
    """

    def guess(self, documents: Sequence[Document]) -> list[Guess | None]:
        """The language of each document; None where all posts are too short."""
        return [_one(document) for document in documents]


def _one(document: Document) -> Guess | None:
    counts: Counter[str] = Counter()
    posts: dict[str, list[int]] = defaultdict(list)
    for text in document.texts:
        words = plain(text.words)
        if len(words_of(words)) < WORDS_MIN:
            continue
        language, sure = _identifier().classify(words)
        if sure >= SURE:
            counts[str(language)] += 1
            posts[str(language)].append(text.post)
    if not counts:
        return None
    whole = sum(counts.values()) + DOUBT
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Guess(
        creator=document.creator,
        value=ranked[0][0],
        confidence=ranked[0][1] / whole,
        others=[(language, number / whole) for language, number in ranked[1:5]],
        terms=[],
        posts=posts[ranked[0][0]][:3],
        read=len(document.texts),
        note=f"{ranked[0][1]} of {sum(counts.values())} posts long enough to tell",
    )


@cache
def _identifier() -> Any:
    from py3langid.langid import (  # noqa: PLC0415 - slow to import, needed by workers only
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
