// The questions of a step: what is asked, how one answers, and what was right.  The host decides what may be seen before the answer.

const LEAD = { before: 'Before you see it: ', after: 'Your turn: ' };
const HOW = { many: 'Choose all that are right.', ordered: 'Choose them one after another.' };

const questionsOf = (run, step) => run.steps[step]?.questions ?? [];

/** The number of the moment at which it is asked what will come of a step. */
const placeOf = (run, step) => questionsOf(run, step).find((q) => q.when === 'before')?.at;

/** Every question of a run, each with its step. */
const allQuestions = (run) => Object.keys(run.steps).flatMap((step) => questionsOf(run, step).map((q) => ({ ...q, step })));

/** The texts of an answer: of an option, or of each of them. */
function textsOf(q, said) {
  const ids = q.many || q.ordered ? [...said] : [said];
  return ids.map((id) => q.options.find((option) => option.id === id)?.text ?? '');
}

/** What was said, and whether it is right, as soon as the host has told; `otherwise`: where one may still think again. */
function answerOf(q, said, otherwise = null) {
  if (!q.right && otherwise) return h('div', { class: 'ask', role: 'status' }, h('p', {}, `You said: ${textsOf(q, said).join(q.ordered ? ' → ' : ', ')} `, h('b', {}, 'The answer is shown to all at once. '), h('button', { type: 'button', class: 'small', 'data-focus': `otherwise-${q.key}`, onclick: otherwise }, 'Say otherwise')));
  if (said === '') return h('div', { class: 'ask', role: 'status' }, h('p', { title: visible(q.question) }, 'The run says: ', h('b', {}, textsOf(q, q.right).join(q.ordered ? ' → ' : ', '))));
  if (!q.right) return h('div', { class: 'ask', role: 'status' }, h('p', {}, `You said: ${textsOf(q, said).join(q.ordered ? ' → ' : ', ')} `, h('b', {}, 'Now for what happens …')));
  const right = said === q.right, told = textsOf(q, said).join(q.ordered ? ' → ' : ', ');
  const ruling = q.kind === 'predict' ? (right ? 'That is what happens.' : 'It goes the other way.') : right ? 'That is right.' : `${q.ordered ? 'The order is' : 'Right is'}:`;
  const cure = right || q.kind === 'predict' ? null : q.ordered ? h('ol', {}, ...textsOf(q, q.right).map((text) => h('li', {}, text))) : h('b', {}, textsOf(q, q.right).join(', '));
  return h('div', { class: `ask ${right ? 'yes' : 'no'}`, role: 'status' }, h('p', { title: visible(q.question) }, h('i', { 'aria-hidden': true }, right ? '✓' : '✕'), ' ', q.ordered ? '' : `You said: ${told}${/[.!?]$/.test(told) ? '' : '.'} `, h('b', {}, ruling), ' ', q.ordered ? '' : cure), q.ordered ? cure : null);
}

/** A question to be answered.  `chosen`: the ids so far, of one with several; `choose(ids)` and `answer(said)` are called with what the learner does. */
function askOf(q, chosen, choose, answer) {
  const several = q.many || q.ordered, place = (id) => chosen.indexOf(id);
  const click = (id) => (several ? choose(place(id) >= 0 ? chosen.filter((each) => each !== id) : [...chosen, id]) : answer(id));
  const enough = q.ordered ? chosen.length === q.options.length : chosen.length > 0;
  return h('div', { class: q.ordered ? 'ask ordered' : 'ask' }, h('p', { class: 'q' }, h('b', {}, LEAD[q.when]), q.question, several ? h('small', {}, ` ${q.ordered ? HOW.ordered : HOW.many}`) : null),
    h('div', { class: 'answers' }, ...q.options.map(({ id, text }, i) => h('button', { type: 'button', 'data-focus': `ask-${q.key}-${id}`, 'data-answer': id, 'aria-pressed': several ? String(place(id) >= 0) : false, onclick: () => click(id) },
      h('kbd', { 'aria-hidden': true }, q.ordered && place(id) >= 0 ? `${place(id) + 1}.` : i + 1), text, q.ordered && place(id) >= 0 ? h('span', { class: 'sr' }, `, place ${place(id) + 1}`) : null))),
    several ? h('button', { type: 'button', class: 'nav submit', 'data-focus': `ask-${q.key}`, disabled: !enough, onclick: () => answer(q.ordered ? chosen.join('') : [...chosen].sort().join('')) }, 'That is my answer') : null);
}
