// passport-openidconnect, which knows no PKCE, in an app of its own: node passport.mjs BASE
// It registers itself.  Prints one JSON object: who is signed in, or what the app was told instead.
import express from 'express';
import OpenIDConnectStrategy from 'passport-openidconnect';
import { visit } from './person.mjs';

const [base] = process.argv.slice(2);
const app = express(), server = app.listen(0, '127.0.0.1');
await new Promise((done) => server.on('listening', done));
const here = `http://127.0.0.1:${server.address().port}`;

const meta = await (await fetch(`${base}/auth/.well-known/openid-configuration`)).json();
const wanted = { redirect_uris: [`${here}/cb`], client_name: 'An app with passport' };
const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wanted) };
const client = await (await fetch(meta.registration_endpoint, asked)).json();

const strategy = new OpenIDConnectStrategy({
  issuer: meta.issuer, authorizationURL: meta.authorization_endpoint, tokenURL: meta.token_endpoint, userInfoURL: meta.userinfo_endpoint,
  clientID: client.client_id, clientSecret: client.client_secret, callbackURL: `${here}/cb`, scope: ['profile', 'email'],
}, (issuer, profile, done) => done(null, profile));

const session = {}; // one browser, one session
app.use((request, response) => {
  const end = (told) => response.redirect(`${here}/end?${new URLSearchParams(told)}`);
  const attempt = Object.assign(Object.create(strategy), { // what passport itself does with a strategy
    success: (profile) => end({ id: profile.id, name: profile.displayName }),
    fail: (info) => end({ told: info?.message ?? String(info) }),
    error: (error) => end({ error: error.code ?? error.name, told: error.message }),
    redirect: (url) => response.redirect(url),
  });
  request.session = session;
  attempt.authenticate(request, {});
});
const landed = await visit(`${here}/login`, `${here}/end`);
console.log(JSON.stringify(Object.fromEntries(landed.searchParams)));
process.exit(0);
