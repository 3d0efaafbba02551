"""What a server may choose: one table of settings, and what follows from it; pure."""
