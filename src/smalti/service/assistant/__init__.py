"""The assistant over the service's store: what is asked, conversations, what people say of answers."""

from smalti.service.assistant.asking import ask, grounds_of
from smalti.service.assistant.conversing import converse

__all__ = ["ask", "converse", "grounds_of"]
