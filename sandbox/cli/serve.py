"""The command `oauth-sandbox serve`: its options and what may go wrong.  How serving works is in `serve/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sandbox.views.terminal import Unusable, pairs

if TYPE_CHECKING:
    from sandbox.protocol.settings import Settings
    from sandbox.serve.setup import NewClient

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
@click.option("--registration/--no-registration", default=True, show_default=True, help="Let clients register themselves (RFC 7591).")
@click.option("--issuer", metavar="URL", help="Use this real authorization server instead: serves Budget and the APIs only.")
@click.option("--client-id", default="budget", show_default=True, help="Budget's id there.")
@click.option("--client-secret", envvar="OAUTH_SANDBOX_CLIENT_SECRET", help="Budget's secret there, if it has one.")
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
    registration: bool,
    issuer: str | None,
    client_id: str,
    client_secret: str | None,
    quiet: bool,
) -> None:
    """Serve the authorization server and the APIs over real HTTP, for clients of your own."""
    from typing import cast

    from sandbox.core.entropy import KeyType
    from sandbox.serve import listen, setup
    from sandbox.serve.banner import introduction
    from sandbox.world.external import External, NotAnIssuer

    external = External(issuer, client_id, client_secret) if issuer else None
    settings, added = settings_of(profile, changes), [new_client(text) for text in clients]
    if not listen.is_loopback(host):
        if not beyond_loopback:
            raise click.UsageError(f"{host} can be reached by others. If you want that, say --beyond-loopback; these are teaching servers.")
        click.secho(WARNING, fg="yellow", err=True)
    try:
        sock = listen.listen(host, port)
    except listen.CannotListen as error:
        raise click.ClickException(f"cannot listen on {error}; choose another with --port or --host") from None
    with sock:
        base = (url or listen.address(host, sock.getsockname()[1])).rstrip("/")
        try:
            served = setup.served(settings, base, cast(KeyType, alg), added, registration, external)
        except NotAnIssuer as error:
            raise click.ClickException(str(error)) from None
        click.echo("\n".join(introduction(served)))
        listen.serve(served, sock, None if quiet else click.echo)
    click.echo("Stopped.")


def settings_of(profile: str, changes: tuple[str, ...]) -> Settings:
    """The profile with its changes; Unusable names what does not exist."""
    from sandbox.protocol.settings import Settings
    from sandbox.protocol.switches import UnknownSetting
    from sandbox.serve.setup import OPEN

    try:
        return Settings.of(profile, OPEN | pairs(changes))
    except UnknownSetting as error:
        raise Unusable(str(error)) from None


def new_client(text: str) -> NewClient:
    """`ID=REDIRECT_URI`, or with a secret `ID:SECRET=REDIRECT_URI`."""
    from sandbox.serve.setup import NewClient

    who, _, uri = text.partition("=")
    name, colon, secret = who.partition(":")
    if not name or ":" not in uri or "#" in uri or (colon and not secret):
        raise click.UsageError(f"--client {text}: write it as ID=REDIRECT_URI or ID:SECRET=REDIRECT_URI, with an absolute address")
    return NewClient(name, uri, secret or None)
