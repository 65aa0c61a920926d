"""Numbers in the addresses of pages: none reaches a database that no row can have."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from models.base import LAST_ID


class RowId(IntegerConverter):
    """`<int:...>` of a route: the id of a row; for a larger number the page is not there."""

    regex = f"[0-9]{{1,{len(str(LAST_ID))}}}"

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, max=LAST_ID, **options)


def install(app: Flask) -> None:
    """For every route that is added from now on."""
    app.url_map.converters["int"] = RowId
