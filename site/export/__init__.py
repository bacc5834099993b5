"""The static site: every page and file of the archive in a folder, of which only what changed is made again."""
