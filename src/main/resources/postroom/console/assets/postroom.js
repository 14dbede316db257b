// What scripts add to pages that work without them: copying, times in the reader's zone, fields that fill examples,
// shapes checked while typing. Loaded once, listens on the document, so parts that arrive later need nothing.
(() => {
  'use strict';
  const page = document.documentElement;
  page.classList.add('js');
  document.cookie = 'postroom_scripts=on; path=/; samesite=lax'; // parts renew themselves; no need to load whole pages

  // Copy: <button data-copy="text"> or data-copy-from="#id"
  document.addEventListener('click', async event => {
    const button = event.target.closest('[data-copy], [data-copy-from]');
    if (!button) return;
    const from = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = from ? from.innerText : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea'); // no clipboard without https
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    button.classList.add('done');
    say(button.dataset.done || '');
    setTimeout(() => button.classList.remove('done'), 1600);
  });

  // What a screen reader should hear.
  const voice = document.createElement('p');
  voice.className = 'out-of-sight';
  voice.setAttribute('role', 'status');
  const say = text => { voice.textContent = ''; voice.textContent = text; };

  // Times: exact ones in the reader's zone, UTC on hover; relative ones tell the reader's own time on hover. Of the
  // browser's languages the one that is the page's says how its country writes a date.
  const exact = new Intl.DateTimeFormat(navigator.languages.find(it => it.split('-')[0] === page.lang) || page.lang, {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit'
  });
  const times = root => {
    for (const time of root.querySelectorAll('time[datetime]:not([data-told])')) {
      const at = new Date(time.dateTime);
      if (isNaN(at)) continue;
      time.dataset.told = '';
      if (time.classList.contains('exact')) time.textContent = exact.format(at);
      else time.title = `${exact.format(at)} (${time.title})`;
    }
  };

  // Examples that complete themselves: <input data-fills="tenant"> fills every [data-from="tenant"], quoted for PowerShell
  // where that says data-quote="powershell". Empty ones show their own placeholder again.
  const fill = input => {
    const name = input.dataset.fills;
    for (const place of document.querySelectorAll(`[data-from="${CSS.escape(name)}"]`)) {
      if (place.dataset.unknown === undefined) place.dataset.unknown = place.textContent;
      const value = input.value.trim();
      place.textContent = value === '' ? place.dataset.unknown
        : place.dataset.quote === 'powershell' ? `'${value.replaceAll("'", "''")}'` : value;
      place.classList.toggle('unknown', value === '');
    }
  };

  // Shapes: <input data-check="name"> is asked about at /services/shapes as one types; the answer stands below it.
  let asking = 0;
  let soon = 0;
  const check = input => {
    clearTimeout(soon);
    soon = setTimeout(async () => {
      const form = new FormData(input.form);
      const mine = ++asking;
      const answer = await fetch(input.form.dataset.shapes, { method: 'POST', body: new URLSearchParams(form) });
      if (!answer.ok || mine !== asking) return;
      const wrong = await answer.json();
      for (const field of input.form.querySelectorAll('[data-check]')) {
        if (field !== input && !field.dataset.touched) continue;
        const text = field.value === '' ? '' : wrong[field.dataset.check] || '';
        let note = field.parentElement.querySelector('.error.live');
        if (!note) {
          note = document.createElement('strong');
          note.className = 'error live';
          note.setAttribute('role', 'status');
          field.after(note);
        }
        if (note.textContent !== text) note.textContent = text;
        field.toggleAttribute('aria-invalid', text !== '');
      }
    }, 350);
  };

  document.addEventListener('submit', () => clearTimeout(soon)); // the answer to the form itself says it all

  document.addEventListener('input', event => {
    const input = event.target;
    if (input.dataset.fills) fill(input);
    if (input.dataset.check && input.form && input.form.dataset.shapes) {
      input.dataset.touched = 'yes';
      check(input);
    }
  });

  // A box that ticks all others of its form: <input type=checkbox data-all="name">
  document.addEventListener('change', event => {
    const all = event.target.dataset.all;
    if (!all) return;
    for (const box of event.target.form.querySelectorAll(`input[name="${CSS.escape(all)}"]`)) {
      box.checked = event.target.checked;
      box.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });

  // Nothing is asked for while nobody looks; a part that arrives gets its times.
  document.addEventListener('htmx:beforeRequest', event => {
    const trigger = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    if (document.hidden && (!trigger || trigger.type !== 'submit')) event.preventDefault();
  });
  document.addEventListener('htmx:afterSwap', event => {
    times(event.detail.target.parentElement || document);
    const title = event.detail.target.querySelector('[data-title]');
    if (title) document.title = title.dataset.title;
  });
  document.addEventListener('DOMContentLoaded', () => {
    document.body.append(voice);
    times(document);
    for (const input of document.querySelectorAll('[data-fills]')) if (input.value !== '') fill(input);
  });
})();
