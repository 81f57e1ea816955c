"""Which names carry secrets, which tell about people, and which say nothing that has to be hidden.

The lists decide what is masked whatever it looks like; what has another name is masked if it looks random.
"""

from __future__ import annotations

import re
from unicodedata import normalize

# What a value is called by its placeholder, by the name under which it travels.
KINDS = {
    "authorization": "access_token",
    "dpop": "dpop_proof",
    "id_token_hint": "id_token",
    "sessionid": "session",
    "csrfmiddlewaretoken": "csrf",
    "_csrf": "csrf",
    "xsrf": "csrf",
}

SECRET_WORDS = re.compile(
    r"token|secret|passw|pwd|passphrase|credential|assertion|saml|cookie|session|sess_|(?:^|_)sid$|csrf|xsrf|nonce|verifier|ticket|otp|pin$|"
    r"api_?key|apikey|private_?key|signature|^sig$|^auth$|authorization|jwt|bearer|login_hint|logout_hint|^state$|^code$|device_code|"
    r"user_code|^request$|^jti$|subject$|^sub$|^sid$|^oid$|^uid$|^dpop$|salt|hash_iterations|secretdata|bindcredential",
    re.IGNORECASE,
)
PASSWORD_ENDINGS = (  # of names in plain small letters, as forms in many languages have them
    "password", "passwd", "passcode", "passphrase", "pwd", "passwort", "kennwort", "motdepasse", "contrasena", "contrasenia", "wachtwoord",
    "losenord", "adgangskode", "passord", "salasana", "jelszo", "palavrapasse", "haslo", "heslo", "sifre", "пароль", "密码", "密碼",
    "パスワード", "비밀번호",
)  # fmt: skip
PASSWORD_NAMES = {"pass", "mdp", "clave", "senha", "parola", "lozinka"}
OTHER_PASSWORDS = re.compile(r"^(?:new|old|confirm|repeat|again|forgot|reset|change|neues|altes)|confirm")  # of a form that signs nobody in
PERSON_NAMES = {
    "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "username", "user_name", "login", "user",
    "email", "e_mail", "mail", "upn", "unique_name", "phone", "phone_number", "mobile", "address", "birthdate", "gender", "picture",
    "firstname", "lastname", "first_name", "last_name", "fullname", "full_name", "displayname", "display_name", "ipaddr", "ip",
    "ip_address", "clientip", "serveripaddress", "street_address", "postal_code", "locality",
    "user_email", "email_address", "date_of_birth", "dob", "birthday", "iban", "ssn", "tax_id",
    "zip_code", "telephone", "person_name", "owner_name", "customer_name", "sur_name", "user_principal_name", "windows_account_name",
    "benutzername", "benutzer", "nutzername", "vorname", "nachname", "geburtsdatum", "identifiant", "utilisateur", "courriel", "nom",
    "prenom", "date_naissance", "date_de_naissance", "usuario", "correo", "nombre", "apellido", "apellidos", "fecha_nacimiento",
    "utente", "cognome", "nome", "sobrenome", "usuário", "data_nascimento", "gebruikersnaam", "voornaam", "achternaam", "anvandarnamn",
    "fornavn", "efternavn", "uzytkownik", "imie", "nazwisko", "uzivatel", "jmeno", "prijmeni", "kullanici_adi",
}  # fmt: skip
SPACES = re.compile(r"[\[\]/:$#]+")  # what parts a name from the space that it is in: `user[email]`, `https://corp.example/claims/surname`
BARE = {"name", "nom", "nombre", "nome"}  # which things have, too: a person's only beside what else tells about one
ACCOUNTS = {"id", "identifier", "account", "accountid", "loginid", "userid", "konto", "cuenta", "compte", "log", "customernumber"}
OWN_HEADER = re.compile(r"^x[-_]", re.IGNORECASE)

# Names that match SECRET_WORDS or look like a person's, and say what a reader of the drawing needs.
KEPT = {
    "token_type", "token_type_hint", "token_endpoint", "token_endpoint_auth_method", "token_endpoint_auth_methods_supported",
    "code_challenge", "code_challenge_method", "code_challenge_methods_supported", "requested_token_type", "subject_token_type",
    "actor_token_type", "client_assertion_type", "session_state_supported", "issued_token_type", "x-csrf-protection", "nonce_supported",
    "client_id", "aud", "iss", "kid", "alg", "typ", "azp", "scope", "scp", "grant_type", "response_type", "response_mode", "redirect_uri",
    "error", "error_description", "prompt", "resource", "audience", "acr", "amr", "acr_values", "expires_in", "exp", "iat", "nbf",
    "auth_time", "username_supported", "tokenendpoint", "access_token_url", "subject_types_supported", "accesstokenlifespan",
    "access.token.lifespan", "revokerefreshtoken", "refreshtokenmaxreuse", "ssosessionidletimeout", "ssosessionmaxlifespan",
    "email_verified", "emailverified", "phone_number_verified", "issuer", "authorization_endpoint", "tokenurl", "authorizationurl",
    "refreshurl", "clientid", "authority", "loginwithemailallowed",
}  # fmt: skip
KEPT_ENDINGS = ("_supported", "_endpoint", "_uri", "_type", "_method", "_alg", "_enc", "lifespan", "timeout", "_policy")
PLAIN_WORDS = {
    "true", "false", "null", "none", "yes", "no", "bearer", "code", "token", "openid", "user", "admin", "password", "login", "state",
    "test", "app", "api", "web", "http", "https", "json", "public", "confidential", "email", "profile", "name", "value", "data",
    "localhost", "example", "query", "client", "server", "get", "post", "put", "id", "key", "text", "html", "lax", "strict", "path",
    "secure",
}  # fmt: skip


def spelled(name: str) -> str:
    """The name in plain small letters, without the space that it is in: `motdepasse` for `loginForm:Mot_de-Passe`."""
    own = next((part for part in reversed(SPACES.split(name)) if part), "")
    return "".join(c for c in normalize("NFKD", own.lower()).replace("ł", "l").replace("ı", "i") if c.isalnum())


PERSON_WORDS = {spelled(n) for n in PERSON_NAMES}
PASSWORD_WORDS = tuple(map(spelled, PASSWORD_ENDINGS))


def kind_of(name: str) -> str:
    """What the value of a name is called when it is a secret: `access_token`, `password`; the name itself if it has no other."""
    if is_password(name):
        return "password"
    low = name.lower().strip("[]")
    return KINDS.get(low, low if re.fullmatch(r"[a-z][a-z0-9_.-]{0,30}", low) else "value")


def person_kind(name: str) -> str:
    """What a value that tells about a person is called: `surname` for `https://corp.example/claims/surname`."""
    kind = kind_of(name)
    return kind if kind != "value" else kind_of(spelled(name))


def is_bare(name: str) -> bool:
    """Whether things have this name as well as people."""
    return spelled(name) in BARE


def is_account(name: str) -> bool:
    """Whether this is what somebody signs in under, if a password stands beside it; elsewhere the name says too little."""
    return spelled(name) in ACCOUNTS


def is_kept(name: str) -> bool:
    """Whether the value of this name is needed, and no secret."""
    low = name.lower()
    return low in KEPT or low.replace("-", "_").endswith(KEPT_ENDINGS)


def is_secret(name: str) -> bool:
    """Whether the value of this name is a secret, whatever it looks like."""
    return not is_kept(name) and (is_password(name) or bool(SECRET_WORDS.search(OWN_HEADER.sub("", name).replace("-", "_"))))


def is_password(name: str) -> bool:
    """Whether this is the name under which a password is sent to sign in."""
    word = spelled(name.rpartition(".")[2])
    return (word.endswith(PASSWORD_WORDS) or word in PASSWORD_NAMES) and not OTHER_PASSWORDS.search(word)


def is_personal(name: str) -> bool:
    """Whether the value of this name tells about a person."""
    return not is_kept(name) and spelled(OWN_HEADER.sub("", name)) in PERSON_WORDS
