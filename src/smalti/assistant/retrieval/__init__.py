"""Search: text to evidence of every kind, by words and by meaning, as of a moment."""

from smalti.assistant.retrieval.meaning import FOR_SEARCH, Meaning, unit
from smalti.assistant.retrieval.records import ANYTHING, Filters, Found, Hit, Question
from smalti.assistant.retrieval.retriever import Encode, Refreshed, Retriever
from smalti.assistant.retrieval.text_index import TantivyIndex, TextIndex

__all__ = [
    "ANYTHING",
    "FOR_SEARCH",
    "Encode",
    "Filters",
    "Found",
    "Hit",
    "Meaning",
    "Question",
    "Refreshed",
    "Retriever",
    "TantivyIndex",
    "TextIndex",
    "unit",
]
