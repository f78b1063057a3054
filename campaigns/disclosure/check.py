"""`check`: a post and what is on file about it, against the rules of a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from campaigns.disclosure import duties, layers, marking, placement
from campaigns.disclosure.case import Case, CaseRefused
from campaigns.disclosure.finding import (
    Conflict,
    Finding,
    Item,
    JurisdictionFinding,
    Layer,
    LayerKey,
    UsedPack,
    worst,
)
from campaigns.disclosure.folds import smallest
from campaigns.disclosure.labels import Candidate, Seen, candidates, look
from campaigns.disclosure.packs import Pack, Packs, Platform, Source
from campaigns.disclosure.view import View
from campaigns.disclosure.vocabulary import STRICTEST_FIRST, Result, Verdict

TRIED = 10  # places of a label, from the first on
WORDS = {
    Verdict.SUFFICIENT: "Every item that was asked is kept.",
    Verdict.NOT_REQUIRED: "No connection is on file, and nothing in the post speaks of one.",
    Verdict.NOT_REVIEWED: "Nothing of the post was captured.",
}


def check(case: Case, packs: Packs, at: date) -> Finding:
    """What the rules in force on `at` make of the post. Raises CaseRefused."""
    problems = case.problems(platforms=frozenset(packs.platforms), categories=packs.categories)
    if problems:
        raise CaseRefused(problems)
    seen = look(case, packs, at)
    platform = packs.platforms[case.platform]
    conflicts = tuple(marking.conflicts(seen))
    keys = packs.resolve(case.jurisdictions)
    known = {
        key: candidates(seen, packs.jurisdictions[key])
        for key in keys
        if key in packs.jurisdictions
    }
    findings = [
        _jurisdiction(seen, packs.jurisdictions[key], platform, known[key], conflicts)
        if key in known
        else _without_pack(key)
        for key in keys
    ]
    findings.sort(key=_strictness)
    strictest = findings[0]
    return Finding(
        verdict=strictest.verdict,
        strictest=strictest.key,
        reason=f"{strictest.name}: {strictest.reason}",
        layers=strictest.layers,
        per_jurisdiction=tuple(findings),
        matches=tuple(marking.matches(seen, platform, known)),
        marks=tuple(marking.marks(seen)),
        conflicts=conflicts,
        language=seen.language,
        language_guessed=seen.language_guessed,
        fold=smallest(platform) | ({} if seen.cut is None else {"captured": seen.cut}),
        at=at,
        sensitive=bool(conflicts)
        or bool(case.categories & packs.sensitive)
        or any(finding.blocked_by for finding in findings),
        lexicon=packs.lexicon.version,
        disclaimer=packs.disclaimer,
    )


def _strictness(finding: JurisdictionFinding) -> tuple[bool, int, int]:
    failed = sum(one.result is Result.FAIL and one.blocks for one in finding.items)
    return not finding.blocked_by, STRICTEST_FIRST.index(finding.verdict), -failed


def _without_pack(key: str) -> JurisdictionFinding:
    return JurisdictionFinding(
        key=key,
        name=key,
        verdict=Verdict.UNCLEAR,
        reason="There is no rule pack for this jurisdiction: ask counsel.",
        layers=(),
        items=(),
        blocked_by=(),
        not_asked=(),
        pack=None,
    )


def _jurisdiction(
    seen: Seen,
    pack: Pack,
    platform: Platform,
    found: Sequence[Candidate],
    conflicts: Sequence[Conflict],
) -> JurisdictionFinding:
    label, placed = _best(seen, pack, platform, found)
    items = [
        layers.connection(seen, pack),
        layers.label(seen, pack, label),
        *placed,
        *layers.platform_tool(seen, pack, platform),
        *layers.advertiser(seen, pack),
        *duties.check(seen, pack),
    ]
    summed = tuple(_layers(items))
    verdict, reason = _verdict(seen, items, summed, label, conflicts)
    return JurisdictionFinding(
        key=pack.key,
        name=pack.name,
        verdict=verdict,
        reason=reason,
        layers=summed,
        items=tuple(items),
        blocked_by=()
        if verdict is Verdict.NOT_REQUIRED
        else tuple(one.key for one in items if one.hard and one.result is Result.FAIL),
        not_asked=placement.not_asked(seen, pack),
        pack=UsedPack(pack.version, pack.digest),
    )


def _best(
    seen: Seen, pack: Pack, platform: Platform, found: Sequence[Candidate]
) -> tuple[Candidate | None, list[Item]]:
    """The best wording in its best place, and the items for that place."""
    if not found:
        return None, []
    good = [one for one in found if one.grade is found[0].grade]
    tried = [(one, placement.check(View(seen, pack, platform, one, good))) for one in good[:TRIED]]
    return min(tried, key=lambda pair: _badness(pair[1]))


def _badness(items: Sequence[Item]) -> tuple[int, int]:
    counted = [one.result for one in items if one.blocks]
    return counted.count(Result.FAIL), counted.count(Result.UNKNOWN)


def _layers(items: Sequence[Item]) -> Iterator[Layer]:
    by_key: dict[LayerKey, list[Item]] = {key: [] for key in LayerKey}
    for one in items:
        if one.blocks:
            by_key[one.layer].append(one)
    for key, binding in by_key.items():
        result = worst([one.result for one in binding])
        deciding = [one for one in binding if one.result is result]
        sources: dict[str, Source] = {
            source.id: source for one in deciding for source in one.sources
        }
        yield Layer(
            key=key,
            result=result,
            reason=" ".join(dict.fromkeys(one.reason for one in deciding)) or "Nothing is asked.",
            sources=tuple(sources.values()),
        )


def _verdict(
    seen: Seen,
    items: Sequence[Item],
    summed: Sequence[Layer],
    label: Candidate | None,
    conflicts: Sequence[Conflict],
) -> tuple[Verdict, str]:
    """The verdict, and the sentence that says why."""
    by_layer = {layer.key: layer for layer in summed}
    connection, wording = by_layer[LayerKey.CONNECTION], by_layer[LayerKey.LABEL]
    if not seen.surfaces and not seen.case.platform_tool:
        return Verdict.NOT_REVIEWED, WORDS[Verdict.NOT_REVIEWED]
    hard = [one for one in items if one.hard and one.result is Result.FAIL]
    if connection.result is Result.NOT_APPLICABLE:
        return Verdict.NOT_REQUIRED, WORDS[Verdict.NOT_REQUIRED]
    on_file = bool(seen.case.connections)
    if connection.result is Result.UNKNOWN and not hard and not on_file:
        return Verdict.UNCLEAR, connection.reason
    # On file, but not of a kind that this pack lists: where a label does, that does not matter.
    listed = connection.result is not Result.UNKNOWN
    if not listed and not hard and wording.result is not Result.PASS:
        return Verdict.UNCLEAR, connection.reason
    if wording.result is Result.FAIL and label is None:
        return Verdict.MISSING, wording.reason
    failed = [one for one in items if one.blocks and one.result is Result.FAIL]
    if failed:
        return Verdict.INSUFFICIENT, " ".join(dict.fromkeys(one.reason for one in failed))
    open_items = [
        one
        for one in items
        if one.blocks and one.result is Result.UNKNOWN and one.layer is not LayerKey.CONNECTION
    ]
    if open_items:
        return Verdict.UNCLEAR, " ".join(dict.fromkeys(one.reason for one in open_items))
    if conflicts:
        return Verdict.UNCLEAR, " ".join(one.reason for one in conflicts)
    return Verdict.SUFFICIENT, WORDS[Verdict.SUFFICIENT]
