"""Bridges that speak the exchange's contract (edge-commerce-and-sengerio.md 4.1), over practice shops."""
