"""Whether an answer says only what it can show: numbers and citations."""
