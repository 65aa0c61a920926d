"""Which call goes to which function: exact paths first, then patterns with {names}."""

from __future__ import annotations

from collections.abc import Callable

from practice.web import Answer, Request

Handler = Callable[..., Answer]
NO_ACTION = "-"
"""The method of a path that exists and answers none."""


class NoSuchPath(Exception):
    """Nothing answers at this path."""


class WrongMethod(Exception):
    """The path exists, the method does not; `allowed` names those that do."""

    def __init__(self, allowed: list[str]) -> None:
        """Remember the methods that would have worked."""
        super().__init__(", ".join(allowed))
        self.allowed = allowed


class Routes:
    """A table of calls; paths are compared without regard to case when `any_case`."""

    def __init__(self, any_case: bool) -> None:
        """An empty table."""
        self._any_case = any_case
        self._exact: dict[str, dict[str, Handler]] = {}
        self._patterns: list[tuple[list[str], dict[str, Handler]]] = []

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Let `handler(request, *parts)` answer; a part in braces matches one segment."""
        path = path.lower() if self._any_case else path
        if "{" not in path:
            self._exact.setdefault(path, {})[method] = handler
            return
        parts = path.split("/")
        for known, methods in self._patterns:
            if known == parts:
                methods[method] = handler
                return
        self._patterns.append((parts, {method: handler}))

    def find(self, request: Request) -> tuple[Handler, list[str]]:
        """The handler and the pattern's parts; raises NoSuchPath or WrongMethod."""
        path = request.path.lower() if self._any_case else request.path
        exact = self._exact.get(path)
        if exact is not None:
            return _handler(exact, request.method), []
        fitting = self._fitting(path.split("/"))
        if not fitting:
            raise NoSuchPath
        for parts, methods in fitting:
            if request.method in methods:
                sent = request.path.split("/")
                return methods[request.method], [s for part, s in zip(parts, sent, strict=True) if part.startswith("{")]
        raise WrongMethod(sorted({method for _, methods in fitting for method in methods}))

    def _fitting(self, asked: list[str]) -> list[tuple[list[str], dict[str, Handler]]]:
        return [
            (parts, methods)
            for parts, methods in self._patterns
            if len(parts) == len(asked)
            and all(part.startswith("{") or part == given for part, given in zip(parts, asked, strict=True))
        ]


def _handler(methods: dict[str, Handler], method: str) -> Handler:
    if method not in methods:
        raise WrongMethod(sorted(set(methods) - {NO_ACTION}))
    return methods[method]
