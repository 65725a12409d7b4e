// Search without a network: every key searches, the whole list is in memory.
import { useOf } from "../parcel/shape";
import { say } from "../parcel/field-words";
import * as held from "../packs/held";
import { el, replace } from "../shell/dom";
import { area } from "../shell/format";
import { address } from "../shell/router";
import type { Screen } from "../shell/screen";
import type { Found } from "./find";

const SHOWN = 30;
let typed = "";

function line({ row, old }: Found): HTMLElement {
  const unit = held.unitOf(row.uid)?.pack.name ?? "";
  const facts = [unit, row.area === null ? "" : area(row.area), useOf(row)].filter(Boolean).join(" · ");
  const title = say("parcel", { number: row.number, sheet: row.sheet });
  return el(
    "li",
    {},
    el(
      "a",
      { class: "officer-row", href: address("parcel", row.uid) },
      el("strong", {}, title),
      el("span", { class: "soft" }, facts),
      old ? el("span", { class: "badge" }, say("formerly", { old })) : null,
    ),
  );
}

export function searchPage(): Screen {
  const input = el("input", {
    id: "officer-q",
    type: "search",
    class: "officer-input",
    value: typed,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    "aria-describedby": "officer-q-hint",
  });
  const count = el("p", { class: "soft", role: "status" });
  const list = el("ul", { class: "officer-list" });
  const look = (): void => {
    typed = input.value;
    const started = performance.now();
    const found = typed.trim() ? held.find(typed, SHOWN + 1) : [];
    const shown = found.slice(0, SHOWN);
    // Read by `make web-vitals`: how long the search itself took.
    list.dataset["millis"] = (performance.now() - started).toFixed(1);
    replace(list, ...shown.map(line));
    if (!held.units().length) count.textContent = say("searchEmpty");
    else if (!typed.trim()) count.textContent = "";
    else if (!found.length) count.textContent = say("searchNothing");
    else count.textContent = say(found.length > SHOWN ? "searchMany" : "searchCount", { n: shown.length });
  };
  input.addEventListener("input", look);
  look();
  const form = el(
    "form",
    { role: "search", class: "stack-tight", onsubmit: (event) => event.preventDefault() },
    el("label", { for: "officer-q" }, say("searchLabel")),
    input,
    el("p", { id: "officer-q-hint", class: "soft small" }, say("searchHint")),
  );
  // While the first letter is on its way, the words are read.
  window.setTimeout(() => held.find("0"), 0);
  if (!typed) queueMicrotask(() => input.focus());
  return { title: say("searchTitle"), layout: "page", body: el("div", { class: "stack" }, form, count, list) };
}
