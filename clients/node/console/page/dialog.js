import { Trouble, endSession } from './api.js';
import { element, setForeign, setText } from './dom.js';
import { visible } from './visible.js';
import { word } from './words.js';

/**
 * Asks whether to end a session, says what that does to its bot, and does it.
 * @param {{ id: string, forget: boolean, ended: boolean, onDone: () => void }} options
 */
export function askToEnd({ id, forget, ended, onDone }) {
  const title = element('h2');
  setForeign(title, word(ended ? 'forgetOnlyTitle' : forget ? 'forgetTitle' : 'endTitle', id));
  const reason = element('input', { id: 'reason', maxlength: 200, autocomplete: 'off' });
  const failed = element('p', { class: 'failed', role: 'alert' });
  const cancel = element('button', { type: 'button' }, word('cancel'));
  const confirm = element(
    'button',
    { type: 'submit', class: forget ? 'danger' : 'strong' },
    word(ended ? 'forgetOnlyNow' : forget ? 'forgetNow' : 'endNow'),
  );
  const dialog = element(
    'dialog',
    { 'aria-label': visible(word('endTitle', id)) },
    element(
      'form',
      { method: 'dialog' },
      title,
      ended ? null : element('p', {}, word('endWhat')),
      element('p', { class: forget ? 'warning' : null }, word(forget ? 'forgetWhat' : 'endKeeps')),
      ended ? null : element('label', { for: 'reason' }, word('reason')),
      ended ? null : reason,
      failed,
      element('div', { class: 'buttons' }, cancel, confirm),
    ),
  );

  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.querySelector('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    confirm.disabled = true;
    setText(failed, '');
    try {
      const answer = await endSession({ session_id: id, reason: reason.value.trim() || null, forget });
      if (answer.error) throw new Trouble(answer.error);
      dialog.close();
      onDone();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      setText(failed, word('endFailed') + word(`said_${error.kind}`));
      confirm.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  (ended ? cancel : reason).focus();
}
