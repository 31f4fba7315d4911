"""What must not happen: orders in documents followed, personal data told, advice given, complaints lost."""
