"""Signs that an account's numbers may not come from its audience: plain Python.

`look` takes what is known of an account (`Account`) and the published thresholds
(`thresholds.standard`) and says of each sign whether it is raised, not raised, or cannot be told,
with the numbers. It reads nothing, knows no Django, and never says that anybody cheated.
"""
