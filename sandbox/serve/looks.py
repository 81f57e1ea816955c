"""How pages look to a person: style, phone-sized view, links below the party's path, and a way to say no.

The forms and the names of their fields are the party's own; the simulated browser sees the same pages undressed.
"""

from __future__ import annotations

import base64
import hashlib
import re

STYLE = (
    ":root{color-scheme:light dark;--ink:#1f2937;--soft:#5b6472;--paper:#fff;--desk:#eef2f7;--line:#d5dbe5;--deep:#1d4ed8;--bad:#b42318}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3adbd;--paper:#161c27;--desk:#0e1117;--line:#2d3646;--deep:#3b6fe8;"
    "--bad:#ff8a7a}}"
    "*{box-sizing:border-box}body{margin:0 auto;padding:2rem;max-width:26rem;min-height:100vh;display:flex;flex-direction:column;"
    "justify-content:center;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--desk)}"
    "body::before{content:'ConnectSphere';font-weight:700;letter-spacing:.02em;color:var(--deep);margin-bottom:1rem}"
    "body::after{content:'A teaching server. Type no real password.';color:var(--soft);font-size:.8rem;margin-top:1.5rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}p,ul{margin:0 0 1rem;overflow-wrap:anywhere}li{margin:.25rem 0}form{margin:0 0 .75rem}"
    "label{display:block;margin:0 0 1rem;font-size:.9rem;color:var(--soft);text-transform:capitalize}"
    "input{display:block;width:100%;margin-top:.3rem;padding:.65rem .75rem;font:inherit;color:var(--ink);background:var(--paper);"
    "border:1px solid var(--line);border-radius:8px}input:focus-visible,button:focus-visible{outline:3px solid var(--deep);outline-offset:1px}"
    "button{width:100%;padding:.7rem;font:inherit;font-weight:600;color:#fff;background:var(--deep);border:0;border-radius:8px;cursor:pointer}"
    "button.no{color:var(--ink);background:transparent;border:1px solid var(--line)}.bad{color:var(--bad);font-weight:600}"
    "a{color:var(--deep)}body.wide{max-width:52rem}td,th{text-align:left;padding:.3rem 1.2rem .3rem 0;vertical-align:top}"
    "pre{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:1rem;font-size:.85rem}"
)
HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No form-action: browsers would apply it to the redirect that follows the consent form, and that one leaves for the client.
POLICY = f"default-src 'none'; style-src 'sha256-{HASH}'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
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
