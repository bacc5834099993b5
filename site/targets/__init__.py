"""Where the static site goes: into a folder, to another machine by rsync, into a branch of a git repository."""
