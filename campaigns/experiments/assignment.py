"""Who gets which arm: random, balanced within strata, and the same for whoever asks again.

Chance comes from a hash of the seed and the creator, not from a generator: neither the order of
the creators nor the version of Python changes the outcome, and anybody can check it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256


class AssignmentRefused(Exception):
    """Nobody can be assigned like this; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the roles that are compared. `share` is its weight against the others."""

    key: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Unit:
    """A creator to be assigned. Arms are balanced among those of one stratum: tier, niche..."""

    creator: int | str
    stratum: Hashable = ""


def assign(
    units: Sequence[Unit],
    arms: Sequence[Arm],
    *,
    seed: str,
    already: Mapping[int | str, str] | None = None,
) -> dict[int | str, str]:
    """Return the arm of every creator.

    Creators come in the order of their hashes, and each gets the arm that is furthest behind its
    share in the stratum; if several are, the one furthest behind over all; then by hash. So in
    every stratum, and with two equal arms over all of them, the numbers differ by at most one.
    Who is `already` assigned stays: creators who join later fill up the arms.
    """
    _check(units, arms, already or {})
    shares = {arm.key: arm.share / sum(each.share for each in arms) for arm in arms}
    here: dict[Hashable, dict[str, int]] = {
        unit.stratum: dict.fromkeys(shares, 0) for unit in units
    }
    over_all = dict.fromkeys(shares, 0)
    found = {}
    late = []
    for unit in units:
        if already and unit.creator in already:
            found[unit.creator] = arm = already[unit.creator]
            here[unit.stratum][arm] += 1
            over_all[arm] += 1
        else:
            late.append(unit)
    for unit in sorted(late, key=lambda unit: _chance(seed, "order", unit.creator)):
        arm = _next(shares, here[unit.stratum], over_all, seed=seed, creator=unit.creator)
        found[unit.creator] = arm
        here[unit.stratum][arm] += 1
        over_all[arm] += 1
    return found


def _next(
    shares: Mapping[str, float],
    here: Mapping[str, int],
    over_all: Mapping[str, int],
    *,
    seed: str,
    creator: int | str,
) -> str:
    def behind(counts: Mapping[str, int], arm: str) -> float:
        return round(counts[arm] - shares[arm] * (sum(counts.values()) + 1), 9)

    return min(
        shares,
        key=lambda arm: (
            behind(here, arm),
            behind(over_all, arm),
            _chance(seed, "arm", creator, arm),
        ),
    )


def _chance(seed: str, *parts: int | str) -> bytes:
    """Return bytes that nobody can foresee without the seed, and everybody can repeat."""
    return sha256("\x1f".join([seed, *map(str, parts)]).encode()).digest()


def _check(units: Sequence[Unit], arms: Sequence[Arm], already: Mapping[int | str, str]) -> None:
    keys = [arm.key for arm in arms]
    if len(keys) < 2:
        raise AssignmentRefused("An experiment needs at least two arms.")
    if len(set(keys)) < len(keys):
        raise AssignmentRefused("Two arms have the same name.")
    if any(arm.share <= 0 for arm in arms):
        raise AssignmentRefused("Every arm needs a share of the creators.")
    if len({unit.creator for unit in units}) < len(units):
        raise AssignmentRefused("A creator cannot be in an experiment twice.")
    if unknown := set(already.values()) - set(keys):
        raise AssignmentRefused(f"There is no arm called “{min(unknown)}” in this experiment.")
