"""What creators are ranked by for a campaign: each factor from 0 to 100 points, with its weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# How the factors are computed: another way has another name.
FORMULA = "2026-11.2"
MAX_WEIGHT = 10
# The share of the weight that is known of everybody who comes first.
LEAST_KNOWN = 0.5
FRESH_FOR = 90
RESULTS_FOR = 730


@dataclass(frozen=True)
class Factor:
    """One of them: what it is, how a value becomes points, and its usual weight."""

    key: str
    label: str
    explains: str
    weight: int
    # A value in words.
    words: str = "{value:.0f} of 100"

    def says(self, value: float, n: int | None = None) -> str:
        """A known value in words; `n` is on how many cases it rests."""
        if self.key == "results":
            pieces = f"{n or 0} piece{'s'[: n != 1]}"
            few = ", too few to stand alone" if (n or 0) < FEW_RESULTS else ""
            return f"{value:.2f} x what they usually get ({pieces}{few})"
        if self.key == "load" and not value:
            return "in no other campaign"
        return self.words.format(value=value, s="s"[: round(value) != 1])


# Fewer published pieces than these say little by themselves.
FEW_RESULTS = 5
FACTORS = (
    Factor(
        "fit",
        "Reviews",
        "The mean score of the newest settled reviews of the last year: 5 brings 100 points, 1 "
        "brings 0. Where the review form lets low scores pass (risk), 1 counts as 5.",
        3,
        "{value:.1f} of 5 in reviews",
    ),
    Factor("score", "Score", "The score that was chosen, as it stands.", 3),
    Factor(
        "audience",
        "Audience",
        "The share of the audience in the campaign's markets: half of it or more brings 100 "
        "points, none 0.",
        3,
        "{value:.0%} of the audience in its markets",
    ),
    Factor(
        "platform",
        "Platforms",
        "On how many of the campaign's platforms the creator is: all of them bring 100 points.",
        2,
        "on {value:.0%} of its platforms",
    ),
    Factor(
        "engagement",
        "Engagement",
        "The engagement rate against the median of the brand's creators on the same platform: "
        "twice the median or more brings 100 points, none 0.",
        3,
        "{value:.2f} x the norm",
    ),
    Factor(
        "results",
        "Results with us",
        "Likes and comments of the pieces of the last two years against what the creator usually "
        "gets, drawn towards the brand's mean where pieces are few: as usual brings 50 points, "
        "twice as much 100.",
        3,
    ),
    Factor("reliability", "Reliability", "On time, answers, keeps to what was agreed: of 100.", 2),
    Factor(
        "freshness",
        "Freshness",
        f"Days since the last known post: today brings 100 points, {FRESH_FOR} days or more 0.",
        1,
        "posted {value:.0f} day{s} ago",
    ),
    Factor(
        "load",
        "Availability",
        "Other open campaigns of the brand that the creator is in: none brings 100 points, one "
        "50, two 33.",
        2,
        "in {value:.0f} other campaign{s}",
    ),
    Factor(
        "price",
        "Price",
        "What one piece cost last, or is offered for, against what one may cost: that or less "
        "brings 100 points, twice as much 0.",
        2,
        "{value:.2f} x what a piece may cost",
    ),
    Factor(
        "overlap",
        "New audience",
        "The largest share of the audience that one of those chosen reaches already: none brings "
        "100 points, all of it 0. Told of the first 300 of the ranking, where people of their "
        "audiences are known.",
        2,
        "shares {value:.0%} of the audience with one of those chosen",
    ),
)
KEYS = tuple(factor.key for factor in FACTORS)
BY_KEY: Mapping[str, Factor] = {factor.key: factor for factor in FACTORS}
USUAL: Mapping[str, int] = {factor.key: factor.weight for factor in FACTORS}
# What a campaign has to say for a factor to count, in words.
NEEDS = {
    "score": "no score was chosen",
    "audience": "the campaign names no markets",
    "platform": "the campaign names no platforms",
    "price": "nobody said what a piece may cost",
    "overlap": "nobody is chosen yet, or no audiences were compared",
}

# Why somebody is not ranked, the first of these that holds.
LEFT_OUT = {
    "present": "in this campaign already",
    "objected": "objected to being judged by machines, or may not be used",
    "suppressed": "on the suppression list",
    "declined": "declined to work with the brand",
    "unpitched": "not to be pitched, says the playbook of their effective persona or segment",
    "held": "work with them is paused",
    "exclusive": "exclusive to somebody else for the campaign's category",
    "permit": "without the permit or register entry of a market of the campaign",
    "other": "an invitation would be refused for another reason",
}


@dataclass(frozen=True)
class Part:
    """One factor of one creator: what it was, and as what it counts; None: not known."""

    factor: Factor
    weight: float
    value: float | None
    points: float | None
    n: int | None
    # What it brings to the score; parts add up to it.
    brings: float | None

    @property
    def says(self) -> str:
        """In words, for a page or a reason."""
        if self.value is None:
            return f"{self.factor.label}: not known"
        return f"{self.factor.label}: {self.factor.says(self.value, self.n)}"


def parts_of(
    kept: Mapping[str, Mapping[str, float | int | None]], weights: Mapping[str, float]
) -> list[Part]:
    """The factors that count, known or not, of a creator whose known ones are `kept`."""
    known = sum(weights[key] for key in KEYS if weights.get(key) and key in kept)
    found = []
    for key in KEYS:
        weight = weights.get(key, 0)
        if not weight:
            continue
        one = kept.get(key)
        points = None if one is None else one["points"]
        found.append(
            Part(
                BY_KEY[key],
                weight,
                None if one is None else one["value"],
                points,
                None if one is None or one.get("n") is None else int(one["n"] or 0),
                None if points is None else points * weight / known,
            )
        )
    return found


def score_of(
    kept: Mapping[str, Mapping[str, float | int | None]], weights: Mapping[str, float]
) -> tuple[float | None, float]:
    """The mean of the known points by weight (None: none is known), and the share that is known."""
    counted = [(weights[key], kept[key]["points"]) for key in kept if weights.get(key)]
    total = sum(weights.values())
    known = sum(weight for weight, _ in counted)
    if not known or not total:
        return None, 0.0
    return sum(weight * (points or 0) for weight, points in counted) / known, known / total
