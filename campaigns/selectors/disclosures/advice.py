"""What would do: the wordings that the rules accept for a post, and what is to be put right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.disclosure.packs import Label, Pack, Packs
from campaigns.disclosure.vocabulary import Standing

WORDINGS = 4
# Lines that somebody other than the creator sees to.
_NOT_THEIRS = frozenset({"connection", "duties"})


@dataclass(frozen=True)
class Advice:
    """What one jurisdiction asks of a post that is not in order there."""

    jurisdiction: str
    # Accepted there, in the post's language where there are any.
    wordings: Sequence[str]
    # What is wrong, in the words of the checklist.
    faults: Sequence[str]


def advice_for(
    result: Mapping[str, Any] | None, packs: Packs, on: date, *, brand: str
) -> list[Advice]:
    """For each jurisdiction in which something fails or is not known, the strictest first."""
    if result is None:
        return []
    return [
        Advice(
            one["name"],
            wordings_of(packs.jurisdictions[one["key"]], result["language"], on, brand=brand)
            if one["key"] in packs.jurisdictions
            else (),
            [
                f"{item['question']} {item['reason']}"
                for item in one["items"]
                if item["result"] == "fail" and item["layer"] not in _NOT_THEIRS
            ],
        )
        for one in result["per_jurisdiction"]
        if one["verdict"] not in {"sufficient", "not_required"}
    ]


def wordings_of(pack: Pack, language: str | None, on: date, *, brand: str) -> tuple[str, ...]:
    """Wordings that a jurisdiction accepts, in a language if it accepts any there."""
    accepted = [
        label
        for label in pack.labels
        if label.standing is Standing.ACCEPTED and label.holds(on) and not label.native
    ]
    in_language = [label for label in accepted if label.language == language]
    of_pack = [label for label in accepted if label.language in (None, *pack.languages)]
    found = dict.fromkeys(
        word for label in in_language or of_pack or accepted for word in _words(label, brand)
    )
    return tuple(found)[:WORDINGS]


def shared(advice: Sequence[Advice]) -> tuple[str, ...]:
    """Wordings that do in all of these jurisdictions at once."""
    if not advice:
        return ()
    first, *others = advice
    return tuple(word for word in first.wordings if all(word in other.wordings for other in others))


def _words(label: Label, brand: str) -> Iterator[str]:
    """A wording as it would be typed; what only describes one is left to its patterns."""
    typed = label.text.casefold().rstrip(":")
    if "<brand>" not in label.text and typed in label.patterns:
        yield label.text[:1].upper() + label.text[1:]
        return
    for pattern in label.patterns:
        if pattern.startswith(("~", "#<")) or "<@brand>" in pattern:
            continue
        if "<brand>" in pattern:
            if pattern.startswith("#"):
                continue
            yield pattern.replace("<brand>", brand).capitalize()
        else:
            yield pattern if pattern.startswith("#") else pattern.capitalize()
        return
