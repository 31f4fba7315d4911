"""The typed client of the HTTP API; frames come as Polars."""
