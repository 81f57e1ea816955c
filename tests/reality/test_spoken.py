"""Words that could be said, and those that a machine made."""

import string

import pytest

from sandbox.reality.spoken import unspoken
from tests.support.dice import dice

ALPHABETS = {
    "base 36": string.ascii_lowercase + string.digits,
    "base 32": string.ascii_lowercase + "234567",
    "letters": string.ascii_lowercase,
}
WORDS = (
    "internationalization", "oauth2authorizationcode", "sha256withrsaencryption", "x509certificatechain", "iphone15promax256gb",
    "rechtsschutzversicherung", "przedsiebiorczosc", "getUserAccountInformation", "order20241130000123", "user1234567890123456",
    "12345678901234567890", "httpstatuscodes404notfound", "invoice2024q3final", "openidconnectclientts", "backchannellogout",
    "dampfschifffahrtsgesellschaft", "customer000000123456", "mcdonaldsfranchise", "deconnexionutilisateur", "restablecercontrasena",
    "xianggangdenglu", "well-known", "openid-configuration", "my-order-2024-11-30-000123", "how-to-reset-your-password-in-3-steps",
    "authorization_code", "token_endpoint_auth_methods_supported", "v2beta1", "llanfairpwllgwyngyll",
    "protocol/openid-connect/login-status-iframe", "passwordzuruecksetzen", "listaccountsbycustomer",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_words_names_and_numbers_can_be_said(word: str) -> None:
    assert not unspoken(word)


@pytest.mark.parametrize("name", ALPHABETS)
def test_what_is_random_cannot(name: str) -> None:
    """Nearly all of it: of digits and letters 98 in a hundred, of letters alone 85; the more the longer."""
    rolls, alphabet = dice(name), ALPHABETS[name]
    for length, least in ((16, 85 if name == "letters" else 97), (32, 94 if name == "letters" else 99)):
        words = ["".join(rolls.choice(alphabet) for _ in range(length)) for _ in range(400)]
        assert sum(map(unspoken, words)) >= 4 * least, (name, length)


def test_a_prefix_and_capitals_change_nothing() -> None:
    assert unspoken("tok_k5yq7zr3mwx2v9bd")
    assert unspoken("JBSWY3DPEHPK3PXPGEZQ")
    assert not unspoken("k5yq7zr3")  # too short to tell
