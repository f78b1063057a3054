"""What can happen to a request in each of its states: the whole table, and words for each no."""

from __future__ import annotations

from campaigns.choices import RemediationAct as Act
from campaigns.choices import RemediationState as State

# Whatever is not here is refused. `ASK` begins one.
NEXT: dict[State, dict[Act, State]] = {
    State.OPEN: {
        Act.REMIND: State.OPEN,
        Act.ANSWER: State.ANSWERED,
        Act.ASK_AGAIN: State.OPEN,
        Act.EXPIRE: State.OVERDUE,
        Act.RESOLVE: State.RESOLVED,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    # It is our turn: no deadline of the creator's runs.
    State.ANSWERED: {
        Act.ASK_AGAIN: State.OPEN,
        Act.RESOLVE: State.RESOLVED,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.OVERDUE: {
        Act.ANSWER: State.ANSWERED,
        Act.ASK_AGAIN: State.OPEN,
        Act.ESCALATE: State.INCIDENT,
        Act.RESOLVE: State.RESOLVED,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.INCIDENT: {
        Act.ANSWER: State.ANSWERED,
        Act.ASK_AGAIN: State.OPEN,
        Act.RESOLVE: State.RESOLVED,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.RESOLVED: {},
    State.WITHDRAWN: {},
}
_WHY = {
    State.OPEN: "It waits for the creator, and its day has not come.",
    State.ANSWERED: "The creator says that it is done: look at the post again first.",
    State.OVERDUE: "Its day has passed already.",
    State.INCIDENT: "An incident was reported already.",
    State.RESOLVED: "The post was seen to be right: there is nothing to ask for any more.",
    State.WITHDRAWN: "It was withdrawn. Write a new request from the review of the post.",
}


def why_not(state: str, act: Act) -> str:
    """Why an act is refused in a state, fit for the user; empty where it is not."""
    return "" if act in NEXT[State(state)] else _WHY[State(state)]
