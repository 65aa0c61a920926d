"""A visitor who uses pages as a person without JavaScript does: reads them, fills in forms, presses buttons."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass(frozen=True, slots=True)
class File:
    """What a person chooses in a field for files."""

    name: str
    content: bytes


Pair = tuple[str, str | File]
"""A field as it is sent."""


@dataclass(slots=True)
class Field:
    """An input, select, text area or button as the page has it."""

    name: str
    kind: str
    value: str
    is_on: bool = True
    choices: list[str] = field(default_factory=list)
    action: str = ""


@dataclass(slots=True)
class Form:
    """A form with what stands in it."""

    action: str
    method: str
    id: str = ""
    fields: list[Field] = field(default_factory=list)

    def pairs(self, values: Mapping[str, object], button: str | None) -> list[Pair]:
        """What would be sent: the page's own values, but for `values`; a list ticks or chooses several.

        `button` is "name=value" or the name of the button pressed."""
        left = dict(values)
        sent = [pair for each in self.fields for pair in _pairs(each, left, values)]
        unknown = [name for name in left if name not in {each.name for each in self.fields}]
        if unknown:
            raise KeyError(f"the form {self.action} has no field {', '.join(unknown)}")
        if button is not None:
            sent.append(self._button(button))
        return sent

    def address(self, button: str | None) -> str:
        """Where it goes: a button may have an address of its own."""
        return (self._pressed(button).action if button is not None else "") or self.action

    def _button(self, wanted: str) -> tuple[str, str]:
        pressed = self._pressed(wanted)
        return pressed.name, pressed.value

    def _pressed(self, wanted: str) -> Field:
        for each in self.fields:
            if each.kind == "submit" and wanted in (each.name, f"{each.name}={each.value}"):
                return each
        raise KeyError(f"the form {self.action} has no button {wanted}")


def _pairs(each: Field, left: dict[str, object], values: Mapping[str, object]) -> Iterator[Pair]:
    if not each.name or each.kind == "submit":
        return
    if each.name not in values:
        if each.is_on:
            yield each.name, each.value
        return
    wanted = values[each.name]
    if each.kind in ("checkbox", "radio"):
        left.pop(each.name, None)
        chosen = [str(one) for one in wanted] if isinstance(wanted, list | tuple | set) else wanted
        if chosen is True or each.value == chosen or (isinstance(chosen, list) and each.value in chosen):
            yield each.name, each.value
        return
    if each.name in left:
        left.pop(each.name)
        several = wanted if isinstance(wanted, list | tuple) else [wanted]
        yield from ((each.name, one if isinstance(one, File) else str(one)) for one in several)


@dataclass(slots=True)
class Page:
    """What a request answered."""

    url: str
    status: int
    html: str
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    def form(self, part: str) -> Form:
        """The first form whose action or id holds this."""
        for each in self.forms:
            if part == each.id or part in each.action:
                return each
        raise KeyError(f"{self.url} has no form {part}; it has {[each.action for each in self.forms]}")

    def link(self, part: str) -> str:
        """Where the first link leads whose text or address holds this."""
        for href, text in self.links:
            if part in text or part in href:
                return href
        raise KeyError(f"{self.url} has no link {part}")


Send = Callable[[str, str, list[Pair]], tuple[int, str, str]]
"""Method, path and fields of a request; status, address in the end (redirects followed), and HTML of its answer."""


@dataclass(slots=True)
class Visitor:
    """Goes from page to page."""

    send: Send
    page: Page = field(default_factory=lambda: Page("/", 0, ""))

    def go(self, path: str) -> Page:
        """Open an address."""
        return self._ask("GET", path, [])

    def follow(self, part: str) -> Page:
        """Follow a link of this page."""
        return self.go(self.page.link(part))

    def submit(self, part: str, values: Mapping[str, object] | None = None, button: str | None = None) -> Page:
        """Fill in a form of this page and press a button of it."""
        form = self.page.form(part)
        pairs = form.pairs(values or {}, button)
        if form.method == "GET":
            return self.go(f"{form.action.split('?')[0]}?{urlencode(pairs)}")
        return self._ask("POST", form.address(button), pairs)

    def _ask(self, method: str, path: str, pairs: list[Pair]) -> Page:
        status, url, html = self.send(method, path, pairs)
        self.page = read_page(url, status, html)
        return self.page


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def read_page(url: str, status: int, html: str) -> Page:
    """Read forms, links and text of a page."""
    page = Page(url, status, html)
    _Reader(page).feed(html)
    page.text = " ".join(page.text.split())
    return page


class _Reader(HTMLParser):
    """Fills a Page while it reads."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: Form | None = None
        self.select: Field | None = None
        self.area: Field | None = None
        self.href: str | None = None
        self.said: list[str] = []
        self.is_silent = False
        self.stray: list[tuple[str, Field]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        reader = getattr(self, f"_on_{tag}", None)
        if reader:
            reader(got, dict(attrs))

    def _on_form(self, got: dict[str, str], _raw: dict[str, str | None]) -> None:
        path = _path(urljoin(self.page.url, got.get("action") or self.page.url))
        self.open = Form(path, got.get("method", "get").upper(), got.get("id", ""))
        self.page.forms.append(self.open)

    def _on_input(self, got: dict[str, str], raw: dict[str, str | None]) -> None:
        kind = got.get("type", "text").lower()
        is_box = kind in ("checkbox", "radio")
        value = got.get("value", "on" if is_box else "")
        self._add(got, Field(got.get("name", ""), kind, value, not is_box or "checked" in raw), raw)

    def _on_button(self, got: dict[str, str], raw: dict[str, str | None]) -> None:
        if got.get("type", "submit") == "submit":
            button = Field(got.get("name", ""), "submit", got.get("value", ""))
            button.action = _path(urljoin(self.page.url, got["formaction"])) if "formaction" in got else ""
            self._add(got, button, raw)

    def _on_select(self, got: dict[str, str], raw: dict[str, str | None]) -> None:
        self.select = Field(got.get("name", ""), "select", "")
        self._add(got, self.select, raw)

    def _on_option(self, got: dict[str, str], raw: dict[str, str | None]) -> None:
        if self.select is not None:
            value = got.get("value", "")
            if not self.select.choices or "selected" in raw:
                self.select.value = value
            self.select.choices.append(value)

    def _on_textarea(self, got: dict[str, str], raw: dict[str, str | None]) -> None:
        self.area = Field(got.get("name", ""), "text", "")
        self._add(got, self.area, raw)

    def _on_a(self, got: dict[str, str], _raw: dict[str, str | None]) -> None:
        self.href, self.said = got.get("href"), []

    def _on_script(self, _got: dict[str, str], _raw: dict[str, str | None]) -> None:
        self.is_silent = True

    def _add(self, got: dict[str, str], each: Field, raw: dict[str, str | None]) -> None:
        if "disabled" in raw:
            return
        if "form" in got:
            self.stray.append((got["form"], each))
        elif self.open is not None:
            self.open.fields.append(each)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None
        elif tag == "script":
            self.is_silent = False
        elif tag == "a" and self.href:
            self.page.links.append((urljoin(self.page.url, self.href), " ".join("".join(self.said).split())))
            self.href = None
        elif tag == "html":
            self._give_strays()

    def _give_strays(self) -> None:
        for form_id, each in self.stray:
            for form in self.page.forms:
                if form.id == form_id:
                    form.fields.append(each)

    def handle_data(self, text: str) -> None:
        if self.area is not None:
            self.area.value += text
        elif not self.is_silent:
            self.page.text += text + " "
            if self.href is not None:
                self.said.append(text)
