"""Pages: each a few lines that call sync."""
