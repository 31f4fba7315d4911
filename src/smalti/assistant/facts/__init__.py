"""The filed numbers of an issuer as of a moment, and what is computed from them."""
