"""From where to where an incident goes; whatever is not here is refused."""

from __future__ import annotations

from crm.choices import IncidentAct as Act
from crm.choices import IncidentState as State

NEXT: dict[State, dict[Act, State]] = {
    State.OPEN: {
        Act.CONTAIN: State.CONTAINED,
        Act.RESOLVE: State.RESOLVED,
        Act.DISMISS: State.DISMISSED,
    },
    State.CONTAINED: {Act.RESOLVE: State.RESOLVED, Act.DISMISS: State.DISMISSED},
    State.RESOLVED: {Act.CLOSE: State.CLOSED, Act.REOPEN: State.OPEN},
    State.CLOSED: {Act.REOPEN: State.OPEN},
    State.DISMISSED: {Act.REOPEN: State.OPEN},
}
# What each asks of whoever does it.
ASKS = {
    Act.CONTAIN: "What keeps it from getting worse",
    Act.RESOLVE: "How it was put right",
    Act.CLOSE: "What was learned from it",
    Act.REOPEN: "Why it is not over",
    Act.DISMISS: "Why it is unfounded",
}
# These take somebody who handles incidents; the others its owner may do, too.
FOR_HANDLERS = frozenset({Act.CLOSE, Act.REOPEN, Act.DISMISS})


def allowed(state: str) -> tuple[Act, ...]:
    """What can be done with an incident in a state."""
    return tuple(NEXT[State(state)])
