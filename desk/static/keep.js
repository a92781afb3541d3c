// What an officer types is kept as they type: the phone may sleep, and nothing is lost.
"use strict";

const PAUSE = 1500; // milliseconds without a key
const AGAIN = 10000; // milliseconds after a failure

function keeping(form) {
  const box = form.elements.text;
  const status = form.querySelector("[data-kept]");
  let kept = box.value;
  let timer;
  let sent = false;

  async function keep() {
    clearTimeout(timer);
    const text = box.value;
    if (sent || text === kept) return;
    const said = { form: form.elements.form.value, round: form.elements.round.value, text, quietly: "yes" };
    try {
      const answer = await fetch(form.dataset.keep, {
        method: "POST",
        body: new URLSearchParams(said),
        keepalive: text.length < 15000, // a browser lets no more outlive its page
        redirect: "error",
      });
      if (!answer.ok) throw new Error(answer.status);
      kept = text;
      status.textContent = form.dataset.done;
    } catch {
      status.textContent = form.dataset.failed;
      timer = setTimeout(keep, AGAIN);
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
  });
}

document.querySelectorAll("form[data-keep]").forEach(keeping);
