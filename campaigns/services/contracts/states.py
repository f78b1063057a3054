"""What can be done with a contract in each of its states, and words for each no."""

from __future__ import annotations

from campaigns.choices import ContractAct as Act
from campaigns.choices import ContractState as State
from crm.permissions import Can

# Whatever is not here is refused.
NEXT: dict[State, dict[Act, State]] = {
    State.DRAFT: {
        Act.EDIT: State.DRAFT,
        Act.SUBMIT: State.IN_REVIEW,
        # Where the brand's rules do not ask for legal.
        Act.SEND: State.SENT,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.IN_REVIEW: {
        Act.CLEAR: State.READY,
        Act.RETURN: State.DRAFT,
        Act.REOPEN: State.DRAFT,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.READY: {
        Act.SEND: State.SENT,
        Act.REOPEN: State.DRAFT,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.SENT: {
        Act.ACCEPT: State.ACCEPTED,
        Act.DECLINE: State.DECLINED,
        Act.REVISE: State.DRAFT,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    # An amendment is a contract of its own: this one holds until that one is accepted.
    State.ACCEPTED: {
        Act.AMEND: State.ACCEPTED,
        Act.SUPERSEDE: State.SUPERSEDED,
        Act.TERMINATE: State.TERMINATED,
        Act.END: State.ENDED,
    },
    State.DECLINED: {Act.REVISE: State.DRAFT},
    State.WITHDRAWN: {Act.REVISE: State.DRAFT},
    State.SUPERSEDED: {},
    State.ENDED: {},
    State.TERMINATED: {},
}
# Acts that nobody does: an amendment is accepted, the last day is over.
BY_ITSELF = (Act.SUPERSEDE, Act.END)
# Who of the brand may do an act; the creator's own acts come in behind a link as well.
NEEDS: dict[Act, Can] = {
    act: Can.CLEAR_LEGAL if act in {Act.CLEAR, Act.RETURN} else Can.MAKE_CONTRACTS
    for act in Act
    if act not in BY_ITSELF
}
NEEDS_REASON = (Act.RETURN, Act.WITHDRAW, Act.TERMINATE, Act.DECLINE)
_OF_A_STATE = {
    State.DRAFT: "It is still a draft: nobody but your team has seen it.",
    State.IN_REVIEW: "Legal is looking at it. Take it back to the draft to change anything.",
    State.READY: "Legal has cleared it, and it waits to be sent. Take it back to the draft to "
    "change anything.",
    State.SENT: "The creator has it, so it stays as it is. Write a new version to change anything, "
    "or withdraw it.",
    State.ACCEPTED: "It is in force, and what was agreed stays as it is. Amend it instead.",
    State.DECLINED: "The creator declined it. Write a new version to take it up again.",
    State.WITHDRAWN: "It is withdrawn. Write a new version to take it up again.",
    State.SUPERSEDED: "An amendment has taken its place.",
    State.ENDED: "It has ended.",
    State.TERMINATED: "It was terminated.",
}


def allowed(state: str, can: frozenset[Can] = frozenset(Can)) -> tuple[Act, ...]:
    """What people who may do `can` can do with a contract, in the order of the list of acts."""
    return tuple(act for act in NEEDS if act in NEXT[State(state)] and NEEDS[act] in can)


def why_not(state: str, act: Act) -> str:
    """Why an act is refused in a state, fit for the user; empty where it is not."""
    return "" if act in NEXT[State(state)] else _OF_A_STATE[State(state)]
