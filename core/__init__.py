"""onrecord: an archive of discussions, from their announcement to a transcript that can be searched."""

__version__ = "0.1.0"
