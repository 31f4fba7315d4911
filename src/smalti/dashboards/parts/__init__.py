"""What views are made of, so that the same thing looks and works the same on every page."""
