"""Learn from what people said: TF-IDF of words and pairs, and weights of these for each value.

A learned classifier is a few arrays: its words, their weights, and one temperature that makes
its probabilities mean what they say on creators it has not seen. sklearn is loaded by workers only.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.classifying.calibrating import NEVER_SURE, calibrated, sobered, softmax
from segmentation.classifying.commonness import common
from segmentation.classifying.documents import Document, Guess, hashtags_of, phrases_of, telling
from segmentation.classifying.fitting import fitted
from segmentation.classifying.hashtags import Parts

# Fewer creators than these for a value, or for a fact, are too few to learn from.
LEAST_EACH, LEAST = 5, 40
TERMS = 6
_WORDS_MAX = 40_000
# A word that fewer creators use could name one of them.
_CREATORS_MIN = 3
# What files may hold.
_ARRAYS = (
    *("values", "words", "weights", "coefficients", "intercepts", "temperature"),
    *("sureness", "parts", "costs"),
)
FILE_MAX = 64 * 1024 * 1024


class TooLittle(Exception):
    """There is too little to learn from; the message says what is missing."""


class NotArrays(Exception):
    """A file holds something else than a learned classifier."""


@dataclass(frozen=True)
class Learned:
    """A learned classifier.

    values        V of them, in order
    words         W words and pairs, with their rarity as `weights` (idf)
    coefficients  V x W, `intercepts` V
    temperature   what scores are multiplied by before they become probabilities
    sureness      slope and offset that make the probability of the likeliest value come true, and
                  by how much the odds are held back where it would be sure
    parts         what hashtags are made of
    """

    values: Sequence[str]
    words: Sequence[str]
    weights: Any
    coefficients: Any
    intercepts: Any
    temperature: float
    sureness: tuple[float, float, float]
    parts: Parts

    @property
    def is_never_sure(self) -> bool:
        """Whether those left out did not show that it is right where it is sure."""
        return self.sureness[2] == NEVER_SURE

    def guess(self, documents: Sequence[Document]) -> list[Guess | None]:
        """What each document may be; None where none of the words stand in it."""
        if not documents:
            return []
        rows = self._rows(documents)
        shares = softmax((rows @ self.coefficients.T + self.intercepts) * self.temperature)
        shares = sobered(shares, self.sureness)
        return [
            self._one(document, rows[place], shares[place]) if rows[place].nnz else None
            for place, document in enumerate(documents)
        ]

    def _rows(self, documents: Sequence[Document]) -> Any:
        from scipy.sparse import diags  # noqa: PLC0415 - slow to import, needed by workers only
        from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415
        from sklearn.preprocessing import normalize  # noqa: PLC0415

        vectorizer = CountVectorizer(
            analyzer=_phrases(self.parts),
            vocabulary={word: place for place, word in enumerate(self.words)},
        )
        counts = vectorizer.transform([one.whole for one in documents]).astype(float)
        return normalize(_dampened(counts) @ diags(self.weights)).tocsr()

    def _one(self, document: Document, row: Any, shares: Any) -> Guess:
        order = (-shares).argsort(kind="stable")
        best = order[0]
        brought = row.data * self.coefficients[best, row.indices] * self.temperature
        strongest = sorted(zip(brought, row.indices, strict=True), reverse=True)[:TERMS]
        terms = [(self.words[at], round(float(by), 3)) for by, at in strongest if by > 0]
        return Guess(
            creator=document.creator,
            value=self.values[best],
            confidence=float(shares[best]),
            others=[(self.values[at], float(shares[at])) for at in order[1:5]],
            terms=terms,
            posts=telling(document, terms, _phrases(self.parts)),
            read=len(document.texts),
        )

    def stored(self) -> bytes:
        """As it is kept: arrays of numbers and words (npz), no code."""
        import numpy as np  # noqa: PLC0415

        file = io.BytesIO()
        np.savez_compressed(
            file,
            values=np.array(self.values, dtype=np.str_),
            words=np.array(self.words, dtype=np.str_),
            weights=self.weights.astype(np.float32),
            coefficients=self.coefficients.astype(np.float32),
            intercepts=self.intercepts.astype(np.float32),
            temperature=np.array([self.temperature]),
            sureness=np.array(self.sureness),
            parts=np.array(list(self.parts.costs), dtype=np.str_),
            costs=np.array(list(self.parts.costs.values()), dtype=np.float32),
        )
        return file.getvalue()


def read(stored: bytes) -> Learned:
    """A classifier as it was kept. Raises NotArrays."""
    import zipfile  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as parts:
            if sum(part.file_size for part in parts.infolist()) > FILE_MAX * 4:
                raise NotArrays("The file of the classifier is too large.")
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            held = {name: arrays[name] for name in _ARRAYS}
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise NotArrays("The file of the classifier holds something else.") from error
    shape = (len(held["values"]), len(held["words"]))
    if held["coefficients"].shape != shape or held["weights"].shape != shape[1:]:
        raise NotArrays("The arrays of the classifier do not fit each other.")
    return Learned(
        values=[str(one) for one in held["values"]],
        words=[str(one) for one in held["words"]],
        weights=held["weights"],
        coefficients=held["coefficients"],
        intercepts=held["intercepts"],
        temperature=float(held["temperature"][0]),
        sureness=_three(held["sureness"]),
        parts=Parts(dict(zip(held["parts"].tolist(), held["costs"].tolist(), strict=True))),
    )


def _three(numbers: Any) -> tuple[float, float, float]:
    """Slope, offset, held back; older versions were not held back."""
    slope, offset, *held_back = (float(one) for one in numbers)
    return slope, offset, held_back[0] if held_back else 0.0


def learn(documents: Sequence[Document], labels: Sequence[Collection[str]]) -> Learned:
    """Learn from documents and the values of each; the same give the same. Raises TooLittle."""
    import numpy as np  # noqa: PLC0415
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415

    counts = Counter(value for said in labels for value in said)
    values = sorted(value for value, number in counts.items() if number >= LEAST_EACH)
    kept = [place for place, said in enumerate(labels) if not set(values).isdisjoint(said)]
    if len(values) < 2 or len(kept) < LEAST:
        raise TooLittle(
            f"It takes {LEAST} creators whose value somebody has said, with at least two values of "
            f"{LEAST_EACH} creators each; there are {len(kept)}."
        )
    texts = _Wholes([documents[place] for place in kept])
    said = np.array([[value in labels[place] for value in values] for place in kept])
    parts = Parts.of(texts)
    vectorizer = CountVectorizer(
        analyzer=common(texts, _phrases(parts), _CREATORS_MIN),
        min_df=_CREATORS_MIN,
        max_features=_WORDS_MAX,
    )
    try:
        found = _dampened(vectorizer.fit_transform(texts).astype(float))
    except ValueError as error:  # no word that three creators use
        raise TooLittle("The creators have too few words in common.") from error
    rows, weights = _weighed(found)
    coefficients, intercepts, left_out = fitted(rows, said)
    temperature, sureness = calibrated(left_out, said)
    return Learned(
        values=values,
        words=[str(word) for word in vectorizer.get_feature_names_out()],
        weights=weights,
        coefficients=coefficients,
        intercepts=intercepts,
        temperature=temperature,
        sureness=sureness,
        parts=parts,
    )


class _Wholes:
    """The texts of documents, made one after the other each time they are read."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def __iter__(self) -> Iterator[str]:
        return (one.whole for one in self._documents)


def _phrases(parts: Parts) -> Callable[[str], list[str]]:
    """Finds words of two letters and more, all pairs, hashtags, and what these are made of."""

    def found(text: str) -> list[str]:
        tags = hashtags_of(text)
        inside = [part for tag in tags for part in parts.split(tag)]
        return (
            [one for one in phrases_of(text) if len(one) > 1] + inside + [f"#{tag}" for tag in tags]
        )

    return found


def _dampened(counts: Any) -> Any:
    """A word that is said ten times tells not ten times as much."""
    import numpy as np  # noqa: PLC0415

    counts = counts.tocsr()
    counts.data = 1 + np.log(counts.data)
    return counts


def _weighed(counts: Any) -> tuple[Any, Any]:
    """Rows of length 1, and the rarity of each word."""
    import numpy as np  # noqa: PLC0415
    from scipy.sparse import diags  # noqa: PLC0415
    from sklearn.preprocessing import normalize  # noqa: PLC0415

    number = counts.shape[0]
    in_creators = np.bincount(counts.indices, minlength=counts.shape[1])
    weights = np.log((1 + number) / (1 + in_creators)) + 1
    return normalize(counts @ diags(weights)).tocsr(), weights
