"""Assets with what may be done with each today, for lists of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.choices import Usage, Verdict
from campaigns.models import Asset
from campaigns.selectors.rights import rights_of
from campaigns.services.rights.answering import answer
from campaigns.services.rights.questions import Question, spell_of


@dataclass(frozen=True)
class UseToday:
    """Whether one kind of use is allowed today, in a word, and until when."""

    usage: str
    label: str
    verdict: Verdict
    word: str
    until: date | None


@dataclass(frozen=True)
class Standing:
    """An asset and each kind of use."""

    asset: Asset
    uses: tuple[UseToday, ...]


def standings(
    assets: Sequence[Asset], today: date, known_channels: Mapping[str, str]
) -> list[Standing]:
    """One query for all of them. Where and on which channel is left open: "in some places"."""
    rights = rights_of(assets)
    found = []
    for asset in assets:
        uses = []
        for usage in Usage:
            given = answer(Question(usage, today), asset, rights[asset.pk], known_channels)
            held = [spell_of(right) for right in given.rights]
            ends = [
                spell[1] for spell in held if spell and spell[0] <= today <= spell[1] != date.max
            ]
            is_partly = given.verdict == Verdict.UNKNOWN and bool(given.rights)
            word = "in some places" if is_partly else Verdict(given.verdict).label.lower()
            until = max(ends, default=None) if is_partly else given.until
            label = usage.label.partition(":")[0]
            uses.append(UseToday(usage.value, label, given.verdict, word, until))
        found.append(Standing(asset, tuple(uses)))
    return found
