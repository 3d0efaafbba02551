"""Copydesk on recorded posts: judge each by itself, or replay a whole history through the pipeline."""
