"""One creator's engagement rate beside what others have published for such accounts (F5)."""

from __future__ import annotations

from dataclasses import dataclass

from crm.models import Brand, Creator, Platform
from segmentation.choices import Benchmarked, Denominator
from segmentation.metrics.catalogue import Unit
from segmentation.models import CreatorFacts
from segmentation.selectors.scorecards.bands import Place, band_words, place_of
from segmentation.selectors.scorecards.lines import in_words
from segmentation.services.benchmarks import Source, all_sources

_COLOURS = {Place.BELOW: "orange", Place.WITHIN: "blue", Place.ABOVE: "green"}


@dataclass(frozen=True)
class Beside:
    """A source's band for the creator's platform and size, and where the rate lies."""

    source: Source
    tier: str
    said: str
    place: Place

    @property
    def words(self) -> str:
        """For the badge."""
        return "at it" if self.place == Place.OPEN else self.place.value

    @property
    def colour(self) -> str:
        """Of the badge."""
        return _COLOURS.get(self.place, "secondary")


@dataclass(frozen=True)
class CreatorRate:
    """The rate of the primary profile with what it rests on, as of the last run."""

    rate: str
    posts: int
    followers: int
    platform: str
    beside: list[Beside]


def creator_rate(brand: Brand, creator: Creator) -> CreatorRate | None:
    """The creator's rate beside published ones; None where rate or followers are not known.

    Rates that come from averages of a vendor, not from posts, are by a formula that nobody knows,
    and are compared with nothing. Four statements at most.
    """
    facts = CreatorFacts.objects.filter(brand=brand, creator=creator).first()
    if facts is None or facts.engagement_rate is None or facts.followers is None:
        return None
    posts = facts.engagement_posts or 0
    sources = all_sources(brand) if posts else []
    platform = Platform.objects.filter(key=facts.primary_platform).first()
    return CreatorRate(
        rate=in_words(facts.engagement_rate, Unit.FRACTION),
        posts=posts,
        followers=facts.followers,
        platform="" if platform is None else platform.name,
        beside=[
            Beside(source, band.tier, band_words(band), place_of(facts.engagement_rate, band)[0])
            for source in sources
            if source.of == Benchmarked.ENGAGEMENT_RATE
            and source.denominator == Denominator.FOLLOWERS
            and source.platform in {"", facts.primary_platform}
            for band in source.bands_of(facts.followers, is_celebrity=bool(facts.is_celebrity))
        ],
    )
