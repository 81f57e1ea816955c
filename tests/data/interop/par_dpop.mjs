// oauth4webapi with pushed requests (RFC 9126) and a nonce in each DPoP proof (RFC 9449 §8, §9): node par_dpop.mjs BASE CLIENT REDIRECT
// Prints one JSON object of what it found.
import * as oauth from 'oauth4webapi';
import { visit } from './person.mjs';

const [base, client_id, redirect_uri] = process.argv.slice(2);
const insecure = { [oauth.allowInsecureRequests]: true }, issuer = new URL(`${base}/auth`);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }));
const client = { client_id }, auth = oauth.None(), DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
const options = { ...insecure, DPoP }, out = { nonces: 0 };

async function once(ask, read) { // and once more where the answer is that the proof needs a nonce
  const attempt = async () => read(await ask());
  return attempt().catch((error) => {
    if (!oauth.isDPoPNonceError(error)) throw error;
    out.nonces += 1;
    return attempt();
  });
}

const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState();
const parameters = new URLSearchParams({
  response_type: 'code', redirect_uri, scope: 'read', state, resource: `${base}/accounts`,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const pushed = await once(
  () => oauth.pushedAuthorizationRequest(as, client, auth, parameters, options),
  (response) => oauth.processPushedAuthorizationResponse(as, client, response),
);
const url = new URL(as.authorization_endpoint);
url.search = new URLSearchParams({ client_id, request_uri: pushed.request_uri });
out.pushed = pushed.expires_in > 0;

const back = oauth.validateAuthResponse(as, client, await visit(url.href, redirect_uri), state);
const tokens = await once(
  () => oauth.authorizationCodeGrantRequest(as, client, auth, back, redirect_uri, verifier, options),
  (response) => oauth.processAuthorizationCodeResponse(as, client, response),
);
out.type = tokens.token_type;
const answer = await once(
  () => oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(`${base}/accounts/accounts`), undefined, undefined, options),
  (response) => response,
);
out.accounts = (await answer.json()).accounts;
const next = await once(
  () => oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, options),
  (response) => oauth.processRefreshTokenResponse(as, client, response),
);
out.renewed = next.access_token !== tokens.access_token;
console.log(JSON.stringify(out));
