"""How right a classifier is on creators of whom people have said the value."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol
from uuid import UUID

from segmentation.classifying.documents import Document, Guess

# Of so many creators one is never learned from: what all versions are compared on.
ONE_IN = 5
# With fewer of them a comparison says nothing.
LEAST_HELD_OUT = 10
SURE = 0.8
_NEVER = 0.001


class Guesser(Protocol):
    """Anything that says what documents may be."""

    def guess(self, documents: Sequence[Document]) -> list[Guess | None]:
        """What each may be, in order; None: nothing."""


@dataclass(frozen=True)
class Numbers:
    """What came of a test.

    creators   how many were looked at
    right      how many of them had the value that was called likeliest
    in_three   how many had one of the three likeliest
    sure       of how many it was sure (0.8 and more), and `sure_right` of them it was right
    loss       mean of -log of the probability that it gave the true value; the less, the better
    """

    creators: int
    right: int
    in_three: int
    sure: int
    sure_right: int
    loss: float


def is_held_out(uid: UUID) -> bool:
    """Whether a creator is never learned from: by a digest, so that it stays so for ever."""
    return hashlib.sha256(uid.bytes).digest()[0] % ONE_IN == 0


def check(
    guesser: Guesser, documents: Sequence[Document], labels: Sequence[Collection[str]]
) -> Numbers:
    """Hold guesses against what people said. Who is silent is wrong, and nearly sure of nothing."""
    right = in_three = sure = sure_right = 0
    loss = 0.0
    for guess, said in zip(guesser.guess(documents), labels, strict=True):
        shares = (
            {} if guess is None else {guess.value: guess.confidence or 0.0, **dict(guess.others)}
        )
        ranked = list(shares)
        right += ranked[0] in said if ranked else 0
        in_three += not set(said).isdisjoint(ranked[:3])
        is_sure = guess is not None and (guess.confidence or 0.0) >= SURE
        sure += is_sure
        sure_right += is_sure and ranked[0] in said
        loss -= log(max(sum(shares.get(one, 0.0) for one in said), _NEVER))
    return Numbers(len(documents), right, in_three, sure, sure_right, loss / max(len(documents), 1))


def is_better(new: Numbers, used: Numbers) -> bool:
    """Right more often; of two that are right as often, the one whose probabilities are truer."""
    return (new.right, -new.loss) > (used.right, -used.loss)
