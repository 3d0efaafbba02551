"""Fits the matcher's coefficients. Development only: the bot never imports it."""
