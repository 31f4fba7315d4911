"""What may be asked of the store on the way to an answer: read-only, bounded, the same for every way in."""
