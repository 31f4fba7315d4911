"""The public data the heads learn from, as packed cases with labels."""
