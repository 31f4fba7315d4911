"""Search: text to evidence of every kind, by words and by meaning, as of a moment.

Here are the records it is asked with and answers with; `retriever` does the work.
"""

from smalti.assistant.retrieval.records import ANYTHING, Filters, Found, Hit, Question

__all__ = ["ANYTHING", "Filters", "Found", "Hit", "Question"]
