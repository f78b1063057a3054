"""What people do with the audit ledger: check it, sign it, keep copies elsewhere."""
