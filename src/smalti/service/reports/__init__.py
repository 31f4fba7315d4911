"""Risk reports: one content, set as PDF and as HTML, made on demand and by schedule."""
