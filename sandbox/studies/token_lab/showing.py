"""What the claims of a token show of the system that issued it, as switches; and what they do not show.

Each rule looks at one thing and says what follows from it, never more: what no rule fixes is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.engine.exposure import is_short
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES, Architecture
from sandbox.studies import questions
from sandbox.studies.token_lab import taking
from sandbox.studies.token_lab.dating import in_words, life

Json = Mapping[str, Any]

OAUTH_CLAIMS = ("client_id", "scope", "scp", "azp", "act")  # what a login endpoint of one's own has no use for
PERSONAL = (
    "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "email", "phone_number", "phone", "address",
    "birthdate", "gender", "picture",
)  # fmt: skip
GROWING = ("groups", "permissions", "entitlements", "authorities", "realm_access", "resource_access")
RIGHTS = ("roles", "role", *GROWING)
TAKEN: dict[taking.Kind, tuple[str, ...]] = {"personal": PERSONAL, "rights": RIGHTS, "lists": GROWING}
SIGNED = {"HS": "strong-secret", "RS": "rs256", "PS": "rs256", "ES": "es256", "Ed": "eddsa"}  # by the first letters of `alg`
BUILT = ("as.token_format", "as.device_flow", "as.token_exchange", "client.bff")  # ways to build it, none of them weaker
OTHERWISE: tuple[dict[str, str], ...] = (  # with which some attacks are possible that are not with the others
    {"as.signing": "shared-word", "client.code_flow": "off", "as.refresh_tokens": "off"},
    {"as.signing": "rs256", "client.code_flow": "on", "as.refresh_tokens": "on", "as.revocation": "on", "rs.denylist": "eventual"},
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that is shown: what, what follows, and the switches that it fixes.

    `at_best`: switches that it makes needed, if everything that is not shown is as it should be; `pointless`: attacks, by id, that
    have nothing to take here, each with the reason.
    """

    what: str
    follows: str
    switches: Mapping[str, str] = field(default_factory=dict)
    at_best: Mapping[str, str] = field(default_factory=dict)
    pointless: Mapping[str, str] = field(default_factory=dict)


def design(claims: Json) -> tuple[Architecture, str]:
    """Which design such claims come from, and why."""
    found = next((name for name in OAUTH_CLAIMS if name in claims), "")
    if found:
        return "oauth", f"{found} is what an authorization server writes."
    return "jwt", "Neither client_id nor scope: as from a login endpoint of one's own."


def shown(header: Json | None, claims: Json) -> tuple[Shown, ...]:
    """What a header, if there is one, and claims show."""
    found = [rule(claims) for rule in RULES]
    found += [rule(header) for rule in HEADER_RULES if header is not None]
    return tuple(each for each in found if each)


# ---------------------------------------------------------------- what each claim shows


def _audience(claims: Json) -> Shown:
    aud = claims.get("aud")
    names = [a for a in aud if isinstance(a, str)] if isinstance(aud, list) else [aud] if isinstance(aud, str) and aud else []
    if not names:
        return Shown("no aud", "No API can refuse it for being meant for another.", {"as.stamp_aud": "off", "rs.check_aud": "off"})
    if len(names) == 1:
        return Shown("aud names one recipient", "Every other one can refuse it.", {"as.stamp_aud": "on", "client.resource_param": "on"})
    said = "Each of them can use it at the others. In the sandbox a token is for one API or for any: this one is played as one for any."
    return Shown(f"aud names {len(names)} recipients", said, {"as.stamp_aud": "off", "rs.check_aud": "off"})


def _issuer(claims: Json) -> Shown | None:
    return None if claims.get("iss") else Shown("no iss", "No API can tell who issued it.", {"rs.check_iss": "off"})


def _life(claims: Json) -> Shown | None:
    lasts = life(claims)
    if "exp" not in claims:
        return Shown("no exp", "It never ends; the longest life that the sandbox knows stands for it.", {"as.short_ttl": "off"})
    if lasts is None:
        return None
    short = is_short(int(lasts))
    return Shown(f"lives for {in_words(max(lasts, 0))}", _lasting(short), {"as.short_ttl": "on" if short else "off"})


def _lasting(short: bool) -> str:
    return "A stolen copy ends soon by itself." if short else "For so long a stolen copy works, unless something else ends it."


def _name(claims: Json) -> Shown | None:
    return None if claims.get("jti") else Shown("no jti", "A list of revoked tokens has no name to put on it.", {"rs.denylist": "off"})


def _person(claims: Json) -> Shown:
    there = {kind: [n for n in names if claims.get(n)] for kind, names in TAKEN.items()}
    pointless = {row.attack: row.because for row in taking.shipped() if not there[row.what]}
    personal, rights = there["personal"], there["rights"]
    if not personal and not rights:
        return Shown("neither personal data nor roles", "Whoever reads it learns little.", {"as.min_claims": "on"}, {}, pointless)
    told = ["Everybody who sees the token can read it."] if personal else []
    told += ["It may change while the token lives."] if rights else []
    return Shown(", ".join([*personal, *rights][:6]), " ".join(told), {"as.min_claims": "off"}, {}, pointless)


def _binding(claims: Json) -> Shown | None:
    cnf = claims.get("cnf")
    if not isinstance(cnf, dict):
        off = dict.fromkeys(("client.dpop", "as.dpop_bind", "rs.dpop", "as.mtls_bind", "rs.mtls"), "off")
        return Shown("no cnf", "It is bound to no key: whoever has a copy can use it.", off)
    if "jkt" in cnf:
        return Shown(
            "cnf.jkt",
            "It is bound to a key (DPoP); whether an API asks for the proof is not shown.",
            {"client.dpop": "on", "as.dpop_bind": "on"},
        )
    if "x5t#S256" in cnf:
        off = dict.fromkeys(("client.dpop", "as.dpop_bind", "rs.dpop"), "off")
        said = "It is bound to a certificate; whether an API asks for it is not shown."
        return Shown("cnf.x5t#S256", said, {"as.mtls_bind": "on"}, {"rs.mtls": "on", "client.bff": "on"} | off)
    return None


def _scope(claims: Json) -> Shown | None:
    if claims.get("scope") or claims.get("scp"):
        return None
    return Shown("no scope", "No API can tell what it allows.", {"rs.check_scope": "off"})


RULES: tuple[Callable[[Json], Shown | None], ...] = (_audience, _issuer, _life, _name, _person, _binding, _scope)


# ---------------------------------------------------------------- what the header shows


def _type(header: Json) -> Shown:
    if str(header.get("typ", "")).lower().removeprefix("application/") == "at+jwt":
        return Shown("typ: at+jwt", "It cannot be mixed up with another kind of JWT, if an API looks.", {"as.stamp_typ": "on"})
    switches = {"as.stamp_typ": "off", "rs.check_typ": "off"}
    return Shown("typ is not at+jwt", "No API can tell it from another kind of JWT by its type.", switches)


def _algorithm(header: Json) -> Shown | None:
    alg = str(header.get("alg", ""))
    value = SIGNED.get(alg[:2])
    if value is None:
        return None
    said = "Whoever can verify it can sign, too." if alg.startswith("HS") else "Only who has the private key can sign."
    return Shown(f"alg: {alg[:12]}", said, {} if alg.startswith("HS") else {"as.signing": value}, {"as.signing": value})


HEADER_RULES: tuple[Callable[[Json], Shown | None], ...] = (_type, _algorithm)


# ---------------------------------------------------------------- as settings


def at_worst(architecture: Architecture, rows: tuple[Shown, ...]) -> tuple[Settings, ...]:
    """Systems in which all that is not shown is as weak as can be: one for each way to build it for which some attack is made."""
    profile = next(p.name for p in PROFILES.values() if p.architecture == architecture)
    weak = {s.name: s.values[0] for s in SWITCHES.values() if s.name not in BUILT}
    found = (Settings.of(profile, _applying(architecture, weak | built | _fixed(rows))) for built in OTHERWISE)
    return tuple(dict.fromkeys(found))


def at_best(architecture: Architecture, rows: tuple[Shown, ...]) -> Settings:
    """A system in which all that is not shown is as the strongest profile of the design has it."""
    profile = [p.name for p in PROFILES.values() if p.architecture == architecture][-1]
    needed = {name: value for row in rows for name, value in row.at_best.items()}
    return Settings.of(profile, _applying(architecture, needed | _fixed(rows)))


def _fixed(rows: tuple[Shown, ...]) -> dict[str, str]:
    return {name: value for row in rows for name, value in row.switches.items()}


def _applying(architecture: Architecture, switches: Mapping[str, str]) -> dict[str, str]:
    return {n: v for n, v in switches.items() if architecture in SWITCHES[n].applies}


def answers(architecture: Architecture, rows: tuple[Shown, ...]) -> dict[str, tuple[str, ...]]:
    """What is shown, as answers of the questionnaire "Your system": each answer all of whose switches are shown to be so."""
    fixed = _fixed(rows)
    given: dict[str, tuple[str, ...]] = {}
    for question in questions.shipped().questions:
        fit = [a.id for a in question.answers if _is_so(a, architecture, fixed)]
        if fit:
            given[question.id] = tuple(fit) if question.many else (fit[0],)
    return questions.sensible(given)


def _is_so(answer: questions.Answer, architecture: Architecture, fixed: Mapping[str, str]) -> bool:
    if answer.profile:
        return PROFILES[answer.profile].architecture == architecture
    return bool(answer.switches) and all(fixed.get(n) == v for n, v in answer.switches.items())


def unseen(architecture: Architecture, rows: tuple[Shown, ...]) -> tuple[str, ...]:
    """The questions about such a system that its claims leave open, in the words of the questionnaire."""
    given = answers(architecture, rows)
    return tuple(q.asks for q in questions.asked(given) if q.id not in given)
