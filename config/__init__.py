"""How the apps are put together. Importing Celery here makes tasks use our broker."""

from config.celery import app as celery_app

__all__ = ("celery_app",)
