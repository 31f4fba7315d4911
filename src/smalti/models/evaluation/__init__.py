"""Measured figures: the model beside its baselines, on splits by time and by company.

    report.py     measures; needs the models
    parts.py      what can be measured by itself
    sections.py   figures as tables
    card.py       figures as the model card
    stored.py     figures kept, with what they were measured on
    published.py  what others published on the same data

The last five load no model.
"""
