// What an officer types is kept as they type: the phone may sleep, and nothing is lost.
"use strict";

const PAUSE = 1500; // milliseconds without a key
const AGAIN = 10000; // milliseconds after a failure
const KEPT = "form[data-keep]";

const kept = new WeakMap(); // by form, the text that the desk has
const timers = new WeakMap();
const sent = new WeakSet();

function wait(form, milliseconds) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(keep, milliseconds, form));
}

async function keep(form) {
  clearTimeout(timers.get(form));
  const { text } = form.elements;
  const typed = text.value;
  if (sent.has(form) || typed === (kept.get(form) ?? shown(text))) return;
  const status = form.querySelector("[data-kept]");
  try {
    const answer = await fetch(form.dataset.keep, {
      method: "POST",
      body: said(form),
      keepalive: typed.length < 15000, // a browser lets no more outlive its page
      redirect: "error",
    });
    if (!answer.ok) throw new Error(answer.status);
    kept.set(form, typed);
    status.textContent = answer.status === 200 ? await twice(form, answer) : form.dataset.done;
  } catch {
    status.textContent = form.dataset.failed;
    wait(form, AGAIN);
  }
}

// What the desk has of a box that was just shown: nothing of a letter that it has refused and given back.
function shown(text) {
  return text.hasAttribute("aria-invalid") ? "" : text.defaultValue;
}

// The text, and how the desk knows this page and what it has shown.
function said(form) {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams([...fields, ["quietly", "yes"]]);
}

// Typed on another page as well, where this one has not shown it: now it does.
async function twice(form, answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const other = page.querySelector(`form[data-keep="${form.dataset.keep}"] [data-beside]`);
  form.querySelector("[data-beside]").replaceWith(other);
  return form.dataset.twice;
}

// Forms come and go with what they change: so the page listens, and not each form.
document.addEventListener("input", ({ target }) => {
  const form = target.closest(KEPT);
  if (form) wait(form, PAUSE);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) document.querySelectorAll(KEPT).forEach(keep);
});

// What was given back is kept before the next key, as is what the browser has put back into a box.
document.querySelectorAll(KEPT).forEach(keep);
document.addEventListener("htmx:afterSettle", ({ target }) => target.querySelectorAll(KEPT).forEach(keep));

document.addEventListener("submit", ({ target }) => sent.add(target), { capture: true });

// It did not arrive: what is typed from here on is kept again.
document.addEventListener("htmx:sendError", ({ detail }) => sent.delete(detail.elt));
