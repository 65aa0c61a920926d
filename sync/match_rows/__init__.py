"""The tables of the matching beside the items (M4-M8), as rows that people read, change and remove."""

from sync.match_rows.row import Row, Values

__all__ = ["Row", "Values"]
