"""Finding moments: the index, what a question means, and its answer."""
