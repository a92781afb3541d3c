// A key for each button of the page, as it says itself. The page works without; and so do people who need their keys elsewhere.
"use strict";

const LOOK_FIRST = 1000; // milliseconds: a second press of the same key is not about a letter that nobody has seen
const NAME = "blue-pals-keys"; // "off" when somebody has turned them off (WCAG 2.1.4)
const shown = performance.now();
const words = document.currentScript.dataset;

function press(element) {
  if (element.matches("summary")) {
    element.parentElement.open = true;
    element.parentElement.querySelector("form input:not([type=hidden]), form textarea, form button")?.focus();
  } else {
    element.click();
  }
}

function typing(target) {
  return target.closest("textarea, select, input:not([type=radio], [type=checkbox], [type=hidden])") !== null;
}

function keyPressed(event) {
  if (localStorage.getItem(NAME) === "off" || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (typing(event.target) || performance.now() - shown < LOOK_FIRST) return;
  const element = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (element === null || (document.querySelector(".worry[open]") && !element.closest(".worry"))) return;
  event.preventDefault();
  press(element);
}

function offerToTurnThemOff() {
  const button = document.createElement("button");
  const say = () => (button.textContent = localStorage.getItem(NAME) === "off" ? words.off : words.on);
  button.type = "button";
  button.className = "plain keys";
  button.addEventListener("click", () => {
    localStorage.setItem(NAME, localStorage.getItem(NAME) === "off" ? "on" : "off");
    say();
  });
  say();
  (document.querySelector(".broad") ?? document.getElementById("content")).append(button);
}

// What is selected in the letter goes to the words to leave out: a line, so that the form is the same without this.
function offerToLeaveOutWhatIsSelected(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet keys";
  button.textContent = words.selected;
  button.addEventListener("mousedown", (event) => event.preventDefault()); // a click would end the selection
  button.addEventListener("click", () => {
    const selected = document.getSelection().toString().split("\n").map((line) => line.trim()).filter(Boolean);
    box.value = [...box.value.split("\n").filter(Boolean), ...selected].join("\n");
  });
  box.after(button);
}

// Over a handwritten page the mouse blackens what it is drawn across; without this each part is ticked by itself.
function drawAcross(cells) {
  let begun = null;
  let black;
  cells.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || !event.target.matches("input")) return;
    begun = event.target;
    black = !begun.checked;
  });
  cells.addEventListener("pointerover", (event) => {
    if (begun === null || event.target === begun || !event.target.matches("input")) return;
    begun.checked = event.target.checked = black;
  });
  document.addEventListener("pointerup", () => (begun = null));
}

document.querySelectorAll("[data-cells]").forEach(drawAcross);
document.querySelectorAll("[data-leave-out]").forEach(offerToLeaveOutWhatIsSelected);
document.addEventListener("keydown", keyPressed);
if (document.querySelector("[data-key]")) offerToTurnThemOff();
