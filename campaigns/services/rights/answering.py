"""May we use this, here, on this channel, in this way, on these days? Yes, no, or not known.

Plain Python over rights that are loaded already; nothing is read here. Three values after Kleene: a
place of which it is not known whether a right holds there is neither in nor out, the days of
several rights add up, and the answer for several countries is the worst of theirs. Where nothing
was ever written down the answer is "not known", never "no" by itself and never "yes".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from campaigns.choices import AssetOrigin, Releases, Verdict
from campaigns.models import Asset, UsageRight
from campaigns.services.rights.questions import DAY, Answer, Question, spell_of
from campaigns.services.rights.telling import Teller, giver, heed, in_words


@dataclass(frozen=True)
class _Spell:
    """Days on which a right holds, both included."""

    first: date
    last: date
    right: UsageRight
    place: Verdict


@dataclass
class _Cell:
    """The answer for one country."""

    verdict: Verdict
    spells: list[_Spell] = field(default_factory=list)
    until: date | None = None


def answer(
    question: Question,
    asset: Asset,
    rights: Iterable[UsageRight],
    known_channels: Mapping[str, str],
) -> Answer:
    """The answer for one asset from all rights that belong to it (see selectors.rights)."""
    every = list(rights)
    if asset.releases == Releases.MISSING:
        who = asset.people or "somebody who can be recognised"
        return Answer(
            Verdict.NO,
            (f"The people shown have not all agreed: {who}.",),
            todo="Get their release in writing and write it down, or make them unrecognisable.",
        )
    if not every and asset.origin == AssetOrigin.OWN:
        return Answer(
            Verdict.YES,
            ("It is the brand's own: nobody else's rights are written down.",),
            is_endless=True,
            heed=heed(asset, []),
        )
    if not every:
        return Answer(
            Verdict.UNKNOWN,
            ("Nobody wrote down what may be done with it.",),
            todo=f"Ask {giver(asset)} what they allow and write the answer down as a right.",
        )
    of_usage = [right for right in every if right.usage == question.usage]
    countries = question.territory
    places = [None] if countries is None else list(countries) or [""]
    cells = {place: _cell(question, place, of_usage) for place in places}
    verdicts = {cell.verdict for cell in cells.values()}
    if verdicts == {Verdict.YES}:
        return _yes(question, asset, cells, known_channels)
    teller = Teller(question, asset, every, known_channels)
    if Verdict.NO in verdicts:
        failed = [place for place, cell in cells.items() if cell.verdict == Verdict.NO]
        return teller.no(failed)
    return teller.unknown([p for p, cell in cells.items() if cell.verdict == Verdict.UNKNOWN])


def _cell(question: Question, place: str | None, rights: Sequence[UsageRight]) -> _Cell:
    spells = []
    for right in rights:
        days = spell_of(right)
        holds = _both(_in_country(right, place), _on_channel(right, question.channel))
        if days is not None and holds != Verdict.NO:
            spells.append(_Spell(*days, right, holds))
    sure = [spell for spell in spells if spell.place == Verdict.YES]
    until = _held_until(question.on, sure)
    if until is not None and until >= question.last:
        return _Cell(Verdict.YES, sure, until)
    perhaps = _held_until(question.on, spells)
    if perhaps is not None and perhaps >= question.last:
        return _Cell(Verdict.UNKNOWN, spells)
    return _Cell(Verdict.NO, spells)


def _in_country(right: UsageRight, place: str | None) -> Verdict:
    """`place`: a country, "" for the whole world, None where nobody said."""
    if right.territory_words:
        return Verdict.UNKNOWN
    if not right.territory:
        return Verdict.YES
    if place is None:
        return Verdict.UNKNOWN
    return Verdict.YES if place in right.territory else Verdict.NO


def _on_channel(right: UsageRight, channel: str | None) -> Verdict:
    if right.channels_words:
        return Verdict.UNKNOWN
    if not right.channels:
        return Verdict.YES
    if channel is None:
        return Verdict.UNKNOWN
    return Verdict.YES if channel in right.channels else Verdict.NO


def _both(one: Verdict, other: Verdict) -> Verdict:
    if Verdict.NO in {one, other}:
        return Verdict.NO
    return Verdict.UNKNOWN if Verdict.UNKNOWN in {one, other} else Verdict.YES


def _held_until(day: date, spells: Sequence[_Spell]) -> date | None:
    """Until when it holds from `day` on without a gap; None where it does not hold on it."""
    until: date | None = None
    for spell in sorted(spells, key=lambda spell: spell.first):
        begins = day if until is None else _after(until)
        if spell.first <= begins and spell.last >= day:
            until = spell.last if until is None else max(until, spell.last)
    return until


def _after(day: date) -> date:
    return day if day == date.max else day + DAY


def _yes(
    question: Question,
    asset: Asset,
    cells: Mapping[str | None, _Cell],
    known_channels: Mapping[str, str],
) -> Answer:
    used: dict[int, UsageRight] = {}
    for cell in cells.values():
        for spell in cell.spells:
            if spell.first <= question.last and spell.last >= question.on:
                used[spell.right.pk] = spell.right
    until = min(cell.until for cell in cells.values() if cell.until is not None)
    is_endless = until == date.max
    return Answer(
        Verdict.YES,
        tuple(in_words(right, known_channels) for right in used.values()),
        rights=tuple(used.values()),
        until=None if is_endless else until,
        is_endless=is_endless,
        heed=heed(asset, list(used.values())),
    )
