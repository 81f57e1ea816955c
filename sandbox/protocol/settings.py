"""Settings: a profile with some switches changed, as one frozen value; and the mechanisms that a setting has or lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.core.frozen import Frozen
from sandbox.core.text import nearest, quoted
from sandbox.protocol.cast import CAST
from sandbox.protocol.switches import PROFILES, SWITCHES, Architecture, UnknownSetting, expand, switch_of


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Something a scenario may need.  `present` tests a setting; `without` says why nothing can be shown otherwise."""

    name: str
    without: str


MECHANISMS: dict[str, Mechanism] = {
    m.name: m
    for m in (
        Mechanism(
            "oauth",
            "There is no authorization server here: people log in at the backend, and no authorization response travels through a browser.",
        ),
        Mechanism("oidc", "There are no ID tokens here: the design has no OpenID Connect."),
        Mechanism("pkce", "PKCE is not used here: the authorization server ignores it."),
        Mechanism("dpop", "Tokens are not bound to a key here: the authorization server ignores DPoP."),
        Mechanism("sender-constraint", "Tokens are not bound to a key here."),
        Mechanism("introspection", "There is no introspection endpoint here."),
        Mechanism("devices", "No device without a browser can sign anybody in here: the server does not offer the device flow."),
        Mechanism("service-calls", "Services do not call each other in a person's name here: rs.calls is off."),
        Mechanism("second-factor", "No client asks for a second factor here, so there is nothing to take out of its request."),
        Mechanism("backend", "The app has no backend here: a script in its page finds the tokens themselves."),
        Mechanism("refresh", "The app gets no refresh token here, so it cannot renew what it has without asking people again."),
    )
}


@dataclass(frozen=True, slots=True)
class Settings(Frozen):
    """A profile plus changes, sorted, without those that change nothing.  Make one with `Settings.of`."""

    profile: str
    changes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, profile: str, changes: Mapping[str, str] | None = None) -> Settings:
        """Checks all names and values; raises UnknownSetting."""
        if profile not in PROFILES:
            raise UnknownSetting(f"there is no profile {quoted(profile)}: it is one of {', '.join(PROFILES)}{nearest(profile, PROFILES)}")
        wanted = expand(changes or {})
        role = {n: v for n, v in wanted.items() if n in SWITCHES and v != SWITCHES[n].default(profile)}
        one = {n: v for n, v in wanted.items() if n not in SWITCHES and v != role.get(switch_of(n).name, switch_of(n).default(profile))}
        return cls(profile, tuple(sorted((role | one).items())))

    @property
    def architecture(self) -> Architecture:
        return PROFILES[self.profile].architecture

    @property
    def issuer(self) -> str:
        """The party at which people log in: the authorization server, or the backend."""
        return "auth" if self.architecture == "oauth" else "backend"

    def value(self, name: str) -> str:
        """The value of `rs.check_aud` or, for one instance, of `transactions.check_aud`."""
        changed = dict(self.changes)
        switch = switch_of(name)
        return changed.get(name) or changed.get(switch.name) or switch.default(self.profile)

    def about(self, party: str) -> str:
        """What a member of the cast is, in a few words; an app with a backend is another kind of client (RFC 10017 §6.1)."""
        member = CAST[party]
        return member.backed if member.backed and self.value(f"{party}.bff") == "on" else member.about

    def but(self, changes: Mapping[str, str]) -> Settings:
        """These settings with other values of some switches, or of all those of a bundle.  Raises UnknownSetting."""
        return Settings.of(self.profile, dict(self.changes) | expand(changes))

    def at_least(self, defence: Mapping[str, str]) -> Settings:
        """These settings with a defence added: a value is raised to the given one, never lowered; instances follow their role."""
        changed = dict(self.changes)
        for name, value in expand(defence).items():
            switch = switch_of(name)
            for n in [name, *(k for k in changed if k not in SWITCHES and switch_of(k) is switch and name in SWITCHES)]:
                if switch.values.index(value) > switch.values.index(self.value(n)):
                    changed[n] = value
        return Settings.of(self.profile, changed)

    def beyond(self, base: Settings) -> tuple[tuple[str, str], ...]:
        """What makes these settings of `base`, which has the same profile; sorted."""
        before, now = dict(base.changes), dict(self.changes)
        added = {name: value for name, value in now.items() if before.get(name) != value}
        undone = {name: self.value(name) for name in before if name not in now}
        return tuple(sorted((added | undone).items()))

    def moved(self, shown: Settings, wanted: Settings) -> Settings:
        """These settings, changed as somebody changes `shown` to `wanted` who does not know that they are others by now.

        Another profile comes whole; of switches, those change whose value differs.
        """
        if wanted.profile != shown.profile:
            return wanted
        before, after, changes = dict(shown.changes), dict(wanted.changes), dict(self.changes)
        for name in before.keys() - after.keys():
            if self.profile == shown.profile:
                changes[name] = wanted.value(name)
            else:
                changes.pop(name, None)  # back to what is usual, which is something else here
        return Settings.of(self.profile, changes | {n: v for n, v in after.items() if before.get(n) != v})

    def lacks(self, mechanisms: Iterable[str]) -> Mechanism | None:
        """The first of the named mechanisms that these settings do not have."""
        return next((MECHANISMS[m] for m in mechanisms if not self._has(m)), None)

    def _has(self, mechanism: str) -> bool:
        oauth = self.architecture == "oauth"
        return {
            "oauth": oauth,
            "oidc": oauth,
            "pkce": oauth and self.value("as.pkce") != "ignore",
            "dpop": oauth and self.value("as.dpop_bind") == "on",
            "sender-constraint": oauth and "on" in (self.value("as.dpop_bind"), self.value("as.mtls_bind")),
            "introspection": oauth and self.value("as.revocation") == "on",
            "devices": oauth and self.value("as.device_flow") == "on",
            "service-calls": self.value("rs.calls") != "off",
            "second-factor": oauth and self.value("client.acr") != "off",
            "backend": self.value("app.bff") == "on",
            "refresh": self._refreshes(),
        }[mechanism]

    def _refreshes(self) -> bool:
        """Whether the app gets refresh tokens: with a code (RFC 6749 §4.2.2 forbids them without), or from the login endpoint."""
        if self.architecture == "jwt":
            return self.value("as.refresh_tokens") == "on"
        return "on" in (self.value("app.code_flow"), self.value("app.bff"))

    @property
    def key(self) -> str:
        """Eight hex digits that stand for these settings in reports."""
        return hashlib.sha256(repr((self.profile, self.changes)).encode()).hexdigest()[:8]
