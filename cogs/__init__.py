"""Thin Discord doors: each parses, checks permission, makes one call inward and renders the result."""
