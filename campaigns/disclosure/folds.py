"""Whether a passage is seen before a reader asks for more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from campaigns.disclosure.finding import Outcome
from campaigns.disclosure.matcher import NEAR_START, Hit, words_before
from campaigns.disclosure.packs import Fold, Platform
from campaigns.disclosure.text import Text
from campaigns.disclosure.vocabulary import Format, Result

ROWS_THAT_DO_NOT_COUNT = frozenset({"story", "shorts", "snap"})


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a text is cut on one surface: by the strictest and by the most generous source."""

    surface: str
    folds: tuple[Fold, ...]


def edges_of(platform: Platform) -> list[Edge]:
    """The cuts that are known of a platform's captions."""
    by_surface: dict[str, list[Fold]] = defaultdict(list)
    for fold in platform.folds:
        if fold.surface not in ROWS_THAT_DO_NOT_COUNT and (fold.chars or fold.lines):
            by_surface[fold.surface].append(fold)
    return [Edge(surface, tuple(folds)) for surface, folds in by_surface.items()]


def smallest(platform: Platform) -> dict[str, int | None]:
    """The strictest cut: what is kept with a finding."""
    folds = [fold for edge in edges_of(platform) for fold in edge.folds]
    chars = [fold.chars for fold in folds if fold.chars]
    lines = [fold.lines for fold in folds if fold.lines]
    return {"chars": min(chars, default=None), "lines": min(lines, default=None)}


def seen_at_once(
    text: Text, hit: Hit, platform: Platform, *, lines: int | None = None, cut: int | None = None
) -> Outcome:
    """Whether a caption's label stands before every cut, behind one, or where sources disagree.

    `cut`: where it was cut when somebody looked, which decides over what sources say.
    """
    place, end = text.place(hit.start), text.end_place(hit.end)
    last, line = text.visible_before(end), text.line_of(place)
    where = f"{text.raw[place:end]!r} ends at character {last}, line {line}"
    edges = edges_of(platform)
    if lines is not None and line > lines:
        return Outcome(Result.FAIL, f"{where}; only the first {lines} lines are sure to be seen.")
    if cut is not None:
        return _as_captured(text, end, cut, where)
    if not edges:
        if words_before(text, hit) <= NEAR_START:
            return Outcome(Result.PASS, f"{where}; it stands at the start.")
        return Outcome(Result.UNKNOWN, f"{where}; where this platform cuts a text is not known.")
    doubtful = None
    for edge in edges:
        hidden = [fold for fold in edge.folds if _behind(fold, last, line)]
        if len(hidden) == len(edge.folds):
            return Outcome(
                Result.FAIL,
                f"{where}; {platform.key} ({edge.surface}) cuts after {_words(hidden[0])}.",
            )
        if hidden:
            doubtful = (
                f"{where}; by one source {platform.key} cuts after {_words(hidden[0])}, "
                "by another later."
            )
    if doubtful:
        return Outcome(Result.UNKNOWN, doubtful)
    return Outcome(Result.PASS, f"{where}; {platform.key} shows it without a tap.")


def _as_captured(text: Text, end: int, cut: int, where: str) -> Outcome:
    if end <= cut:
        return Outcome(Result.PASS, f"{where}; it was seen without a tap when it was captured.")
    count = text.visible_before(cut)
    seen = f"{count} character{'s'[: count != 1]}"
    return Outcome(
        Result.FAIL, f"{where}; when it was captured, no more than {seen} was seen without a tap."
    )


def _behind(fold: Fold, last: int, line: int) -> bool:
    return bool((fold.chars and last > fold.chars) or (fold.lines and line > fold.lines))


def _words(fold: Fold) -> str:
    parts = []
    if fold.chars:
        parts.append(f"{fold.chars} characters")
    if fold.lines:
        parts.append("1 line" if fold.lines == 1 else f"{fold.lines} lines")
    return " or ".join(parts)


def is_moving(case_format: Format) -> bool:
    """Whether there is film or sound that a caption does not stand for."""
    return case_format in {
        Format.VIDEO,
        Format.REEL,
        Format.SHORT,
        Format.LIVE,
        Format.STORY,
        Format.PODCAST,
    }
