"""Rights and answers in words: why not, what to do, what to heed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from campaigns.choices import AiPart, AssetKind, StartTrigger, Verdict
from campaigns.models import Asset, UsageRight
from campaigns.models.rights import USES
from campaigns.services.rights import channels as channel_words
from campaigns.services.rights import territories
from campaigns.services.rights.questions import Answer, Question, spell_of

# Why a right that was given does not hold yet, and what makes it begin.
_WAITS = {
    StartTrigger.PUBLICATION: "it starts when the content is published.",
    StartTrigger.SIGNING: "it starts when the contract is signed.",
    StartTrigger.DAY: "it has not started.",
}
_THEN = {
    StartTrigger.PUBLICATION: "Publish the content first, and write down where it is.",
    StartTrigger.SIGNING: "Write down on which day the contract was signed.",
    StartTrigger.DAY: "Wait until it starts.",
}


class Teller:
    """Says why not, and what to do about it."""

    def __init__(
        self,
        question: Question,
        asset: Asset,
        rights: Sequence[UsageRight],
        known_channels: Mapping[str, str],
    ) -> None:
        self.question, self.asset, self.rights = question, asset, rights
        self.known = known_channels
        self.use = USES[question.usage]
        self.mine = [right for right in rights if right.usage == question.usage]

    def no(self, places: Sequence[str | None]) -> Answer:
        """Each right of this use, and what is missing of it."""
        if not self.mine:
            kinds = sorted({USES[right.usage] for right in self.rights})
            return Answer(
                Verdict.NO,
                (f"Nothing was agreed about {self.use}: only about {' and '.join(kinds)}.",),
                todo=f"Ask {giver(self.asset)} for {self.use}.",
            )
        started = {right.part_of_id for right in self.mine if right.part_of_id}
        shown = [right for right in self.mine if right.pk not in started]
        reasons = tuple(self._lacks(right, places) for right in shown)
        return Answer(Verdict.NO, reasons, rights=tuple(shown), todo=self._todo(shown, places))

    def unknown(self, places: Sequence[str | None]) -> Answer:
        """What would have to be said, or read."""
        reasons, todo = [], ""
        perhaps = [right for right in self.mine if self._is_then(right)]
        perhaps = [right for right in perhaps if not self._not_here(right, places)]
        for right in perhaps:
            if right.territory_words:
                reasons.append(
                    f"Where it holds was agreed in words only: “{right.territory_words}”."
                )
                todo = "Read what was agreed, and write the right down anew with its countries."
            elif right.territory and None in places:
                reasons.append(f"It holds in {territories.names(right.territory)} only.")
                todo = todo or "Say in which country."
            if right.channels_words:
                reasons.append(
                    f"On which channels was agreed in words only: “{right.channels_words}”."
                )
                todo = "Read what was agreed, and write the right down anew with its channels."
            elif right.channels and self.question.channel is None:
                where = channel_words.names(right.channels, self.known)
                reasons.append(f"It holds on {where} only.")
                todo = todo or "Say on which channel."
        return Answer(
            Verdict.UNKNOWN,
            tuple(dict.fromkeys(reasons)),
            rights=tuple(perhaps),
            todo=todo,
        )

    def _is_then(self, right: UsageRight) -> bool:
        days = spell_of(right)
        return days is not None and days[0] <= self.question.last and days[1] >= self.question.on

    def _lacks(self, right: UsageRight, places: Sequence[str | None]) -> str:
        reason = self._not_here(right, places) or self._not_then(right)
        return f"{in_words(right, self.known)}: {reason}"

    def _not_then(self, right: UsageRight) -> str:
        on, last = self.question.on, self.question.last
        if right.revoked_on and (right.starts_on is None or right.revoked_on <= last):
            return f"taken back from {_day(right.revoked_on)} on ({right.revoked_reason})."
        if right.starts_on is None:
            return _WAITS[StartTrigger(right.trigger)]
        if right.starts_on > on:
            return f"it starts on {_day(right.starts_on)} only."
        if right.ends_on and right.ends_on < on:
            return f"it ended on {_day(right.ends_on)}."
        return "it ends before the use does."

    def _not_here(self, right: UsageRight, places: Sequence[str | None]) -> str:
        if right.territory:
            outside = [
                place for place in places if place is not None and place not in right.territory
            ]
            if outside:
                where = "worldwide" if "" in outside else f"in {territories.names(outside)}"
                return f"not {where}."
        channel = self.question.channel
        if right.channels and channel is not None and channel not in right.channels:
            return f"not on {self.known.get(channel, channel)}."
        return ""

    def _todo(self, shown: Sequence[UsageRight], places: Sequence[str | None]) -> str:
        here = [right for right in shown if not self._not_here(right, places)]
        held = [right for right in here if right.revoked_on is None]
        if not here:
            return self._ask_for_place(places)
        if any(right.starts_on is None for right in held):
            first = next(right for right in held if right.starts_on is None)
            return _THEN[StartTrigger(first.trigger)]
        return self._ask_for_days(held)

    def _ask_for_place(self, places: Sequence[str | None]) -> str:
        words = [f"Ask {giver(self.asset)} for {self.use}"]
        if places and None not in places:
            named = [place for place in places if place]
            words.append("worldwide" if "" in places else f"in {territories.names(named)}")
        if self.question.channel:
            words.append(f"on {self.known.get(self.question.channel, self.question.channel)}")
        return f"{' '.join(words)}."

    def _ask_for_days(self, held: Sequence[UsageRight]) -> str:
        who, on = giver(self.asset), self.question.on
        later = [right.starts_on for right in held if right.starts_on and right.starts_on > on]
        ended = max((right.ends_on for right in held if right.ends_on), default=None)
        if later:
            return f"Wait until {_day(min(later))}, or ask {who} for an earlier start."
        if ended and ended < on:
            return f"Ask {who} for {self.use} again: the right ended on {_day(ended)}."
        if ended:
            return f"Use it until {_day(ended)} at most, or ask {who} for {self.use} for longer."
        return f"Ask {who} for {self.use} anew."


def in_words(right: UsageRight, known_channels: Mapping[str, str]) -> str:
    """A right in one line: "Paid use worldwide on Instagram until 3 June 2026 (Contract 12)"."""
    use = USES[right.usage]
    where = (
        f"“{right.territory_words}”"
        if right.territory_words
        else territories.names(right.territory)
    )
    where = where if where == "worldwide" else f"in {where}"
    on = (
        f"“{right.channels_words}”"
        if right.channels_words
        else channel_words.names(right.channels, known_channels)
    )
    source = right.reference or right.get_source_display()
    return f"{use[0].upper()}{use[1:]} {where} on {on} {how_long(right)} ({source})"


def how_long(right: UsageRight) -> str:
    """From when until when: "from 3 March 2026 until 2 September 2026", "for 6 months"."""
    if right.starts_on is None:
        if right.is_endless:
            return "without end"
        return f"until {_day(right.ends_on)}" if right.ends_on else f"for {_months(right.months)}"
    end = "without end" if right.ends_on is None else f"until {_day(right.ends_on)}"
    return f"from {_day(right.starts_on)} {end}"


def _months(number: int | None) -> str:
    return f"{number} month{'s'[: number != 1]}"


def heed(asset: Asset, rights: Sequence[UsageRight]) -> tuple[str, ...]:
    found = []
    for right in rights:
        if right.credit:
            found.append(f"Name them: {right.credit}")
        if right.may_edit is False:
            found.append("It must not be cut or changed.")
    if rights and not found and all(right.may_edit is None for right in rights):
        found.append("Nothing was said about cutting or changing it: ask first.")
    if not asset.releases and asset.kind in {AssetKind.IMAGE, AssetKind.VIDEO}:
        found.append("Nobody wrote down whether the people shown agreed.")
    if asset.ai_use == AiPart.GENERATED:
        found.append("It was generated by AI: say so where the law or the platform asks for it.")
    return tuple(dict.fromkeys(found))


def giver(asset: Asset) -> str:
    if asset.relationship is not None:
        return asset.relationship.creator.name
    return asset.made_by or "whoever made it"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
