// What a form changes is changed in its place. Without this script each form leads to a page of its own, and all else is the same.
"use strict";

const WHOLE = "#content";
const AWAY = document.currentScript.dataset.away;

// The whole page, where the answer does not have the part: nobody is in any more, or something went wrong.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const part = detail.target.closest("[hx-select]")?.getAttribute("hx-select");
  const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  if (!part || answer.querySelector(part)) return;
  detail.target = document.querySelector(WHOLE);
  detail.selectOverride = WHOLE;
});

// To what is said of the form, and else to the heading: a keyboard goes on from there, and a screen reader reads it.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.contains(document.activeElement) && document.activeElement.autofocus) return;
  const said = target.querySelector(":is([role='alert'], [role='status']):not(:empty)");
  const place = said || target.querySelector("h1, h2");
  place.tabIndex = -1;
  place.focus();
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.elt.querySelector("[data-away]")?.remove());

document.addEventListener("htmx:sendError", ({ detail }) => {
  const said = document.createElement("p");
  said.className = "alert";
  said.setAttribute("role", "alert");
  said.dataset.away = "";
  said.textContent = AWAY;
  detail.elt.querySelector("button").before(said);
});
