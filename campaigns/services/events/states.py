"""What can happen to an invitation in each state. Whatever is not here is refused."""

from __future__ import annotations

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State

# Where each act may begin. Where ACCEPT leads is a matter of places: see answering.py.
FROM: dict[Act, frozenset[State]] = {
    Act.INVITE: frozenset({State.WITHDRAWN}),
    Act.SEND: frozenset({State.INVITED, State.ACCEPTED, State.WAITING, State.OFFERED}),
    Act.ACCEPT: frozenset(
        {State.INVITED, State.ACCEPTED, State.DECLINED, State.WAITING, State.OFFERED}
    ),
    Act.DECLINE: frozenset({State.INVITED, State.ACCEPTED, State.WAITING, State.OFFERED}),
    # A place that was offered goes to the next one; they go back to the end of the list.
    Act.WAIT: frozenset({State.OFFERED}),
    Act.OFFER: frozenset({State.WAITING}),
    Act.WITHDRAW: frozenset(
        {State.INVITED, State.ACCEPTED, State.DECLINED, State.WAITING, State.OFFERED}
    ),
    # Somebody comes whom nobody expected any more: the door lets them in or not.
    Act.CHECK_IN: frozenset(
        {State.INVITED, State.ACCEPTED, State.DECLINED, State.WAITING, State.OFFERED}
    ),
    Act.MISS: frozenset({State.INVITED, State.ACCEPTED, State.WAITING, State.OFFERED}),
    Act.UNDO: frozenset({State.ATTENDED, State.ABSENT}),
}
# What a creator can do behind their link.
CREATORS = (Act.ACCEPT, Act.DECLINE)
_WHY_NOT = {
    State.INVITED: "They have not answered yet.",
    State.ACCEPTED: "They come already.",
    State.DECLINED: "They do not come.",
    State.WAITING: "They are on the waiting list.",
    State.OFFERED: "They were offered a free place and have not answered yet.",
    State.WITHDRAWN: "The invitation was taken back. Invite them again first.",
    State.ATTENDED: "They were there: that is written down.",
    State.ABSENT: "It is written down that they did not come.",
}


def why_not(state: str, act: Act) -> str:
    """Why an act is refused in a state, fit for the user; empty where it is not."""
    now = State(state)
    return "" if now in FROM[act] else _WHY_NOT[now]


def allowed(state: str) -> tuple[Act, ...]:
    """What can be done with an invitation in a state."""
    return tuple(act for act in Act if State(state) in FROM[act])
