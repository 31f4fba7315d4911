"""Finding evidence and answering from it."""
