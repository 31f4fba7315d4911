"""The weights that come with the package; see LICENSE-weights.md and MODEL_CARD.md beside them."""
