"""Bringing recordings to the archive: an address, an upload, what was found; the recording's own page, and its trim."""
