"""What each audience may see, and how it is said."""
