// Shows that a press was heard: the button turns until the next page comes, and a second press meanwhile sends nothing.
// What htmx sends shows it by htmx's own class.
"use strict";
(() => {
  const PATIENCE_MS = 10000; // then a press sends again: somebody may have stopped the page from loading

  function rest(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    setTimeout(() => rest(form), PATIENCE_MS);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(rest); });
})();
