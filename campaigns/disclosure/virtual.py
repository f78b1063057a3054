"""Virtual creators: that it is said, that people they are like allowed it, and the rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from campaigns.disclosure.case import Consent, Virtual
from campaigns.disclosure.finding import Item, LayerKey, Outcome, item
from campaigns.disclosure.labels import Seen
from campaigns.disclosure.packs import Pack
from campaigns.disclosure.vocabulary import CreatorKind, Result

CATEGORY = "ai_synthetic"
QUESTION = "Does the piece say that nobody real speaks, or that AI made it?"


def check(seen: Seen, pack: Pack) -> Iterator[Item]:
    """What is asked of a virtual creator wherever it is: the packs add what they say of its own."""
    if seen.case.creator.kind is not CreatorKind.VIRTUAL:
        return
    known = seen.case.creator.virtual
    yield item(
        seen.case,
        layer=LayerKey.DUTIES,
        key=f"{pack.key}.likeness",
        question="Did everybody whose face, voice or body the character has allow it?",
        outcome=likeness(known, seen.at),
        hard=True,
    )
    yield item(
        seen.case,
        layer=LayerKey.DUTIES,
        key=f"{pack.key}.character",
        question="May the brand use the character on that day?",
        outcome=character(known, seen.at),
        blocks=False,  # between the brand and the owner, not of the label
    )


def said(seen: Seen) -> Outcome:
    """Where the piece says that it is no person: whether that is plain, a person decides."""
    for surface in seen.surfaces:
        for signal in seen.packs.lexicon.machine_made_in(surface.text):
            return Outcome(
                Result.UNKNOWN,
                f"{signal.text!r} is said ({surface.name}): whether that is plain enough, "
                "a person decides.",
            )
    return Outcome(
        Result.UNKNOWN,
        "No words that say so were found in what was captured: a person must look.",
    )


def likeness(known: Virtual | None, at: date) -> Outcome:
    """Whether all people on whom the character is modelled consented for that day."""
    if known is None or known.based_on_people is None:
        return Outcome(
            Result.UNKNOWN, "Whether the character is modelled on anybody is not on file."
        )
    if not known.based_on_people:
        return Outcome(Result.NOT_APPLICABLE, "The character is modelled on nobody.")
    if not known.consents:
        return Outcome(
            Result.UNKNOWN, "The character is modelled on people, and none of them is on file."
        )
    reasons = [_missing(number, one, at) for number, one in enumerate(known.consents, 1)]
    for result in (Result.FAIL, Result.UNKNOWN):
        some = [reason for found, reason in reasons if found is result]
        if some:
            return Outcome(result, " ".join(some))
    count = len(known.consents)
    return Outcome(
        Result.PASS, "The person consented." if count == 1 else f"All {count} people consented."
    )


def character(known: Virtual | None, at: date) -> Outcome:
    """Whether the rights in the character reach to that day."""
    if known is None or not known.rights_owner:
        return Outcome(Result.UNKNOWN, "Who holds the rights in the character is not on file.")
    if known.rights_until is None:
        return Outcome(Result.PASS, "The rights in the character have no end on file.")
    if known.rights_until < at:
        return Outcome(
            Result.FAIL, f"The brand may use the character until {known.rights_until} only."
        )
    return Outcome(Result.PASS, f"The brand may use the character until {known.rights_until}.")


def _missing(number: int, one: Consent, at: date) -> tuple[Result, str]:
    """Names of people stay out of findings, which are kept for years: they are counted."""
    who = f"Person {number} ({', '.join(one.parts)})"
    if one.given is None:
        return Result.UNKNOWN, f"{who}: nobody wrote down whether they consented."
    if not one.given:
        return Result.FAIL, f"{who} did not consent: the post must not go out."
    if one.valid_from is not None and at < one.valid_from:
        return Result.FAIL, f"{who}: the consent begins on {one.valid_from} only."
    if one.valid_until is not None and one.valid_until < at:
        return Result.FAIL, f"{who}: the consent ended on {one.valid_until}."
    return Result.PASS, ""
