"""The search page: what a reader asks, how it is answered to people and to programs, and the search of the static site."""
