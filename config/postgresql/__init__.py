"""Django's PostgreSQL backend, with connections that are looked at only after a rest."""
