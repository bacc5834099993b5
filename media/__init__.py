"""The recordings: fetched, checked, kept with a manifest, rendered for the public."""
