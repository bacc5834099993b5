"""Correcting a transcript where it stands: paragraph by paragraph, by several people, with a history of sittings."""
