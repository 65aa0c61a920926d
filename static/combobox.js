// A code field that finds its codes while you type (WAI-ARIA combobox with a list box).
// Without JavaScript the Find button beside the field does the same by a page.
"use strict";
(() => {
  const WAIT_MS = 150;
  let count = 0;

  function dress(box) {
    if (box.dataset.dressed) return;
    box.dataset.dressed = "yes";
    const input = box.querySelector("input");
    const list = document.createElement("div");
    list.id = "tb-list-" + (++count);
    list.className = "tb-choices";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", labelOf(input) + " \u2026");
    list.hidden = true;
    box.append(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]])
      input.setAttribute(name, value);
    input.autocomplete = "off";
    const find = box.querySelector("button");
    find.type = "button";
    find.addEventListener("click", () => { input.focus(); ask(box, input, list, ""); });
    let timer = 0;
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask(box, input, list, input.value), WAIT_MS); });
    input.addEventListener("keydown", (event) => onKey(event, box, input, list));
    input.addEventListener("blur", () => setTimeout(() => close(input, list), 150));
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); take(option, input, list); }
    });
  }

  function labelOf(input) {
    const ids = input.getAttribute("aria-labelledby");
    if (ids) return ids.split(" ").map((id) => { const at = document.getElementById(id); return at ? at.textContent : ""; }).join(" ");
    return input.getAttribute("aria-label") || (input.labels && input.labels[0] ? input.labels[0].textContent : input.name);
  }

  async function ask(box, input, list, typed) {
    const asked = (box.asked = (box.asked || 0) + 1);
    const address = box.dataset.pick + "?q=" + encodeURIComponent(typed);
    const reply = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => ({ ok: false })); // offline
    if (!reply.ok || asked !== box.asked || document.activeElement !== input) return;
    list.innerHTML = await reply.text();
    [...list.querySelectorAll("[role=option]")].forEach((option, place) => { option.id = list.id + "-" + place; option.setAttribute("aria-selected", "false"); });
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
  }

  function close(input, list) {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function take(option, input, list) {
    input.value = option.dataset.code;
    close(input, list);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function onKey(event, box, input, list) {
    const options = [...list.querySelectorAll("[role=option]")];
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); ask(box, input, list, ""); return; }
    if (list.hidden) return;
    if (event.key === "Escape") { event.preventDefault(); close(input, list); return; }
    if (event.key === "Enter" && now >= 0) { event.preventDefault(); take(options[now], input, list); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    mark(options, (now + (event.key === "ArrowDown" ? 1 : -1 + (now < 0 ? 1 : 0)) + options.length) % options.length, input);
  }

  function mark(options, place, input) {
    options.forEach((option, each) => option.setAttribute("aria-selected", String(each === place)));
    if (!options[place]) return;
    options[place].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[place].id);
  }

  const dressAll = (root) => root.querySelectorAll("[data-pick]").forEach(dress);
  dressAll(document);
  // Where a code may be typed or a new one made, typing means the code; the server reads it so, too.
  for (const name of ["input", "change"])
    document.addEventListener(name, (event) => {
      const link = event.target.closest(".tb-pick") && event.target.closest(".tb-choice")?.querySelector("input[value=link]");
      if (link) link.checked = true;
    });
  document.addEventListener("htmx:load", (event) => { const at = event.target; if (at.matches("[data-pick]")) dress(at); dressAll(at); });
})();
