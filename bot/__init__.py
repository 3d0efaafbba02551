"""Copydesk: sourced answers to copyright-and-AI claims, and repeated posts shown to moderators."""
