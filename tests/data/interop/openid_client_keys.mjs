// openid-client with a key of its own: private_key_jwt, pushed and signed requests: node openid_client_keys.mjs BASE REDIRECT
// Prints, for each algorithm, what it found; any refusal that is not expected ends it with an error.
import assert from 'node:assert';
import * as oidc from 'openid-client';
import { visit } from './person.mjs';

const [base, redirect_uri] = process.argv.slice(2);
const insecure = { execute: [oidc.allowInsecureRequests] };
const as = new URL(`${base}/auth`);
const KEYS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  PS256: { name: 'RSA-PSS', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
};

async function registered(alg) {
  const pair = await crypto.subtle.generateKey(KEYS[alg], true, ['sign', 'verify']);
  const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: alg, use: 'sig', alg, key_ops: undefined, ext: undefined };
  const key = { key: pair.privateKey, kid: alg };
  const wanted = {
    redirect_uris: [redirect_uri], grant_types: ['authorization_code', 'refresh_token'], jwks: { keys: [jwk] },
    token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg, request_object_signing_alg: alg,
    require_pushed_authorization_requests: true,
  };
  return [await oidc.dynamicClientRegistration(as, wanted, oidc.PrivateKeyJwt(key), insecure), key];
}

async function asked(scope) {
  const verifier = oidc.randomPKCECodeVerifier(), state = oidc.randomState(), nonce = oidc.randomNonce();
  const challenge = await oidc.calculatePKCECodeChallenge(verifier);
  const parameters = { redirect_uri, scope, state, nonce, code_challenge: challenge, code_challenge_method: 'S256' };
  return [parameters, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }];
}

const out = {};
for (const alg of Object.keys(KEYS)) {
  const [config, key] = await registered(alg);
  const found = out[alg] = {};

  // pushed with a DPoP proof, so that the code is bound; redeemed, refreshed, revoked: each time with another assertion
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  const [parameters, wanted] = await asked('openid read');
  const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
  found.carries = [...url.searchParams.keys()].sort();
  const back = await visit(url.href, redirect_uri);
  const tokens = await oidc.authorizationCodeGrant(config, back, wanted, undefined, { DPoP });
  found.sub = tokens.claims().sub;
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  await oidc.tokenRevocation(config, next.refresh_token);
  found.active = (await oidc.tokenIntrospection(config, next.access_token)).active;
  found.again = await visit(url.href, redirect_uri).then(() => 'taken', (e) => /invalid_request_uri/.test(e.message) && 'refused');

  // signed, and pushed because this client has registered so
  const [more, expected] = await asked('openid');
  const jar = await oidc.buildAuthorizationUrlWithJAR(config, more, key);
  found.alone = (await visit(jar.href, redirect_uri)).searchParams.get('error');
  const both = await oidc.buildAuthorizationUrlWithPAR(config, jar.searchParams);
  const last = await oidc.authorizationCodeGrant(config, await visit(both.href, redirect_uri), expected);
  found.both = last.claims().sub;
}
assert.equal(Object.keys(out).length, 3);
console.log(JSON.stringify(out));
