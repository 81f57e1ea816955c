// openid-client and oauth4webapi against servers that want a nonce in each DPoP proof (RFC 9449 §8, §9): node dpop_nonce.mjs BASE CLIENT REDIRECT
// Prints one JSON object of what it found.
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { visit } from './person.mjs';

const [base, id, redirect_uri] = process.argv.slice(2);
const asked = [];
const counting = (url, options) => (asked.push(new URL(url).pathname), fetch(url, options));
const config = await oidc.discovery(new URL(`${base}/auth`), id, {}, oidc.None(), { execute: [oidc.allowInsecureRequests] });
config[oidc.customFetch] = counting;
const keys = await oidc.randomDPoPKeyPair('ES256');
const DPoP = oidc.getDPoPHandle(config, keys);
const verifier = oidc.randomPKCECodeVerifier(), state = oidc.randomState();
const challenge = await oidc.calculatePKCECodeChallenge(verifier);
const wanted = { redirect_uri, scope: 'read', state, resource: `${base}/accounts`, code_challenge: challenge, code_challenge_method: 'S256' };
const back = await visit(oidc.buildAuthorizationUrl(config, wanted).href, redirect_uri);
const tokens = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state }, undefined, { DPoP });
const out = { type: tokens.token_type, tokens: asked.filter((p) => p === '/auth/token').length };

// the API, with the library below: it throws the challenge, and takes the nonce from it
const client = { client_id: id }, handle = oauth.DPoP(client, keys);
const url = new URL(`${base}/accounts/accounts`), options = { DPoP: handle, [oauth.allowInsecureRequests]: true };
const get = () => oauth.protectedResourceRequest(tokens.access_token, 'GET', url, undefined, undefined, options);
const first = await get().catch((error) => error);
out.asked = oauth.isDPoPNonceError(first);
out.accounts = (await (await get()).json()).accounts;
console.log(JSON.stringify(out));
