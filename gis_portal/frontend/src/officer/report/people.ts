// Names and phones of those who were met: apart from the note, because the server keeps them apart.
import { button, el, replace } from "../shell/dom";
import { textBox } from "./boxes";
import type { Draft } from "./drafts";
import { say } from "./words";

const MOST = 20;

export function peoplePart(draft: Draft, touch: () => void): HTMLElement {
  const list = el("div", { class: "report-people" });
  function show(): void {
    replace(
      list,
      ...draft.people.map((person) =>
        el(
          "div",
          { class: "report-person" },
          textBox(say("personName"), person.name, (name) => ((person.name = name), touch())),
          textBox(say("personPhone"), person.phone, (phone) => ((person.phone = phone), touch())),
        ),
      ),
      draft.people.length < MOST ? button(say("addPerson"), () => (draft.people.push({ name: "", phone: "" }), show()), "button button-quiet") : null,
    );
  }
  show();
  return el("section", { class: "report-part" }, el("h2", {}, say("people")), el("p", { class: "hint" }, say("peopleHelp")), list);
}
