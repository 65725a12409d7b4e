// #/report/…: a report on a parcel or a place, written by thumb, saved as it is typed, and handed to the outbox when it is done.
import { answerForm, begunAnswer } from "../answers/form";
import * as held from "../packs/held";
import { parcelTitle } from "../parcel/sheet";
import { add, type Base, type NewOperation } from "../outbox/outbox";
import { sendAll } from "../outbox/send";
import { wakeLater } from "../outbox/wake";
import { button, el, icon } from "../shell/dom";
import { address, go } from "../shell/router";
import { space } from "../store/db";
import type { Screen } from "../shell/screen";
import "../../styles/officer-report.css";
import { chips, selectBox, textBox } from "./boxes";
import { answers, showChecklist } from "./checklist";
import { type Draft, load, newDraft, photosOf, type Place, remove, save } from "./drafts";
import { kinds, statesFor } from "./kinds";
import { peoplePart } from "./people";
import { photosPart } from "./photos";
import { placePart } from "./place";
import { proposalForm } from "./proposal";
import { type Saving, saving } from "./saving";
import { pointsOf, sketchSheet, sketchWords } from "./sketch";
import { problem, say } from "./words";

/** Begins a draft and goes to it. */
export async function openReport(on: { uid?: string; place?: [number, number]; type?: Draft["type"] }): Promise<void> {
  go("report", (await begun(on)).id);
}

async function begun({ uid, place, type = "observation" }: Parameters<typeof openReport>[0]): Promise<Draft> {
  const row = uid ? held.row(uid) : null;
  const base: Base | null = uid ? held.baseOf(uid) : null;
  const at = place && { lon: place[0], lat: place[1], accuracy_m: null, heading: null };
  const draft = newDraft({ type, base, title: row ? parcelTitle(row) : "", place: at ?? null });
  await save(draft);
  return draft;
}

/** `parcel/<uid>`, `place/<lon>/<lat>`, `proposal/<uid>` begin one; `<id>` and `<id>/sketch` go on with it. */
export async function reportRoom([first = "", second = "", third = ""]: string[]): Promise<Screen> {
  let draft: Draft | null;
  if (first === "parcel" || first === "proposal") draft = await begun({ uid: second, type: first === "parcel" ? "observation" : "proposal" });
  else if (first === "place") draft = await begun({ place: [Number(second), Number(third)] });
  else if (first === "answer") draft = await begunAnswer(second);
  else if (first === "new") draft = await begun({});
  else if (second === "sketch") return (await sketchSheet(first)) ?? gone();
  else draft = await load(first);
  if (!draft) return gone();
  // Back and a reload come to this draft, not to a new one.
  if (draft.id !== first) history.replaceState(null, "", address("report", draft.id));
  if (draft.type === "answer") return answerForm(draft);
  return draft.type === "proposal" ? proposalForm(draft) : form(draft);
}

function gone(): Screen {
  const link = el("a", { class: "button", href: address("outbox") }, say("report"));
  return { title: say("report"), layout: "page", body: el("div", { class: "report" }, el("p", {}, say("gone")), link) };
}

export interface Frame {
  body: HTMLElement;
  kept: Saving;
  /** Buttons at the bottom: save to send, throw away. */
  foot(finish: () => Promise<NewOperation | string>): DocumentFragment;
}

/** What both forms have: the line that says what is saved, and the end. */
export function framed(draft: Draft): Frame {
  const said = el("p", { class: "report-saved", role: "status" });
  const bad = el("p", { class: "lock-problem", role: "alert" });
  const kept = saving(draft, (state, error) => {
    said.textContent = state === "failed" ? "" : say(state);
    bad.textContent = state === "failed" ? problem(error) : "";
  });
  const body = el("form", { class: "report", autocomplete: "off", novalidate: true, onsubmit: (event) => event.preventDefault() });

  async function send(finish: () => Promise<NewOperation | string>, press: HTMLButtonElement): Promise<void> {
    press.disabled = true;
    bad.textContent = "";
    try {
      const operation = await finish();
      if (typeof operation === "string") {
        bad.textContent = operation;
        return;
      }
      // No later write may bring the draft back.
      kept.pause(true);
      await kept.settled();
      said.textContent = say("finishing");
      await add(operation, draft.type === "observation" ? await photosOf(draft) : []);
      kept.end();
      said.textContent = say("finished");
      void space(true).catch(() => undefined);
      void wakeLater();
      void sendAll();
      go("outbox");
    } catch (error) {
      kept.pause(false);
      said.textContent = "";
      bad.textContent = problem(error);
    } finally {
      press.disabled = false;
    }
  }

  function foot(finish: () => Promise<NewOperation | string>): DocumentFragment {
    const press = button(say("finish"), () => void send(finish, press), "button report-finish");
    const drop = async (): Promise<void> => {
      if (!confirm(say("discardSure"))) return;
      kept.end();
      await kept.settled().catch(() => undefined);
      await remove(draft.id);
      go("outbox");
    };
    const end = document.createDocumentFragment();
    end.append(el("div", { class: "report-foot" }, bad, press, said), button(say("discard"), () => void drop(), "button button-plain"));
    return end;
  }

  return { body, kept, foot };
}

async function form(draft: Draft): Promise<Screen> {
  const { body, kept, foot } = framed(draft);
  const touch = kept.touch;
  const list = el("div", { class: "report-part" });
  const place = placePart(draft, touch);
  const photos = await photosPart(draft, touch);
  const states = statesFor(draft.base?.uid ?? null);
  body.append(
    el("p", { class: "report-about" }, say("about", { what: draft.title || say("somewhere") })),
    chips(say("kind"), await kinds(), draft.kind, (kind) => {
      draft.kind = kind;
      touch();
      void showChecklist(list, draft, touch);
    }),
    photos.element,
    textBox(say("note"), draft.note, (note) => ((draft.note = note), touch()), 5, say("noteHelp")),
    list,
    ...(states.length ? [selectBox(say("state"), states, say("stateNone"), draft.state, (state) => ((draft.state = state), touch()))] : []),
    place.element,
    sketchPart(draft),
    peoplePart(draft, touch),
    foot(async () => {
      await photos.settled();
      return finished(draft);
    }),
  );
  await showChecklist(list, draft, touch);
  return {
    title: say("report"),
    layout: "page",
    body,
    leave: () => {
      place.leave();
      kept.end();
    },
  };
}

function sketchPart(draft: Draft): HTMLElement {
  return el(
    "section",
    { class: "report-part" },
    el("h2", {}, say("sketch")),
    el("p", {}, sketchWords(draft)),
    el("div", { class: "report-buttons" }, el("a", { class: "button button-quiet", href: address("report", draft.id, "sketch") }, icon("pin"), say("draw"))),
  );
}

/** Where the drawing begins, when the phone never had a fix. */
function placeOfSketch({ sketch, sketchAccuracy }: Draft): Place | null {
  const [at] = pointsOf(sketch);
  return at ? { lon: at[0], lat: at[1], accuracy_m: sketchAccuracy, heading: null } : null;
}

/** What is sent, or what is missing. */
async function finished(draft: Draft): Promise<NewOperation | string> {
  if (!draft.kind) return say("kindMissing");
  if (!draft.note.trim() && !draft.photos.length && !draft.sketch) return say("empty");
  const place = draft.place ?? placeOfSketch(draft);
  if (!draft.base && !place) return say("placeMissing");
  const people = draft.people.filter(({ name, phone }) => name.trim() || phone.trim());
  return {
    kind: "observation",
    base: draft.base,
    draft: draft.id,
    payload: {
      kind: draft.kind,
      state: draft.state,
      note: draft.note,
      place: place && { ...place },
      sketch: draft.sketch && { type: draft.sketch.type, coordinates: draft.sketch.coordinates },
      ...(draft.sketchAccuracy === null ? {} : { sketch_accuracy_m: draft.sketchAccuracy }),
      checklist: await answers(draft),
      at: draft.at,
      ...(people.length ? { people: people.map(({ name, phone }) => ({ name, phone })) } : {}),
    },
  };
}
