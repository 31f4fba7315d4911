"""Makes the demo world: eight fictional issuers and every file about them, from one seed."""
