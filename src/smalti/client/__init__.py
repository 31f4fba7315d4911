"""The typed client of the HTTP API; frames come as Polars.

from smalti.client import Client

with Client("http://127.0.0.1:8321", key) as smalti:
    signals = smalti.signals("3M")
"""

from smalti.client.client import Client
from smalti.client.events import MISSED, Event
from smalti.client.reading import Hits, Media
from smalti.client.signatures import BadSignature, verify
from smalti.client.tasks import Task

__all__ = ["MISSED", "BadSignature", "Client", "Event", "Hits", "Media", "Task", "verify"]
