"""Measured figures: the model beside its baselines, on splits by time and by company."""
