"""Django's PostgreSQL backend, with kept connections that are looked at without being asked."""
