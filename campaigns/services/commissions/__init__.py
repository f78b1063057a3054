"""Commissions: agreed, stated, ended."""
