"""What a call is made of beyond its words: who speaks, in which role, and which numbers were said."""
