"""The command `oauth-sandbox serve`: its options and what may go wrong.  How serving works is in `serve/`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from sandbox.cli.outgoing import outgoing
from sandbox.cli.serve_setup import OF_SETUP, fixed, given_options, guessable, plans
from sandbox.cli.serve_setup import options as setup_options

if TYPE_CHECKING:
    from sandbox.serve.setup import NewClient, Served
    from sandbox.serve.setup_reading import Plan
    from sandbox.world.outgoing import Host, Outgoing

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:/", re.I)  # how a redirect URI begins
URL_ID = re.compile(r"https?://[^/]*/?", re.I)  # the part of an id in which a colon does not end it
PLAIN = re.compile(r"[!-~]+")
OUTGOING = "With --issuer: ask no host but the issuer's and these; repeatable."
WARNING = (
    "Warning: this server can be reached from other machines. It teaches: its passwords are printed below, its weaknesses are"
    " switches, and it speaks plain HTTP. Keep it in a room that you trust, and stop it afterwards."
)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True, help="Port; 0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--beyond-loopback", is_flag=True, help="Allow a --host that other machines can reach.")
@click.option("--url", help="The address by which others reach this server, if it is not http://HOST:PORT.")
@click.option("--profile", default="oauth-bcp", show_default=True, help="How careful the parties are.")
@click.option("--set", "changes", multiple=True, metavar="SWITCH=VALUE", help="Change a switch; client.bff is off unless set; repeatable.")
@click.option("--alg", type=click.Choice(["ES256", "RS256", "EdDSA"]), default="ES256", show_default=True, help="Signs the ID tokens.")
@click.option("--client", "clients", multiple=True, metavar="ID[:SECRET]=REDIRECT_URI", help="Add a client or a redirect URI; repeatable.")
@click.option("--post-logout", multiple=True, metavar="ID=URI", help="Where a --client's people may be sent when signed out; repeatable.")
@click.option("--backchannel", multiple=True, metavar="ID=URI", help="Where a --client takes logout tokens; repeatable.")
@click.option("--registration/--no-registration", default=True, show_default=True, help="Let clients register themselves (RFC 7591).")
@click.option("--issuer", metavar="URL", help="Use this real authorization server instead: serves Budget and the APIs only.")
@click.option(
    "--outgoing",
    "hosts",
    multiple=True,
    metavar="HOST[:PORT]",
    callback=outgoing,
    help=OUTGOING,
)
@click.option("--client-id", default="budget", show_default=True, help="Budget's id there.")
@click.option("--client-secret", envvar="OAUTH_SANDBOX_CLIENT_SECRET", help="Budget's secret there, if it has one.")
@setup_options
@click.option("--quiet", is_flag=True, help="Print no line for each request.")
def serve(
    port: int,
    host: str,
    beyond_loopback: bool,
    url: str | None,
    profile: str,
    changes: tuple[str, ...],
    alg: str,
    clients: tuple[str, ...],
    post_logout: tuple[str, ...],
    backchannel: tuple[str, ...],
    registration: bool,
    issuer: str | None,
    hosts: tuple[Host, ...],
    client_id: str,
    client_secret: str | None,
    quiet: bool,
    file: str | None,
    seed: str | None,
    now: int | None,
    **lives: int | None,
) -> None:
    """Serve the authorization server and the APIs over real HTTP, for clients of your own."""
    from sandbox.serve import listen
    from sandbox.serve.banner import introduction
    from sandbox.serve.operator import Operator
    from sandbox.world.external import unfit_issuer

    if issuer is not None and (why := unfit_issuer(issuer)):
        raise click.UsageError(f"--issuer {issuer}: {why}")
    _without_effect(bool(issuer))
    wanted = plans(file, profile=profile, changes=changes, alg=alg, registration=registration, lives=lives)
    added = with_log_out([new_client(text) for text in clients], post_logout, backchannel)
    here = base_of(url) if url else ""
    _no_clients_there(any(plan.settings.architecture == "oauth" for plan in wanted))
    if seed is not None:
        guessable(host, here)
    if not listen.is_loopback(host):
        if (why := listen.unknown(host)) is not None:
            raise click.UsageError(f"--host {host}: this machine has no such address: {why}")
        if not beyond_loopback:
            raise click.UsageError(f"{host} can be reached by others. If you want that, say --beyond-loopback; these are teaching servers.")
        click.secho(WARNING, fg="yellow", err=True)
    elsewhere = Elsewhere(issuer, client_id, client_secret, hosts)
    try:
        sock = listen.listen(host, port)
    except listen.CannotListen as error:
        raise click.ClickException(f"cannot listen on {error}; choose another with --port or --host") from None
    with sock:
        base = here or listen.address(host, sock.getsockname()[1])
        worlds = _put_together([fixed(plan, seed, now) for plan in wanted], base, alg, added, elsewhere, listen.is_loopback(host))
        for served in worlds:
            if served.external is None:
                served.operator = Operator.of(served.world.net, served.world.issuer)
            click.echo("\n".join((*introduction(served), *([""] if len(worlds) > 1 else []))))
        listen.serve(worlds, base, sock, None if quiet else click.echo)
    click.echo("Stopped.")


class Elsewhere(NamedTuple):
    """The real authorization server that is to be used instead, if there is one, and what else may be asked then."""

    issuer: str | None
    client_id: str
    client_secret: str | None
    hosts: tuple[Host, ...]


def _put_together(wanted: list[Plan], base: str, alg: str, added: list[NewClient], elsewhere: Elsewhere, own_machine: bool) -> list[Served]:
    """The worlds to serve.  `own_machine`: whether nobody else can reach them, so that they may reach this machine."""
    from sandbox.core.clock import WallClock
    from sandbox.core.entropy import KeyType
    from sandbox.serve import setup
    from sandbox.world.external import External, NotAnIssuer
    from sandbox.world.outgoing import MOST_OUTGOING, Allowance, Outgoing, Policy

    issuer, policy = elsewhere.issuer, Policy(own_machine=own_machine)
    external = External(issuer, elsewhere.client_id, elsewhere.client_secret) if issuer else None
    try:
        return [
            setup.served(
                plan.settings,
                f"{base}/{plan.name}".rstrip("/"),
                cast(KeyType, alg),
                added,
                plan.registration,
                external,
                outgoing=_bounded(issuer or "", elsewhere.hosts),
                telling=Outgoing(policy),
                wishes=plan.wishes,
                fetching=Outgoing(policy, allowance=Allowance(WallClock(), MOST_OUTGOING)),
            )
            for plan in wanted
        ]
    except NotAnIssuer as error:
        raise click.ClickException(str(error)) from None
    except setup.ClientTaken as error:
        raise click.UsageError(str(error)) from None


def _without_effect(external: bool) -> None:
    """Refuse options that would be accepted and do nothing."""
    given = given_options()
    ours, theirs = ("--client", "--alg", "--registration", *OF_SETUP), ("--client-id", "--client-secret", "--outgoing")
    if external and (idle := [name for name in ours if name in given]):
        raise click.UsageError(f"{idle[0]} has no effect with --issuer: clients, keys and registration are that server's.")
    if not external and (idle := [name for name in theirs if name in given]):
        rest = "" if idle[0] == "--outgoing" else "; --client adds a client to the server of the sandbox"
        raise click.UsageError(f"{idle[0]} needs --issuer{rest}.")


def _no_clients_there(has_clients: bool) -> None:
    """Refuse a client that nobody would know."""
    if not has_clients and "--client" in given_options():
        raise click.UsageError("--client has no effect in this profile: its design has no authorization server.")


def _bounded(issuer: str, hosts: tuple[Host, ...]) -> Outgoing | None:
    """How requests leave, if the operator has said for which hosts alone: that of the issuer is one of them."""
    from sandbox.core.wire import split
    from sandbox.world.outgoing import Outgoing, Policy

    return Outgoing(Policy.of((*hosts, (split(issuer).hostname or "", None)))) if hosts else None


def new_client(text: str) -> NewClient:
    """`ID=REDIRECT_URI`, or with a secret `ID:SECRET=REDIRECT_URI`.

    Secrets may hold `=`, and ids may be addresses: the redirect URI begins after the first `=` behind which one can stand.
    """
    from sandbox.serve.setup import NewClient
    from sandbox.world.parties.authorization_server.redirect_uris import unfit

    splits = [(text[: m.start()], text[m.end() :]) for m in re.finditer("=", text)]
    who, uri = next((s for s in splits if ADDRESS.match(s[1]) and unfit(s[1], by_operator=True) is None), ("", ""))
    name, colon, secret = _id_and_secret(who)
    if name and (secret or not colon):
        return NewClient(name, uri, secret or None)
    why = unfit(splits[0][1], by_operator=True) if splits and splits[0][0] else None
    usual = "write it as ID=REDIRECT_URI or ID:SECRET=REDIRECT_URI, with an absolute address"
    raise click.UsageError(f"--client {text}: {why or usual}")


def with_log_out(clients: list[NewClient], post_logout: tuple[str, ...], backchannel: tuple[str, ...]) -> list[NewClient]:
    """The clients with the addresses that a log-out needs, each written as ID=URI of one of them."""
    from sandbox.world.parties.authorization_server.redirect_uris import takes_logout_tokens, unfit

    out = dict(enumerate(clients))
    for option, texts in (("--post-logout", post_logout), ("--backchannel", backchannel)):
        for text in texts:
            found = next(((n, text[len(c.client_id) + 1 :]) for n, c in out.items() if text.startswith(f"{c.client_id}=")), None)
            if found is None:
                raise click.UsageError(f"{option} {text}: write it as ID=URI, where ID is the id of a --client")
            number, uri = found
            if option == "--post-logout":
                why = unfit(uri, by_operator=True)
                out[number] = replace(out[number], post_logout=(*out[number].post_logout, uri))
            else:
                why = None if takes_logout_tokens(uri) else "logout tokens go to an https address, or to http on this machine"
                out[number] = replace(out[number], backchannel=uri)
            if why is not None:
                raise click.UsageError(f"{option} {text}: {why}")
    return list(out.values())


def _id_and_secret(who: str) -> tuple[str, str, str]:
    """Id, colon and secret.  An id that is an address has colons of its own, before its path."""
    own = URL_ID.match(who)
    start = own.end() if own else 0
    name, colon, secret = who[start:].partition(":")
    return who[:start] + name, colon, secret


def base_of(url: str) -> str:
    """The address by which others reach this server, if it is one."""
    from sandbox.core.wire import split

    u = split(url)
    try:
        fits = u.scheme in ("http", "https") and bool(u.hostname) and u.port != 0
    except ValueError:
        fits = False
    if not fits or not PLAIN.fullmatch(url) or "@" in u.netloc or "?" in url or "#" in url:
        raise click.UsageError(f"--url {url}: write an address such as https://sandbox.example or http://192.0.2.7:9000/path")
    return url.rstrip("/")
