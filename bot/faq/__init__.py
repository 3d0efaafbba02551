"""The knowledge: explainer files, compiled into SQLite and searched there."""
