// Marks a stop as done when its last step is on show.  The stepper writes the step that it shows into the address.

const watched = new WeakMap();

export default function ({ data, parentElement }) {
  const state = watched.get(parentElement) ?? {};
  watched.set(parentElement, state);
  Object.assign(state, data);
  state.timer ??= setInterval(() => {
    if (!parentElement.isConnected) clearInterval(state.timer);
    else if (Number(new URLSearchParams(location.search).get('step')) >= state.last) progress.mark(state.stop);
  }, 700);
}
