"""Whether a text reads like advertising, and which of its words say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from campaigns.choices import HintSource
from campaigns.disclosure.advertising import Looked, sentences, signs
from campaigns.disclosure.matcher import Names
from campaigns.disclosure.packs import Packs
from crm.models import Brand, LearnedModel
from crm.services.learning.weighing import MARK, Weights, features, say

AD, NO_AD = "ad", "no_ad"
# From so sure on a post is a hint. How sure is how many such posts carry a label: of those without
# one more are ads than that (docs/disclosure.md).
SURE_MIN = 0.25
TERMS = 6
# Everything that spoke for it: which sentence has most of that.
_ALL = 10_000
_MARKS = {
    "discount_code": "a discount or promotion code",
    "percent_off": "a price reduction",
    "bio_link": "link in bio, or the like",
    "affiliate_domain": "link of an affiliate network",
    "affiliate_parameter": "address with an affiliate parameter",
    "unclear": "a wording that is not enough",
    "affiliate": "says that its links earn money",
    "mention": "an account is named",
    "denial": "says that it is no advertising",
}


@dataclass(frozen=True)
class Told:
    """That a text reads like advertising; `sure` None: nobody knows how sure that is."""

    sure: float | None
    strength: float


@dataclass(frozen=True)
class Evidence:
    """The sentence with most of what speaks for it, and what does: words, and what each brings."""

    sentence: str
    terms: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Teller:
    """What tells: the list that comes with the product, or what a brand's posts taught.

    made_at  of the list its version's day
    """

    packs: Packs
    names: Names
    version: str
    made_at: datetime
    weights: Weights | None = None

    @classmethod
    def of(cls, brand: Brand, packs: Packs, model: LearnedModel | None) -> Teller:
        """What is in use for a brand."""
        names = names_of(brand)
        if model is not None:
            weights = Weights.of(model.weights)
            return cls(packs, names, str(model.number), model.trained_at, weights)
        version = signs().version
        return cls(packs, names, version, datetime.fromisoformat(version).replace(tzinfo=UTC))

    @property
    def source(self) -> HintSource:
        """Which of the two."""
        return HintSource.LIST if self.weights is None else HintSource.LEARNED

    def look(self, raw: str) -> Looked:
        """What is in a text."""
        return Looked(raw, self.packs, self.names)

    def tell(self, looked: Looked) -> Told | None:
        """None: it does not read like advertising, or says itself that it is."""
        if looked.is_labelled or not looked.words.strip():
            return None
        if self.weights is None:
            strength = looked.strength
            return Told(None, strength) if strength >= signs().least else None
        sure = say(self.weights, looked.words, looked.marks, of=AD).sure
        return Told(sure, sure) if sure >= SURE_MIN else None

    def evidence(self, raw: str) -> Evidence:
        """What in a text speaks for it, and where."""
        brings = self._brings(self.look(raw))
        best = max(
            sentences(raw) or [raw.strip()],
            key=lambda one: sum(brings.get(term, 0.0) for term in self._terms(self.look(one))),
        )
        most = sorted(brings.items(), key=lambda one: (-one[1], one[0]))[:TERMS]
        return Evidence(best[:500], [(in_words(term), round(part, 3)) for term, part in most])

    def _brings(self, looked: Looked) -> dict[str, float]:
        if self.weights is None:
            return {sign.key: sign.weight for sign in looked.signs if sign.weight > 0}
        return dict(say(self.weights, looked.words, looked.marks, why=_ALL, of=AD).why)

    def _terms(self, looked: Looked) -> set[str]:
        if self.weights is None:
            return {sign.key for sign in looked.signs}
        return set(features(looked.words, looked.marks))


def names_of(brand: Brand) -> Names:
    """What the brand is called in posts."""
    return Names((brand.name, brand.slug))


def in_words(term: str) -> str:
    """A sign or a feature as people read it."""
    key = term.removeprefix(f"{MARK}sign:")
    if key in _MARKS:
        return _MARKS[key]
    return f"“{key.removeprefix('words:')}”"


def text_of(title: str, caption: str) -> str:
    """The words of a post."""
    return f"{title}\n{caption}".strip()
