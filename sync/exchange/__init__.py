"""Stores that come in by the exchange: records are kept, whichever way they came, and orders are made of them."""
