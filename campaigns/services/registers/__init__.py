"""Permits, facts that the rules ask for, alerts, and what counsel says of the rule packs."""
