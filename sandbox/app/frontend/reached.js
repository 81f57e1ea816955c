// Marks a stop as done when its last step is on show.  The stepper writes the step that it shows into the address.

const watched = new WeakMap();

/** Whether the address shows the last step of this stop.  Back leads to another story's last step before Python has drawn that story. */
function shown({ stop, last }) {
  const query = new URLSearchParams(location.search);
  return !last || (query.get('scenario') === stop && Number(query.get('step')) >= last);
}

export default function ({ data, parentElement }) {
  const state = watched.get(parentElement) ?? {};
  watched.set(parentElement, state);
  Object.assign(state, data);
  state.timer ??= setInterval(() => {
    if (!parentElement.isConnected) clearInterval(state.timer);
    else if (shown(state)) progress.mark(state.stop);
  }, 700);
}
