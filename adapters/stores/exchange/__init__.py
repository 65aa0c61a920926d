"""The exchange that we offer to systems without an API of their own: one contract, pulled, pushed or uploaded.

Source: edge-commerce-and-sengerio.md section 4 (all of it OURS); docs/exchange.md tells it to bridge writers."""
