"""What a rule of placement looks at, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from campaigns.disclosure.finding import Outcome
from campaigns.disclosure.folds import seen_at_once
from campaigns.disclosure.labels import FRAME, SPEECH, Candidate, Seen
from campaigns.disclosure.matcher import words_before
from campaigns.disclosure.packs import Pack, Placement, Platform
from campaigns.disclosure.text import Kind
from campaigns.disclosure.vocabulary import Format, Result


@dataclass(frozen=True, slots=True)
class View:
    """What a rule looks at: the label that was chosen, and all that are as good."""

    seen: Seen
    pack: Pack
    platform: Platform
    label: Candidate
    good: Sequence[Candidate]

    def good_on(self, kind: str) -> bool:
        """Whether a wording as good as the chosen one stands there."""
        return any(one.kind == kind for one in self.good)

    @property
    def format(self) -> Format:
        """What was posted."""
        return self.seen.case.format

    def heard_or_seen(self, kind: str) -> bool | None:
        """Whether the label is on the picture or in the sound; None when not captured."""
        media = self.seen.case.media
        captured = {FRAME: media.frames, SPEECH: media.spoken}[kind] is not None
        captured = captured or bool(self.seen.on(kind))
        return self.good_on(kind) if captured else None

    def seen_at_once(self, *, lines: int | None = None) -> Outcome:
        """Whether the label stands before the fold of its caption."""
        label = self.label
        if label.surface is None or label.hit is None:
            return passed("The platform shows its own label above the post.")
        text, cut = label.surface.text, self.seen.cut
        found = seen_at_once(text, label.hit, self.platform, lines=lines, cut=cut)
        if self.seen.case.visible is None or cut is not None:
            return found
        unfit = "What was captured as seen at once is not the beginning of this text."
        return Outcome(found.result, f"{found.reason} {unfit}")

    @property
    def reckoned_at_once(self) -> Outcome:
        """The same by the folds that are known of the platform, whatever somebody saw."""
        label = self.label
        if label.surface is None or label.hit is None:
            return self.seen_at_once()
        return seen_at_once(label.surface.text, label.hit, self.platform)

    @property
    def words_before(self) -> int:
        """Plain words that stand before the label in its text."""
        label = self.label
        return words_before(label.surface.text, label.hit) if label.surface and label.hit else 0

    @property
    def words_after(self) -> int:
        """Plain words that follow the label in its text."""
        label = self.label
        if label.surface is None or label.hit is None:
            return 0
        rest = label.surface.text.tokens[label.hit.last + 1 :]
        return sum(token.kind is Kind.WORD for token in rest)


Rule = Callable[[View, Placement], Outcome]


def passed(reason: str) -> Outcome:
    """The rule is kept."""
    return Outcome(Result.PASS, reason)


def failed(reason: str) -> Outcome:
    """The rule is broken."""
    return Outcome(Result.FAIL, reason)


def unknown(reason: str) -> Outcome:
    """Nobody has seen it yet."""
    return Outcome(Result.UNKNOWN, reason)


def idle(reason: str) -> Outcome:
    """The rule asks nothing of this post."""
    return Outcome(Result.NOT_APPLICABLE, reason)
