"""Encoders: text or pixels in, one vector a piece out, the same whatever else is in the batch."""
