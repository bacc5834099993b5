"""What was said: transcripts, the engines that make them, and the search for moments in them."""
