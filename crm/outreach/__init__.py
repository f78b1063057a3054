"""What mail to creators must keep to, and how it travels. Services are in crm.services."""
