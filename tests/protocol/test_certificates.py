"""Certificates: genuine, self-signed, and the same in every process."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest
from cryptography import x509

from sandbox.core.clock import START
from sandbox.protocol.certificates import certificate, certificate_thumbprint


def test_a_certificate_is_genuine_self_signed_and_begins_with_the_run():
    cert = x509.load_der_x509_certificate(base64.b64decode(certificate("0", "budget")))
    cert.verify_directly_issued_by(cert)
    assert cert.not_valid_before_utc.timestamp() == START


@pytest.mark.slow
def test_a_certificate_is_the_same_in_every_process():
    code = "from sandbox.protocol.certificates import certificate; print(certificate('7', 'app in laptop'))"
    out = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() for _ in range(2)}
    assert out == {certificate("7", "app in laptop")}


def test_owners_and_seeds_have_certificates_of_their_own():
    assert len({certificate("0", "a"), certificate("0", "b"), certificate("1", "a")}) == 3


@pytest.mark.parametrize("text", ["", "not base64!"])
def test_what_is_no_certificate_has_no_thumbprint(text):
    assert certificate_thumbprint(text) == ""
