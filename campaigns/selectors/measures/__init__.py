"""How quickly and how often: activation, the funnel, rounds and decisions of drafts."""
