"""Which explainer does a post call for? A cheap gate first, then the matcher, which may abstain."""
