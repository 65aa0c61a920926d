"""Servers that imitate the outside systems over real HTTP on loopback. See README.md; imports nothing of the app."""
