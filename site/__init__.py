"""What people see: pages, search, the live site and the static export, all through one gate."""
