"""What can be done with an offer in each of its states: the whole table, and words for each no."""

from __future__ import annotations

from campaigns.choices import OfferAct as Act
from campaigns.choices import OfferState as State

# Whatever is not here is refused.
NEXT: dict[State, dict[Act, State]] = {
    # Thrown away, a draft leaves the state before it; the first draft leaves no offer at all.
    State.DRAFT: {Act.EDIT: State.DRAFT, Act.SEND: State.SENT, Act.DISCARD: State.DRAFT},
    State.SENT: {
        Act.REVISE: State.DRAFT,
        Act.COUNTER: State.COUNTERED,
        Act.ACCEPT: State.ACCEPTED,
        Act.DECLINE: State.DECLINED,
        Act.WITHDRAW: State.WITHDRAWN,
        Act.EXPIRE: State.EXPIRED,
    },
    State.COUNTERED: {
        Act.REVISE: State.DRAFT,
        Act.COUNTER: State.COUNTERED,
        Act.ACCEPT: State.ACCEPTED,
        Act.DECLINE: State.DECLINED,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.ACCEPTED: {},
    State.DECLINED: {Act.REVISE: State.DRAFT, Act.COUNTER: State.COUNTERED},
    # Somebody may write down late what was said in time.
    State.EXPIRED: {
        Act.REVISE: State.DRAFT,
        Act.COUNTER: State.COUNTERED,
        Act.ACCEPT: State.ACCEPTED,
        Act.DECLINE: State.DECLINED,
    },
    State.WITHDRAWN: {Act.REVISE: State.DRAFT},
}
# Acts of people; an offer expires by itself.
BY_PEOPLE = tuple(act for act in Act if act != Act.EXPIRE)
_OF_A_DRAFT = {
    Act.EDIT: "What has been sent stays as it is. Write a new version instead.",
    Act.SEND: "There is no draft to send. Write a new version first.",
    Act.DISCARD: "There is no draft to throw away.",
}
_OF_A_STATE = {
    State.DRAFT: "A draft is being written. Send it or throw it away first.",
    State.SENT: "It waits for the creator's answer.",
    State.COUNTERED: "The creator made a counter-offer, which does not expire by itself.",
    State.ACCEPTED: "It is accepted, and what was agreed stays as it is. "
    "Make a new offer for anything else.",
    State.DECLINED: "It is declined. Write a new version to take it up again, or write down what "
    "the creator offers now.",
    State.EXPIRED: "It has expired. Write a new version to take it up again.",
    State.WITHDRAWN: "It is withdrawn. Write a new version to take it up again.",
}


def allowed(state: str) -> tuple[Act, ...]:
    """What people can do with an offer in a state, in the order of the list of acts."""
    return tuple(act for act in BY_PEOPLE if act in NEXT[State(state)])


def why_not(state: str, act: Act) -> str:
    """Why an act is refused in a state, fit for the user; empty where it is not."""
    if act in NEXT[State(state)]:
        return ""
    if state != State.ACCEPTED and act in _OF_A_DRAFT:
        return _OF_A_DRAFT[act]
    return _OF_A_STATE[State(state)]
