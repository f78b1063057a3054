"""What can be done with a request in each state: the whole table, spelled out."""

from __future__ import annotations

import pytest

from campaigns.choices import RemediationAct as Act
from campaigns.choices import RemediationState as State
from campaigns.services.remediation.states import NEXT, why_not

ALLOWED = {
    (State.OPEN, Act.REMIND): State.OPEN,
    (State.OPEN, Act.ANSWER): State.ANSWERED,
    (State.OPEN, Act.ASK_AGAIN): State.OPEN,
    (State.OPEN, Act.EXPIRE): State.OVERDUE,
    (State.OPEN, Act.RESOLVE): State.RESOLVED,
    (State.OPEN, Act.WITHDRAW): State.WITHDRAWN,
    (State.ANSWERED, Act.ASK_AGAIN): State.OPEN,
    (State.ANSWERED, Act.RESOLVE): State.RESOLVED,
    (State.ANSWERED, Act.WITHDRAW): State.WITHDRAWN,
    (State.OVERDUE, Act.ANSWER): State.ANSWERED,
    (State.OVERDUE, Act.ASK_AGAIN): State.OPEN,
    (State.OVERDUE, Act.ESCALATE): State.INCIDENT,
    (State.OVERDUE, Act.RESOLVE): State.RESOLVED,
    (State.OVERDUE, Act.WITHDRAW): State.WITHDRAWN,
    (State.INCIDENT, Act.ANSWER): State.ANSWERED,
    (State.INCIDENT, Act.ASK_AGAIN): State.OPEN,
    (State.INCIDENT, Act.RESOLVE): State.RESOLVED,
    (State.INCIDENT, Act.WITHDRAW): State.WITHDRAWN,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_each_act_in_each_state(state, act):
    if (state, act) in ALLOWED:
        assert NEXT[state][act] == ALLOWED[state, act]
        assert why_not(state, act) == ""
    else:
        assert act not in NEXT[state]
        assert why_not(state, act).endswith(".")
