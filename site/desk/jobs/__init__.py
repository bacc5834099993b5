"""The desk's pages about jobs: what is at work, what waits for what, what needs a person."""
