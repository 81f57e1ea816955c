"""How pages look to a person: style, phone-sized view, links below the party's path, and a way to say no.

The forms and the names of their fields are the party's own; the simulated browser sees the same pages undressed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

STYLE = (Path(__file__).parent / "pages.css").read_text(encoding="utf-8")
HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No form-action: browsers would apply it to the redirect that follows the consent form, and that one leaves for the client.
POLICY = f"default-src 'none'; style-src 'sha256-{HASH}'; base-uri 'none'; frame-ancestors 'none'"
HEAD = f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'

_PATH = re.compile(r'\b(action|href|src)="/(?!/)')
_CONSENT = re.compile(r'<form method="post" action="[^"]*/consent">.*?</form>', re.DOTALL)
_HINTS = {
    ' name="username" ': ' name="username" autocomplete="username" autocapitalize="none" autofocus required ',
    ' name="password" ': ' name="password" autocomplete="current-password" required ',
}


def dressed(page: str, mount: str) -> str:
    """A party's page as it goes out below the path `mount`."""
    page = _PATH.sub(rf'\1="{mount}/', page).replace("</head>", HEAD, 1)
    for plain, better in _HINTS.items():
        page = page.replace(plain, better)
    if ' data-page="login" data-error="' in page:
        page = page.replace("</h1>", '</h1><p class="bad" role="alert">User name and password do not fit.</p>', 1)
    return _CONSENT.sub(lambda form: form[0] + _refusal(form[0]), page)


def _refusal(form: str) -> str:
    """The same form, saying no."""
    return form.replace('name="allow" value="yes"', 'name="allow" value="no"').replace("<button>Allow<", '<button class="no">Deny<')
