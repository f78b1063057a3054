"""Proof that a form was filled in by somebody with time: nothing to recognise, no third party.

The page carries a puzzle that takes a browser about a second to solve (ALTCHA, proof of work). It
is signed and says for which page it was made, when, and which words of consent stood there: a
solution is good for one form, once, and not before a person could have read it.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import altcha
from django.core.cache import cache
from django.utils.crypto import salted_hmac

GOOD_FOR = timedelta(hours=2)
# Nobody reads and fills in the form in less.
NOT_BEFORE = timedelta(seconds=4)
# Each try derives a key in so many rounds; the browser needs between so many tries.
ROUNDS = 5_000
TRIES = (60, 160)
_ALGORITHM = "PBKDF2/SHA-256"
PAYLOAD_MAX = 4_000


class ProofRefused(Exception):
    """The form is not taken; the message is fit for who sent it."""


@dataclass(frozen=True)
class Shown:
    """What stood on the page that was filled in."""

    at: datetime
    consent_version: int
    # Of the puzzle: signed by us, so that one puzzle has one name however it is written.
    nonce: str


def challenge(place: str, consent_version: int, at: datetime) -> dict[str, Any]:
    """A puzzle for one form of the page `place`, as its script reads it."""
    made = altcha.create_challenge(
        _ALGORITHM,
        ROUNDS,
        counter=secrets.choice(range(*TRIES)),
        expires_at=at + GOOD_FOR,
        data={
            "place": place,
            "at": at.isoformat(),
            "consent": consent_version,
        },
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("key"),
    )
    challenge: dict[str, Any] = made.to_dict()
    return challenge


def check(payload: str, place: str, at: datetime) -> Shown:
    """What the page showed, once the puzzle is known to be solved. Raises ProofRefused."""
    if not payload:
        raise ProofRefused(
            "Your browser has not finished the check against programs yet. Wait until the page "
            "says that it has, then send the form again."
        )
    told = _told(payload)
    if told is None or told["place"] != place:
        raise _not_solved()
    if at - datetime.fromisoformat(told["at"]) > GOOD_FOR:
        raise ProofRefused(
            "The page was open for more than two hours. Nothing that you wrote is lost: send it "
            "again."
        )
    result = altcha.verify_solution(payload, _secret("challenge"), hmac_key_secret=_secret("key"))
    if not result.verified:
        raise _not_solved()
    shown = Shown(datetime.fromisoformat(told["at"]), told["consent"], told["nonce"])
    if at - shown.at < NOT_BEFORE:
        raise ProofRefused(
            "That was faster than anybody types. Wait a few seconds, then send it again."
        )
    return shown


def spend(shown: Shown) -> None:
    """Use a solved puzzle up. Raises ProofRefused for one that was used already."""
    if not cache.add(f"form:proof:{shown.nonce}", 1, timeout=int(GOOD_FOR.total_seconds())):
        raise ProofRefused("This form was sent already. If something is missing, send it again.")


def _told(payload: str) -> dict[str, Any] | None:
    """What the puzzle says about itself: not yet checked to be ours, but of the right shape."""
    try:
        read = json.loads(base64.b64decode(payload[:PAYLOAD_MAX], validate=True))
        parameters = read["challenge"]["parameters"]
        told = parameters["data"]
        datetime.fromisoformat(told["at"])
        return {
            "place": str(told["place"]),
            "at": told["at"],
            "consent": int(told["consent"]),
            "nonce": str(parameters["nonce"]),
        }
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _not_solved() -> ProofRefused:
    return ProofRefused(
        "The check against programs did not succeed. A new one is under way: send the form again "
        "when the page says that it is done."
    )


def _secret(use: str) -> str:
    return salted_hmac(f"crm.public_forms.{use}", "", algorithm="sha256").hexdigest()
