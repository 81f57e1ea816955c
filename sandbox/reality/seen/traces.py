"""What leaves: codes and tokens in addresses, at third parties and in the storage of a page, and how tokens travel to APIs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sandbox.core.wire import split
from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Evidence, Finding, found
from sandbox.reality.recognition import issued, site
from sandbox.reality.seen.look import Look, at, plain

MARK = re.compile(r"\b(code|access_token|id_token|refresh_token)#\d+|\.(access_token|id_token)-\d+")
LIBRARY_STORE = re.compile(r"store\s*:\s*(?:window\.)?(localStorage|sessionStorage)")
KEEPERS = ("library oidc-client",)  # libraries whose default is the storage of the page


def leaked(look: Look, kinds: Sequence[str]) -> list[tuple[Exchange, Evidence]]:
    """Requests to third parties whose address or Referer has such a secret in it."""
    out = []
    for e in look.story.exchanges:
        if e.host not in look.story.parts.others:
            continue
        for name, value in (
            *((f"request.queryString.{k}", v) for k, v in e.request.query),
            ("request.headers.referer", e.request.header("referer") or ""),
            ("request.postData", e.request.body),
        ):
            if any((m[1] or m[2]) in kinds for m in MARK.finditer(plain(value))):
                out.append((e, at(e, name)))
                break
        else:
            if any((m[1] or m[2]) in kinds for m in MARK.finditer(plain(e.request.url))):
                out.append((e, at(e, "request.url")))
    return out


def third_parties(look: Look) -> Iterator[Finding]:
    """Codes and tokens that are sent to strangers (RFC 9700 §4.2.4)."""
    for kinds, row, what in (
        (("code",), "code_to_third_party", "code"),
        (("access_token", "id_token", "refresh_token"), "token_to_third_party", "token"),
    ):
        out = leaked(look, kinds)
        if out:
            hosts = ", ".join(dict.fromkeys(e.host for e, _ in out))
            yield found(row, f"An address with the {what} in it is sent to a third party: {hosts}", [place for _, place in out])


def callback(look: Look) -> Iterator[Finding]:
    """What the page loads that has the answer in its address."""
    for login in look.logins:
        e = login.callback
        if e is None or 300 <= e.response.status < 400 or e.response.header("referrer-policy") in ("no-referrer", "same-origin"):
            continue
        foreign = []
        for x in look.story.exchanges:
            if (x.at, x.entry) <= (e.at, e.entry):
                continue
            if look.story.kind(x) in ("page", "authorize", "callback") and x.host == e.host:
                break
            if (
                x.host in look.story.parts.others
                and look.story.kind(x) != "websocket"
                and site(split(x.request.header("referer") or e.request.url).netloc) == site(e.host)
            ):
                foreign.append(x)
        if foreign:
            policy = "" if e.response.header("referrer-policy") else ", and answers without a Referrer-Policy"
            yield found(
                "callback_loads_foreign",
                f"The callback page loads something from {foreign[0].host}{policy}",
                [at(foreign[0], "request.url"), at(e, "response.headers", "(no Referrer-Policy)")],
            )


def presented(look: Look) -> Iterator[Finding]:
    """How tokens travel to APIs (RFC 6750 §2)."""
    sent = [e for e in look.story.of("api", "userinfo", "websocket") if e.bearer]
    in_address = [e for e in sent if "access_token" in e.query]
    own_header = [e for e in sent if e.bearer_header not in ("", "authorization")]
    unasked = [x.place(name) for x in look.logins if x.authorize is None for name in x.in_fragment]
    if in_address:
        yield found(
            "token_in_address",
            "A token is in the address of a request: every log on the way has it",
            [at(e, "request.queryString.access_token") for e in in_address],
        )
    elif unasked:
        yield found("token_in_address", "A redirect brings tokens in its address", unasked)
    elif sent and not own_header and not any(login.in_fragment for login in look.logins):
        yield found(
            "tokens_in_header",
            "Every token that is sent to an API travels in a header",
            [at(e, e.bearer_place) for e in sent],
        )
    if own_header:
        yield found(
            "token_own_header",
            f"The token travels in a header of its own: {', '.join(dict.fromkeys(e.bearer_header for e in own_header))}",
            [at(e, e.bearer_place) for e in own_header],
        )


def sockets(look: Look) -> Iterator[Finding]:
    """WebSockets that nobody has to show anything for."""
    if look.story.without_credentials or not (look.access_tokens or look.story.oauth):
        return
    bare = [
        e
        for e in look.story.of("websocket")
        if not e.bearer
        and not e.request.header("cookie")
        and not e.request.header("authorization")
        and not re.search(r"#\d", plain(e.request.url) + "".join(e.sockets))
        and "eyJ" not in "".join(e.sockets)
    ]
    for e in bare[:1]:
        yield found(
            "websocket_unauthenticated",
            f"{e.request.url.partition('?')[0]} was opened without a token, cookie or ticket that the recording shows",
            [at(x, "request.url") for x in bare],
        )


def storage(look: Look) -> Iterator[Finding]:
    """Where a page keeps what it was given."""
    has_token = bool(
        look.story.of("own_login")
        or look.by_page
        or any(x.in_fragment for x in look.logins)
        or any(e.by_script for e in look.story.of("api"))
    )
    if not has_token:
        return
    own = [e for e in look.story.exchanges if look.story.parts.own(e.host)]
    for e in own:
        stored = [h for h in e.hints if h.endswith(".setItem")]
        if stored:
            yield found(
                "token_in_page_storage",
                f"The source of the page writes what it was given to its storage ({', '.join(stored)})",
                [at(e, "response.content.text", stored[0])],
            )
            break
    pages = [e for e in own if LIBRARY_STORE.search(e.response.body)]
    if pages:
        what = LIBRARY_STORE.search(pages[0].response.body)
        assert what is not None
        yield found(
            "page_storage",
            f"Tokens are kept in the page: its library is told to use {what[1]}",
            [at(e, "response.content.text", what[1]) for e in pages],
        )


def page_client(look: Look) -> Iterator[Finding]:
    """Whether a page itself is the client."""
    places = [at(e, "request.url") for e in look.by_page]
    swapped = look.story.of("swap")
    if swapped:
        coded = any("code" in e.sent for e in swapped)
        said = "The page gives the code to a backend, which answers with tokens" if coded else "A backend answers the page with tokens"
        yield found("code_swapped", said, [at(e, f"response.content.text.{next(iter(issued(e)))}") for e in swapped])
    if not places and any(x.in_fragment for x in look.logins):
        places = [at(x.callback, "response.content.text") for x in look.logins if x.callback] + [
            at(e, "request.headers.authorization") for e in look.story.of("api") if e.by_script
        ]
        said = "The page takes tokens from its address"
    elif not places:
        fetched = [e for e in look.story.of("own_login") if _fetched(e)]
        if not fetched:
            return
        places, said = [at(e, "request") for e in fetched], "A script of the page logs in, and gets the token"
    else:
        said = "The page itself calls the token endpoint"
    yield found("page_client", f"{said}: a single-page app, as far as this recording goes", places)


def _fetched(e: Exchange) -> bool:
    return e.by_script or (bool(issued(e)) and (e.request.header("content-type") or "").startswith("application/json"))


def refresh(look: Look) -> Iterator[Finding]:
    """Refresh tokens: who has them, and what becomes of them (RFC 9700 §4.14.2)."""
    used = [e for e in look.story.of("refresh") if e.form.get("refresh_token")]
    in_page = [at(e, "response.content.text.refresh_token") for e in look.by_page if e.answer.get("refresh_token")] + [
        at(e, "request.postData.refresh_token") for e in look.by_page if e.form.get("refresh_token")
    ]
    if in_page:
        yield found("refresh_token_in_browser", "A refresh token reaches the page: whatever script runs there can go on renewing", in_page)
    for e in used:
        if 200 <= e.response.status < 300 and e.answer.get("access_token"):
            back = e.answer.get("refresh_token")
            places = [at(e, "request.postData.refresh_token"), at(e, "response.content.text.refresh_token")]
            if back and back != e.form["refresh_token"]:
                yield found("refresh_rotated", "The answer brings a different refresh token than the one that was sent", places)
            else:
                yield found("refresh_same", "The refresh token that was sent stays the one to use", places)
    own = look.story.of("own_login")
    if own and not used and not any("refresh" in name.lower() for e in own for name in issued(e)):
        yield found("no_refresh", "No refresh token in this recording: after the token's end people log in again", [])


def clients(look: Look) -> Iterator[Finding]:
    """How the client proves who it is (RFC 6749 §2.1)."""
    for e in look.redeemed:
        scheme = (e.request.credential() or ("",))[0]
        where = "request.postData.client_secret" if e.form.get("client_secret") else "request.headers.authorization"
        if (e.form.get("client_secret") or scheme == "basic") and e in look.by_page:
            yield found("client_secret_in_browser", "A page sends a client secret: whoever opens it has it", [at(e, where)])
            return
    public = [e for e in look.by_page if "client_id" in e.form and not ({"client_secret", "client_assertion"} & set(e.form))]
    if public:
        yield found(
            "public_client",
            "The client is public: no secret and no client authentication at the token endpoint",
            [at(e, "request.postData.client_id", e.form["client_id"]) for e in public],
        )


RULES = (third_parties, callback, presented, sockets, storage, page_client, refresh, clients)
