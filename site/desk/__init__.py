"""The organisers' desk: pages below `/desk/` of the live site, for people with an account. Never in the export."""
