"""What platforms and posts did, in sentences."""

from __future__ import annotations

from campaigns.models import FirstReading, PlatformWeek


def percent(change: float) -> str:
    """ "+12 %", "-18 %"; a minus as people write it."""
    return f"{change * 100:+.0f} %".replace("-", "\N{MINUS SIGN}")


def moved(week: PlatformWeek) -> str:
    """ "as a whole fell by 18 % (99 % interval 12 to 23 %, n = 412 creators)"."""
    if week.change is None or week.low is None or week.high is None:
        return f"as a whole: too few creators to say (n = {week.creators})"
    interval = f"99 % interval {percent(week.low)} to {percent(week.high)}"
    n = f"n = {week.creators:,} creators"
    if not week.is_shift:
        return f"as a whole: no shift ({percent(week.change)}, {interval}, {n})"
    verb = "fell" if week.change < 0 else "rose"
    return f"as a whole {verb} by {abs(week.change) * 100:.0f} % ({interval}, {n})"


def beside_platform(reading: FirstReading, week: PlatformWeek | None, platform: str) -> list[str]:
    """What the platform did in the post's week, and what is left of it for the post alone."""
    if week is None:
        return [f"What {platform} did as a whole in that week is not computed yet."]
    said = [f"In that week {platform} {moved(week)}."]
    own = against_usual(reading)
    if own is None or week.change is None or not week.is_shift:
        return said
    alone = (1 + own) / (1 + week.change) - 1
    words = f"This post is {percent(own)} against the usual; {percent(alone)} is its own."
    if reading.low is not None and reading.rate is not None:
        is_within = reading.rate / (1 + week.change) >= reading.low
        words += (
            " Without the platform's change it would lie within the usual."
            if is_within
            else " Without the platform's change it would be below the usual all the same."
        )
    return [*said, words]


def against_usual(reading: FirstReading) -> float | None:
    """How far a post is from the median of what it is compared with, as a fraction."""
    if reading.rate is None or not reading.usual:
        return None
    return reading.rate / reading.usual - 1
