"""The stages, in the order data walks: ingest, link, embed, score. Each can be run again at no cost."""
