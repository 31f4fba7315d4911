"""The public data the heads learn from, as packed cases with labels; read from the folder SMALTI_DATA names."""
