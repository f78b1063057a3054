"""Webhooks: kept by admins (keeping), told of what the ledger holds (telling, calling)."""
