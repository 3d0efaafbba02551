"""The moderators' decisions: about repeats, and about suggested answers."""
