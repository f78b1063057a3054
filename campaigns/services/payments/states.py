"""What can be done with an amount in each of its states, and words for each no."""

from __future__ import annotations

from campaigns.choices import PayAct as Act
from campaigns.choices import PayState as State

# Whatever is not here is refused. None: where it stood before it was put on hold.
NEXT: dict[State, dict[Act, State | None]] = {
    State.COMMITTED: {
        Act.REACH: State.READY,
        Act.MARK_READY: State.READY,
        Act.HOLD: State.ON_HOLD,
        Act.CANCEL: State.CANCELLED,
        Act.INVOICE: State.COMMITTED,
    },
    State.READY: {
        Act.RELEASE: State.READY,
        Act.PAY: State.PAID,
        Act.HOLD: State.ON_HOLD,
        Act.CANCEL: State.CANCELLED,
        Act.INVOICE: State.READY,
    },
    State.ON_HOLD: {
        Act.LIFT: None,
        Act.CANCEL: State.CANCELLED,
        Act.INVOICE: State.ON_HOLD,
    },
    State.PAID: {Act.REVERSE: State.READY, Act.INVOICE: State.PAID},
    State.CANCELLED: {},
}
# Acts that nobody chooses: a milestone is reached, an amount is agreed, an invoice is attached on
# the invoice's own form.
BY_ITSELF = (Act.PLAN, Act.REACH, Act.INVOICE)
NEEDS_REASON = (Act.MARK_READY, Act.HOLD, Act.CANCEL, Act.REVERSE)
_OF_A_STATE = {
    State.COMMITTED: "It is not ready to pay: its milestone has not been reached. Mark it as ready "
    "yourself, and say why, if it is to be paid all the same.",
    State.READY: "It is ready to pay.",
    State.ON_HOLD: "It is on hold: take it off hold first.",
    State.PAID: "It is paid. Take the payment back first if that was a mistake.",
    State.CANCELLED: "It was cancelled. Enter a new cost instead.",
}


def allowed(state: str) -> tuple[Act, ...]:
    """What people can do with an amount, in the order of the list of acts."""
    return tuple(act for act in Act if act not in BY_ITSELF and act in NEXT[State(state)])


def why_not(state: str, act: Act) -> str:
    """Why an act is refused in a state, fit for the user; empty where it is not."""
    return "" if act in NEXT[State(state)] else _OF_A_STATE[State(state)]
