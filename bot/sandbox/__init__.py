"""Discord without Discord: the real bot on a simulated server, in a browser page on this machine."""
