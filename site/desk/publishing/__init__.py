"""The desk's part that makes things public, and takes them back."""
