"""A language model of the user's: it may choose tools and rephrase; nothing it says goes out unchecked."""
