"""The layers beside placement and duties: connection, label, platform tool, advertiser."""

from __future__ import annotations

from collections.abc import Iterator

from campaigns.disclosure.finding import Item, LayerKey, Outcome, item
from campaigns.disclosure.labels import Candidate, Grade, Seen
from campaigns.disclosure.packs import Datum, Pack, Platform
from campaigns.disclosure.vocabulary import Result
from campaigns.disclosure.words import QUESTIONS


def connection(seen: Seen, pack: Pack) -> Item:
    """Whether a connection is on file that must be disclosed here."""
    connections = seen.case.connections
    datum: Datum | None = None
    if connections is None:
        outcome = Outcome(
            Result.UNKNOWN,
            "Nobody looked up whether a connection is on file; no hashtag is no proof of none.",
        )
    elif not connections:
        signals = _signals(seen)
        if signals:
            outcome = Outcome(
                Result.UNKNOWN, f"No connection is on file, but the post has {signals}."
            )
        else:
            outcome = Outcome(Result.NOT_APPLICABLE, "No connection is on file.")
    else:
        kinds = list(dict.fromkeys(one.kind for one in connections))
        covered = {
            kind: datum
            for datum, words in pack.connections
            for word in words
            for kind in seen.packs.covers[word]
        }
        counted = [kind for kind in kinds if kind in covered]
        words = ", ".join(kind.replace("_", " ") for kind in counted or kinds)
        if counted:
            datum = covered[counted[0]]
            outcome = Outcome(Result.PASS, f"On file: {words}. It must be disclosed here.")
        else:
            outcome = Outcome(
                Result.UNKNOWN, f"On file: {words}. This pack does not list it: decide."
            )
    return item(
        seen.case,
        layer=LayerKey.CONNECTION,
        key=f"{pack.key}.connection",
        question="Is there a connection that must be disclosed?",
        outcome=outcome,
        datum=datum,
    )


def _signals(seen: Seen) -> str:
    found = [
        signal.words
        for surface in seen.surfaces
        for signal in [*surface.signals, *surface.affiliate]
    ]
    if seen.speaks_of_advertising:
        found.append("the wording of an advertisement")
    elif seen.may_speak_of_a_connection:
        found.append("wording that may speak of a connection")
    if seen.case.platform_tool:
        found.append("the platform's label of a partnership")
    return ", ".join(dict.fromkeys(found))


def label(seen: Seen, pack: Pack, found: Candidate | None) -> Item:
    """Whether the best wording that was found is accepted here."""
    datum = found.datum if found else None
    if found is None:
        outcome = Outcome(Result.FAIL, _why_none(seen, pack))
    else:
        result = {
            Grade.ACCEPTED: Result.PASS,
            Grade.UNKNOWN: Result.UNKNOWN,
            Grade.INSUFFICIENT: Result.FAIL,
        }[found.grade]
        outcome = Outcome(result, f"Found {found.words!r}: {found.reason}")
    return item(
        seen.case,
        layer=LayerKey.LABEL,
        key=f"{pack.key}.label",
        question="Is there a label that is accepted here, in this language?",
        outcome=outcome,
        datum=datum,
    )


def _why_none(seen: Seen, pack: Pack) -> str:
    if not seen.surfaces:
        return "Nothing of the post was captured."
    if seen.denied:
        return f"No label: the post says the contrary ({seen.denied[0]!r})."
    near = [alike for surface in seen.surfaces for alike in surface.lookalikes]
    if near:
        return f"No label: {near[0].text!r} is none ({near[0].reason})."
    if seen.names and any(seen.names.stands_in(surface.text) for surface in seen.surfaces):
        return "No label: naming the brand alone is none."
    return f"No label was found on: {', '.join(surface.name for surface in seen.surfaces)}."


def platform_tool(seen: Seen, pack: Pack, platform: Platform) -> Iterator[Item]:
    """Whether the platform's own label is on, where that is asked."""
    rules = [
        rule
        for rule in pack.placement
        if rule.rule == "use_platform_tool" and rule.datum.holds(seen.at)
    ]
    above = seen.packs.over(pack.key)
    advice = [rule for rule in above.placement if rule.rule == "use_platform_tool"] if above else []
    for rule in [*rules, *advice]:
        offered = platform.tool.params.get("offered", True)
        outcome = {
            True: Outcome(Result.PASS, "The platform's own label is on."),
            False: Outcome(Result.FAIL, f"The platform's own label is off: {platform.tool.note}."),
            None: Outcome(
                Result.UNKNOWN, "Whether the platform's own label is on was not captured."
            ),
        }[seen.case.platform_tool]
        if not offered:
            outcome = Outcome(Result.NOT_APPLICABLE, "The platform offers no label of its own.")
        yield item(
            seen.case,
            layer=LayerKey.PLATFORM_TOOL,
            key=f"{pack.key}.placement.use_platform_tool",
            question=QUESTIONS[rule.rule],
            outcome=outcome,
            datum=rule.datum,
            blocks=rule in rules,
        )


def advertiser(seen: Seen, pack: Pack) -> Iterator[Item]:
    """Whether the advertiser is named, where that is asked."""
    for rule in pack.placement:
        if rule.rule != "name_advertiser" or not rule.datum.holds(seen.at):
            continue
        if not seen.names:
            outcome = Outcome(Result.UNKNOWN, "The advertiser is not on file.")
        else:
            where = [one.name for one in seen.surfaces if seen.names.stands_in(one.text)]
            outcome = (
                Outcome(Result.PASS, f"The advertiser is named ({', '.join(where)}).")
                if where
                else Outcome(Result.FAIL, "The advertiser is not named in what was captured.")
            )
        yield item(
            seen.case,
            layer=LayerKey.ADVERTISER,
            key=rule.datum.key,
            question=QUESTIONS[rule.rule],
            outcome=outcome,
            datum=rule.datum,
        )
