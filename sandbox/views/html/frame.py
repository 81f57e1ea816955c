"""The frame of every document: templates in which everything is escaped, and the one Content-Security-Policy.

A document brings its own style and script; nothing else runs in it, and nothing comes from anywhere else.  The templates are in
`templates/`, `base.html.j2` is around all of them; the styles are in `styles/`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from markupsafe import Markup, escape

from sandbox.core.text import clean
from sandbox.core.wire import compact
from sandbox.views.outcomes import SIGNS

HERE = Path(__file__).parent
LONGEST = 4000  # characters of one text; a lesson may have 1200


@dataclass(frozen=True)
class Document:
    """One kind of document.  `styles`: files of `styles/` by their names, others by their paths; `script`: the text of a module.

    `pictures`: it has some inside.  `served`: it comes from a server, which sends its policy as a header, and its forms may be sent.
    """

    template: str
    styles: tuple[str | Path, ...]
    script: str = ""
    pictures: bool = False
    served: bool = False

    @cached_property
    def style(self) -> str:
        return "".join((HERE / "styles" / file).read_text(encoding="utf-8") for file in self.styles)

    @cached_property
    def policy(self) -> str:
        """What it may load, run and do (Content Security Policy Level 3)."""
        parts = ["default-src 'none'", f"style-src {_digest(self.style)}"]
        parts += [f"script-src {_digest(self.script)}"] if self.script else []
        parts += ["img-src data:"] if self.pictures else []
        # Browsers would apply form-action to the redirect that follows the consent form, and that one leaves for the client;
        # frame-ancestors counts in a header only.
        return "; ".join([*parts, "base-uri 'none'", "frame-ancestors 'none'" if self.served else "form-action 'none'"])

    def render(self, title: str, **values: Any) -> str:
        """The document.  Raises UndefinedError if the template has a name that is not among the values."""
        ours = {"policy": "" if self.served else self.policy, "style": self.style, "script": self.script}
        frame = {name: Markup(text) for name, text in ours.items()}  # no value of the caller is among them
        return ENVIRONMENT.get_template(self.template).render(frame, title=title, **values)


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# ---------------------------------------------------------------- how values are shown


def _shown(value: object) -> object:
    """A value on its way into a template, where it will be escaped: clean text, if it is not HTML of ours."""
    if isinstance(value, Markup | Undefined):
        return value
    if isinstance(value, str | int) and not isinstance(value, bool):
        return clean(value, LONGEST)
    raise TypeError(f"{value!r} is neither text nor number")


def prose(text: str) -> Markup:
    """A sentence of ours, in which `code` stands between backticks."""
    first, *rest = clean(text, LONGEST).split("`")
    parts = [escape(first)]
    while len(rest) > 1:
        code, after, *rest = rest
        parts.append(Markup("<code>{}</code>{}").format(code, after))
    return Markup("").join([*parts, *(escape(f"`{left}") for left in rest)])


ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
ENVIRONMENT.policies["json.dumps_function"] = lambda value, **_: compact(value)
ENVIRONMENT.filters |= {"prose": prose, "verbatim": escape}
ENVIRONMENT.globals |= {"SIGNS": SIGNS}
