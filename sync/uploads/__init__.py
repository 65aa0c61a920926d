"""Orders from files: read, mapped, checked and staged; nothing reaches the orders before a person says Proceed (P6)."""
