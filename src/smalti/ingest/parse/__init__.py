"""Parsers: bytes in, pieces of evidence out. They run only inside the sandbox (`platform.sandbox`)."""
