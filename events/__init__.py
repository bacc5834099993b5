"""The discussions: their records, the registry that reads and writes them, calendars and lists."""
