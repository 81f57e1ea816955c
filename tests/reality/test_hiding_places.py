"""Places and writings in which a secret may hide in a recording: none of them reaches any output, in clear or written otherwise."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.outputs import outputs
from tests.support.reality import jwt, writings

TOKEN, PASSWORD, WORDS = "tok-9f3KqLw72ZxVbN41mQe8", "Tr0ub4dor&3xyz", "correct horse battery staple"
HEX, MAIL = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "jane.roe@corp.example"
SMALL = (
    "k5yq7zr3mwx2v9bd",
    "qzxkvwpjrtmnbhdlgc",
    "JBSWY3DPEHPK3PXPGEZQ",
    "share-01hv8x2kq9rzt4m7w3pn5yc6bd",
)  # base 36, letters, base 32, a ULID
FORM, JSON, HTML = "application/x-www-form-urlencoded", "application/json", "text/html"
PARTS = f'--XX\r\nContent-Disposition: form-data; name="password"\r\n\r\n{WORDS}\r\n--XX\r\nContent-Disposition: form-data; name="user"\r\n\r\nJane Roe\r\n--XX--'
JWE = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZ.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzO.XFBoMYUZodetZdvTiFvSkQ"


def entry(url: str = "https://app.example/x", *, sent: str = "", kind: str = JSON, got: str = "", mime: str = JSON, headers: dict[str, str] | None = None,
          back: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:  # fmt: skip
    """An entry with something in it."""
    named = lambda given: [{"name": n, "value": v} for n, v in (given or {}).items()]  # noqa: E731
    asked = {
        "method": "POST" if sent else "GET",
        "url": url,
        "headers": named(headers),
        **({"postData": {"mimeType": kind, "text": sent}} if sent else {}),
    }
    answer = {"status": 200, "headers": named(back), "content": {"mimeType": mime, "text": got, "size": len(got)}}
    return {"startedDateTime": "2026-11-30T10:00:00.000Z", "request": asked, "response": answer} | more


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


LOGIN = entry(sent=json.dumps({"password": PASSWORD}))
PLACES: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "path": ([entry(f"https://app.example/reset/{TOKEN}"), entry(f"https://app.example/a/{HEX}/b")], [TOKEN, HEX]),
    "path in small letters": ([entry(f"https://app.example/s/{w}/x", got=f"see {w}.") for w in SMALL], list(SMALL)),
    "path after a telling word": ([entry("https://app.example/invite/abcdefg7")], ["abcdefg7"]),
    "path parameter": ([entry("https://app.example/a;jsessionid=A1B2C3D4E5F60718;x=1/b")], ["A1B2C3D4E5F60718"]),
    "user of an address": ([entry(f"https://jane:{TOKEN}@app.example/a")], [TOKEN]),
    "JSON in JSON in JSON": ([entry(got=json.dumps({"a": json.dumps({"b": json.dumps({"password": PASSWORD})})}))], [PASSWORD]),
    "base64 of JSON": ([entry(got=json.dumps({"d": b64(json.dumps({"password": "hunter2"}))}))], ["hunter2", b64(json.dumps({"password": "hunter2"}))]),
    "gzip": ([entry(sent=packed(PASSWORD * 3), kind="application/octet-stream")], [packed(PASSWORD * 3)[20:50]]),
    "cookie in quotes": ([entry(headers={"Cookie": f'a=1; sid="{TOKEN}"'}, back={"Set-Cookie": f'sid="{TOKEN}"; Path=/'})], [TOKEN]),
    "escapes": ([entry(got=f'{{"note":"pw {escaped(PASSWORD)}"}}'), LOGIN], [PASSWORD, escaped(PASSWORD)]),
    "escaped name": ([entry(got=f'{{"{escaped("password")}":"hunter2x"}}')], ["hunter2x"]),
    "percent twice": ([entry("https://t.example/c?u=" + quote(quote(f"https://a.example/cb?code={TOKEN}&x={MAIL}", safe=""), safe=""))], [TOKEN, MAIL]),
    "percent thrice": ([entry("https://t.example/c?u=" + quote(quote(quote(f"https://a.example/?password={PASSWORD}", safe=""), safe=""), safe=""))], [PASSWORD, "Tr0ub4dor"]),
    "Referer": ([entry(headers={"Referer": f"https://app.example/cb?code={TOKEN}"})], [TOKEN]),
    "fields of a page": ([entry(mime=HTML, got=f"<input name=password value={PASSWORD}><input value='{TOKEN}' name=code><textarea name=secret>{WORDS}</textarea>")], [PASSWORD, TOKEN, WORDS]),
    "meta": ([entry(mime=HTML, got='<meta name="csrf-token" content="wbKDHu7Jab12cd34"><meta content="zzKDHu7Jab12cd34" name="csrf-token">')], ["wbKDHu7Jab12cd34", "zzKDHu7Jab12cd34"]),
    "script of a page": ([entry(mime=HTML, got="<script>var c={password:'hunter2x',apiKey: 'AIzaSyDdI0hCZtE6vySjMm', token : \"abcdefghijk\"}</script>")], ["hunter2x", "AIzaSyDdI0hCZtE6vySjMm", "abcdefghijk"]),
    "form in parts": ([entry(sent=PARTS, kind="multipart/form-data; boundary=XX")], [WORDS, "Jane Roe"]),
    "GraphQL": ([entry(sent=json.dumps({"query": f'mutation {{ login(email: "{MAIL}", password: "hunter2x") {{ token }} }}'}))], [MAIL, "hunter2x"]),
    "XML": ([entry(sent="<e:Envelope><w:Username>jane.roe</w:Username><w:Password Type='x'>hunter2xx</w:Password></e:Envelope>", kind="text/xml")], ["hunter2xx", "jane.roe"]),
    "SAML": ([entry(sent="SAMLResponse=" + quote(b64(f"<NameID>{MAIL}</NameID>")), kind=FORM)], [MAIL, b64(f"<NameID>{MAIL}</NameID>")]),
    "Basic": ([entry(headers={"Authorization": "Basic " + b64("client:" + PASSWORD)}), entry(got=json.dumps({"echo": PASSWORD}))], [PASSWORD, b64("client:" + PASSWORD)]),
    "other schemes": ([entry(headers={"Authorization": f'OAuth oauth_token="{TOKEN}",oauth_signature="wOJIO9A2W5mFwDgiDvZbTSMK"'})], [TOKEN, "wOJIO9A2W5mFwDgiDvZbTSMK"]),
    "headers of one's own": ([entry(headers={"X-Api-Key": "abcd-efgh-ijkl", "X-Auth": WORDS, "X-User-Name": "Jane Roe", "X-Forwarded-For": "203.0.113.77"})], ["abcd-efgh-ijkl", WORDS, "Jane Roe", "203.0.113.77"]),
    "encrypted token": ([entry(headers={"Authorization": f"Bearer {JWE}"})], JWE.split(".")[1:2] + JWE.split(".")[3:]),
    "claims": ([entry(headers={"Authorization": "Bearer " + jwt({"sub": "auth0|5f7c8ec7c33c6c", "name": "Jane Roe", "email": MAIL})})], ["auth0|5f7c8ec7c33c6c", "Jane Roe", MAIL]),
    "a name elsewhere": ([entry(got=json.dumps({"displayName": "Jane Roe", "email": MAIL})), entry(mime=HTML, got="<h1>Welcome Jane Roe"), entry("https://app.example/u/Jane%20Roe")], ["Jane Roe", "Jane%20Roe"]),
    "base64 elsewhere": ([LOGIN, entry(got=json.dumps({"x": "prefix" + b64("user:" + PASSWORD + ":end")}))], [PASSWORD]),
    "hex elsewhere": ([LOGIN, entry(mime="text/plain", got="dump " + PASSWORD.encode().hex())], [PASSWORD]),
    "plus for blanks": ([entry(sent="password=correct+horse+battery+staple", kind=FORM), entry(mime=HTML, got="x correct+horse+battery+staple y")], [WORDS, "correct+horse+battery+staple"]),
    "fragment of a redirect": ([entry(back={"Location": f"https://app.example/cb#id_token={jwt({'sub': 'jane.roe.7', 'email': MAIL})}&code={TOKEN}"})], [TOKEN, MAIL, "jane.roe.7"]),
    "WebSocket": ([entry("wss://app.example/s?ticket=abcdefgh", _webSocketMessages=[{"data": f'42["auth",{{"token":"{TOKEN}","email":"{MAIL}"}}]'}])], [TOKEN, MAIL, "abcdefgh"]),
    "what is nearly JSON": ([entry(got=f'cb({{"access_token":"{TOKEN}"}})'), entry(got='{"password":"hunter2x"}\n{"password":"hunter3x"}'), entry(got=')]}\',\n{"token":"zzz-yyy-xxx"}')], [TOKEN, "hunter2x", "hunter3x", "zzz-yyy-xxx"]),
    "JSON that breaks off": ([entry(got=f'{{"access_token":"{TOKEN}","password":"hunter2x","email":"{MAIL}')], [TOKEN, "hunter2x", MAIL]),
    "names and values apart": ([entry(got=json.dumps([{"key": "password", "value": "hunter2x"}, {"Name": "refresh_token", "Value": "rt-aa-bb-cc"}]))], ["hunter2x", "rt-aa-bb-cc"]),
    "numbers": ([entry(sent=json.dumps({"otp": 493817, "pin": "4938"}))], ["493817"]),
    "names that are values": ([entry(f"https://app.example/?{TOKEN}=1&{HEX}", headers={TOKEN: "1"}, got=json.dumps({TOKEN: {"a": 1}, MAIL: 2}))], [TOKEN, HEX, MAIL]),
    "fields of the format": ([entry(startedDateTime=TOKEN, _resourceType=HEX[:20], serverIPAddress="203.0.113.5", _initiator={"url": f"https://a/?code={TOKEN}"}), entry(mime=f"{JSON}; token={TOKEN}", got="{}")], [TOKEN, HEX[:20], "203.0.113.5"]),
    "addresses of machines": ([entry("https://203.0.113.9:8443/x"), entry("https://[2001:db8::1]/x"), entry(got='{"a": "2001:db8:85a3::8a2e:370:7334"}')], ["203.0.113.9", "2001:db8::1", "2001:db8:85a3::8a2e:370:7334"]),
    "Okta's passcode": ([entry(sent=json.dumps({"identifier": "bjork77", "credentials": {"passcode": "Geysir-1977"}}))], ["Geysir-1977", "bjork77"]),
    "German form": ([entry(sent="benutzername=heidi.mueller&kennwort=Alm0hi%21&geburtsdatum=03.04.1971", kind=FORM), entry(mime=HTML, got="<h1>Hallo heidi.mueller")], ["heidi.mueller", "Alm0hi!", "03.04.1971"]),
    "French JSON": ([entry(sent=json.dumps({"identifiant": "zoe.dupont", "motDePasse": "Camembert#1"}), got=json.dumps({"jeton": jwt({"nom": "Dupont", "prénom": "Zoé"})}))], ["zoe.dupont", "Camembert#1", "Dupont", "Zoé"]),
    "Spanish form": ([entry(sent="usuario=carmen.diaz&contrase%C3%B1a=Paella%2122&clave=Gazpacho77", kind=FORM)], ["carmen.diaz", "Paella!22", "Gazpacho77"]),
    "other scripts": ([entry(sent=json.dumps({"пароль": "Borschtsch7", "パスワード": "Natto-bento7", "hasło": "Pierogi-777"}))], ["Borschtsch7", "Natto-bento7", "Pierogi-777"]),
    "a name that only the page explains": ([entry(mime=HTML, got='<input name="zzz_9" type="password">'), entry(sent="a=1&zzz_9=Kumquat77", kind=FORM)], ["Kumquat77"]),
    "names in spaces": ([entry(sent=f"user%5Bfirst_name%5D=Mireille&loginForm:password=Zitrone77&ctl00%24txtPassword={PASSWORD}", kind=FORM), entry(headers={"Authorization": "Bearer " + jwt({"https://corp.example/claims/surname": "Okonkwo"})})], ["Mireille", "Zitrone77", PASSWORD, "Okonkwo"]),
    "claims as a list": ([entry(got=json.dumps([{"type": "name", "value": "Ewa Nowak"}, {"Type": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "Value": "Ewelina"}]))], ["Ewa Nowak", "Ewelina"]),
    "an address as subject": ([entry(headers={"Authorization": "Bearer " + jwt({"sub": MAIL})}), entry(f"https://app.example/of/{MAIL}")], [MAIL]),
    "words of an error": ([entry(got=json.dumps({"error": "invalid_grant", "error_description": f"code {TOKEN} of {MAIL} expired"}), back={"Link": f"<https://a.example/?access_token={TOKEN}>; rel=next"})], [TOKEN, MAIL]),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_output_has_it(place: str) -> None:
    entries, secrets = PLACES[place]
    raw = json.dumps({"log": {"version": "1.2", "creator": {"name": "T", "version": "1"}, "entries": entries}}).encode()
    everything = outputs("x.har", raw)
    for secret in secrets:
        for text in {secret, json.dumps(secret)[1:-1], *(writings(secret) if len(secret) > 5 else ())}:
            assert not [name for name, output in everything.items() if text in output], f"{place}: {secret[:12]}…"
