// openid-client (certified relying party) through everything it can do here: node openid_client.mjs BASE ALG CLIENT SECRET REDIRECT
// Prints one JSON object of what it found; any refusal it makes ends it with an error.
import assert from 'node:assert';
import * as oidc from 'openid-client';
import { visit } from './person.mjs';

const [base, alg, id, secret, redirect_uri] = process.argv.slice(2);
const out = {};
const insecure = { execute: [oidc.allowInsecureRequests] };
const as = new URL(`${base}/auth`);

async function signIn(config, scope, more = {}, options = {}) {
  const verifier = oidc.randomPKCECodeVerifier(), state = oidc.randomState(), nonce = oidc.randomNonce();
  const challenge = await oidc.calculatePKCECodeChallenge(verifier);
  const asked = { redirect_uri, scope, state, nonce, code_challenge: challenge, code_challenge_method: 'S256', ...more };
  const back = await visit(oidc.buildAuthorizationUrl(config, asked).href, redirect_uri);
  const wanted = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return oidc.authorizationCodeGrant(config, back, wanted, undefined, options);
}

// discovery, code + PKCE, ID token, UserInfo
const auth = secret ? oidc.ClientSecretBasic(secret) : oidc.None();
const config = await oidc.discovery(as, id, { id_token_signed_response_alg: alg }, auth, insecure);
const tokens = await signIn(config, 'openid profile email read');
out.sub = tokens.claims().sub;
out.alg = JSON.parse(Buffer.from(tokens.id_token.split('.')[0], 'base64url')).alg;
out.name = (await oidc.fetchUserInfo(config, tokens.access_token, out.sub)).name;

// refresh with rotation; the old token is refused, and takes the new one with it
const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(next.refresh_token, tokens.refresh_token);
out.reused = await oidc.refreshTokenGrant(config, tokens.refresh_token).catch((e) => e.error);

// revocation and introspection, the latter as an API
const again = await signIn(config, 'openid read');
const api = await oidc.discovery(as, 'accounts', {}, oidc.ClientSecretBasic('accounts-secret'), insecure);
out.before = (await oidc.tokenIntrospection(api, again.access_token)).active;
await oidc.tokenRevocation(config, again.refresh_token);
out.after = (await oidc.tokenIntrospection(api, again.access_token)).active;

// DPoP, up to an API that demands it (RFC 9449)
const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
const bound = await signIn(config, 'openid read', { resource: `${base}/accounts` }, { DPoP });
out.type = bound.token_type;
const answer = await oidc.fetchProtectedResource(config, bound.access_token, new URL(`${base}/accounts/accounts`), 'GET', null, undefined, { DPoP });
out.accounts = (await answer.json()).accounts;

// dynamic registration (RFC 7591), of a client that wants the other algorithm
const other = alg === 'RS256' ? 'ES256' : 'RS256';
const wanted = { redirect_uris: [redirect_uri], id_token_signed_response_alg: other, grant_types: ['authorization_code', 'refresh_token'] };
const registered = await oidc.dynamicClientRegistration(as, wanted, undefined, insecure);
out.registered = JSON.parse(Buffer.from((await signIn(registered, 'openid')).id_token.split('.')[0], 'base64url')).alg === other;
console.log(JSON.stringify(out));
