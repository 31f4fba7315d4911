"""Makes the demo world: three fictional issuers and every file about them, from one seed."""
