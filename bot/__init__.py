"""Copydesk: sourced answers to copyright-and-AI claims, and repeated posts shown to moderators."""

__version__ = "0.1.0"
