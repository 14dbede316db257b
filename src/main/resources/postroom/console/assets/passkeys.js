// Passkeys: brings a question of ours to the device, and its answer back in the form that was sent. Without scripts, or
// without passkeys in the browser, the forms stay hidden.
(() => {
  'use strict';
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;

  const send = async form => {
    const asked = await fetch(form.dataset.question, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (!asked.ok) throw new Error('refused');
    const question = await asked.json();
    const answer = form.dataset.passkey === 'new'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
    form.elements.answer.value = JSON.stringify(answer.toJSON());
    if (form.elements.password) form.elements.password.value = '';
    form.submit();
  };

  document.addEventListener('DOMContentLoaded', () => {
    for (const form of document.querySelectorAll('form[data-passkey]')) {
      form.hidden = false;
      form.addEventListener('submit', event => {
        event.preventDefault();
        const trouble = form.querySelector('.trouble');
        if (trouble) trouble.hidden = true;
        send(form).catch(() => { if (trouble) trouble.hidden = false; });
      });
    }
  });
})();
