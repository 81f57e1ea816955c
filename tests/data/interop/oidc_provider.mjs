// oidc-provider, the certified server for Node, on loopback: node oidc_provider.mjs ALG REDIRECT_URI...
// Prints its issuer once it listens.  Accounts are whatever name is typed in; JWT access tokens for whatever API is asked for.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [alg, ...redirect_uris] = process.argv.slice(2);
const pair = alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...pair.privateKey.export({ format: 'jwk' }), kid: 'k1', alg, use: 'sig' };
const scope = 'openid profile read offline_access';
const common = {
  redirect_uris, scope, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], id_token_signed_response_alg: alg,
};
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      { ...common, client_id: 'web', client_secret: 'a-secret-of-the-web-client' },
      { ...common, client_id: 'spa', token_endpoint_auth_method: 'none' },
    ],
    jwks: { keys: [key] },
    scopes: scope.split(' '),
    claims: { openid: ['sub'], profile: ['name'] },
    cookies: { keys: ['a key that signs cookies'] },
    pkce: { required: () => true },
    enabledJWA: { idTokenSigningAlgValues: [alg] },
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub }) }),
    ttl: { AccessToken: 300, IdToken: 300, AuthorizationCode: 60, RefreshToken: 3600, Interaction: 600, Session: 3600, Grant: 3600 },
    features: {
      devInteractions: { enabled: true },
      dPoP: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://accounts.connectsphere.example',
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, audience) => ({ scope, audience, accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg } } }),
      },
    },
  });
  provider.on('server_error', (ctx, error) => console.error(error));
  server.on('request', provider.callback());
  console.log(issuer);
});
