// Loads a script that is too large to be sent again with each change of its data, as Streamlit would.  FILE, its name, stands before this.
// Pages are one step below the app, whatever path a proxy has it at.

const AGAIN = 2000;                  // milliseconds before a second try
const address = new URL(FILE, location.href).href;
const loaded = import(address).catch(() => new Promise((done) => { setTimeout(done, AGAIN); }).then(() => import(`${address}?again`)));

export default function (given) {
  let gone = false, clean = null;
  loaded.then((script) => { if (!gone || given.parentElement.isConnected) clean = script.default(given); });
  return () => { gone = true; clean?.(); };
}
