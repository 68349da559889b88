"""The HTTP interface of a running node, on a Unix socket in its directory."""
