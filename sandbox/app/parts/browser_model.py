"""What the simulated browser keeps of a real one, and what it leaves out: said below each diagram in which a browser takes part.

The browser itself is `sandbox/world/parties/browser.py`, with `cookies.py` and `cors.py`; a change there is a change here.
"""

from __future__ import annotations

import streamlit as st

from sandbox.app.markup import show
from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST

TITLE = "What this browser leaves out"
KEEPS = (
    "The browsers here are a model. It keeps the rules on which these stories depend: redirects and fragments; Referer and its policies; "
    "Origin with every method but GET and HEAD, and null under no-referrer; CORS with its preflight; cookies with Path, Domain, Secure, "
    "HttpOnly, SameSite and name prefixes; frames that a page refuses (frame-ancestors)."
)
LEAVES_OUT = (
    "A site is the last two labels of a host. There is no list of public suffixes, and http and https are one site.",
    "Cookies do not expire, Max-Age=0 aside, and are not partitioned. One without SameSite is Lax from its first moment on.",
    "A script's own requests follow no redirects.",
    "Of a Content-Security-Policy only frame-ancestors counts, and pages in frames run no scripts.",
    "Sec-Fetch headers go with images only.",
    "Referrer policies other than no-referrer, unsafe-url and no-referrer-when-downgrade count as the default.",
    "There are no pop-ups, no postMessage, no service workers, no cache, no HSTS and no mixed content.",
)


def note(run: Run) -> None:
    """One line below the diagram, which opens."""
    if any(CAST[p].kind == "browser" for p in run.parties if p in CAST):
        with st.expander(TITLE, key="browser-model"):
            show("<p>{keeps}</p>", keeps=KEEPS)
            st.markdown("\n".join(f"- {line}" for line in LEAVES_OUT))
