// Log-out with three libraries: openid-client (with a back channel), oidc-client-ts, express-openid-connect: node log_out.mjs BASE ALG
// Prints one JSON object of what it found; any refusal it makes ends it with an error.
import { createServer } from 'node:http';
import express from 'express';
import expressOidc from 'express-openid-connect';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import * as oidc from 'openid-client';
import { visit } from './person.mjs';

const [base, alg] = process.argv.slice(2);
const out = {}, insecure = { execute: [oidc.allowInsecureRequests] }, as = new URL(`${base}/auth`);
const redirect_uri = 'http://127.0.0.1:9999/cb', bye = 'http://127.0.0.1:9999/bye';

const told = [];
const listener = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => { told.push(new URLSearchParams(body).get('logout_token')); response.end(); });
});
await new Promise((done) => listener.listen(0, '127.0.0.1', done));
const backchannel_logout_uri = `http://127.0.0.1:${listener.address().port}/bc`;

const wanted = { redirect_uris: [redirect_uri], post_logout_redirect_uris: [bye], id_token_signed_response_alg: alg };
const told_at = { backchannel_logout_uri, backchannel_logout_session_required: true };
const config = await oidc.dynamicClientRegistration(as, { ...wanted, ...told_at }, undefined, insecure);

async function signIn(jar) {
  const verifier = oidc.randomPKCECodeVerifier(), nonce = oidc.randomNonce();
  const asked = { redirect_uri, scope: 'openid', nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
  const back = await visit(oidc.buildAuthorizationUrl(config, asked).href, redirect_uri, jar);
  return oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedNonce: nonce, idTokenExpected: true });
}

async function isOut(jar) {
  const asked = { redirect_uri, scope: 'openid', prompt: 'none', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
  return (await visit(oidc.buildAuthorizationUrl(config, asked).href, redirect_uri, jar)).searchParams.get('error') === 'login_required';
}

// openid-client: the end-session address, the way back, and the logout token
const jar = new Map(), tokens = await signIn(jar);
const end = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: 'a state' });
out.state = (await visit(end.href, bye, jar)).searchParams.get('state');
out.out = await isOut(jar);
const { payload } = await jwtVerify(told[0], createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri)), {
  issuer: config.serverMetadata().issuer, audience: config.clientMetadata().client_id, typ: 'logout+jwt',
});
out.told = told.length === 1 && payload.sid === tokens.claims().sid && payload.sub === 'alice';

// oidc-client-ts
globalThis.localStorage = new InMemoryWebStorage();
const jar2 = new Map(), more = await signIn(jar2);
const client = new OidcClient({
  authority: as.href, client_id: config.clientMetadata().client_id, redirect_uri, post_logout_redirect_uri: bye,
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});
const request = await client.createSignoutRequest({ id_token_hint: more.id_token, state: { page: 7 } });
const landed = await visit(request.url, bye, jar2);
out.ts = (await client.processSignoutResponse(landed.href)).userState.page;
out.tsOut = await isOut(jar2);

// express-openid-connect: an app of its own, from /login to /logout
const app = express(), server = app.listen(0, '127.0.0.1');
await new Promise((done) => server.on('listening', done));
const baseURL = `http://127.0.0.1:${server.address().port}`;
const web = await oidc.dynamicClientRegistration(as, {
  redirect_uris: [`${baseURL}/callback`], post_logout_redirect_uris: [`${baseURL}/bye`], id_token_signed_response_alg: alg,
}, undefined, insecure);
app.use(expressOidc.auth({
  authRequired: false, idpLogout: true, baseURL, issuerBaseURL: as.href, secret: 'a secret that signs its cookies',
  clientID: web.clientMetadata().client_id, clientSecret: web.clientMetadata().client_secret, idTokenSigningAlg: alg,
  authorizationParams: { response_type: 'code', scope: 'openid' }, routes: { postLogoutRedirect: `${baseURL}/bye` },
}));
app.get('/', (request, response) => response.redirect(`${baseURL}/in/${request.oidc.user?.sub}`));
const jar3 = new Map();
out.express = (await visit(`${baseURL}/login`, `${baseURL}/in`, jar3)).pathname;
out.expressOut = (await visit(`${baseURL}/logout`, `${baseURL}/bye`, jar3)).pathname;
out.expressIn = (await visit(`${baseURL}/`, `${baseURL}/in`, jar3)).pathname;
out.expressIsOut = await isOut(jar3);
console.log(JSON.stringify(out));
server.close();
listener.close();
process.exit(0);
