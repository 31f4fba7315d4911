"""What a drawn chart says: marks found by colour and shape, labels by their words, values from both."""
