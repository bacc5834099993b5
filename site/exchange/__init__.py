"""What other programs read of an archive: calendars, feeds, linked data, an API, exports, a dump of all of it.

Every module here makes one format from the records that the gate gives (`onrecord.site.public`) and from
nothing else; `onrecord.site.exchange.ways` knows the address of each. Unlisted events stand in none of them:
only their own page offers their own calendar entry.
"""
