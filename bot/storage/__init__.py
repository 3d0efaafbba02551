"""Where Copydesk remembers: protocols, and their implementation in SQLite."""
