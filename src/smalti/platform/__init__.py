"""What every other room stands on; imports none of them."""
