// The map by itself: large buttons for the thumb, and how old what it shows is.
import * as held from "../packs/held";
import { say } from "../parcel/field-words";
import { errorWords } from "../stakeout/watch";
import { append, button, drawn, el, icon } from "../shell/dom";
import { day } from "../shell/format";
import { address, go } from "../shell/router";
import type { Screen } from "../shell/screen";
import { say as shell } from "../shell/shell-words";
import { toast } from "../../ui/toast";
import type { OfficerMap } from "./map";
import { hasPictures, showPictures, showsPictures } from "./pictures";

function tool(words: string, shape: Node, press: () => void): HTMLButtonElement {
  return el("button", { type: "button", class: "officer-tool", "aria-label": words, title: words, onclick: press }, shape);
}

/** Pictures of the ground on and off. */
function pictureTool(map: () => OfficerMap | null): HTMLButtonElement {
  const press = tool(say("pictures"), icon("photo"), () => {
    showPictures(!showsPictures());
    press.setAttribute("aria-pressed", String(showsPictures()));
    void map()?.refresh();
  });
  press.setAttribute("aria-pressed", String(showsPictures()));
  return press;
}

export function mapScreen(): Screen {
  const units = held.units();
  if (!units.length) {
    const body = el("div", { class: "stack" }, el("p", {}, say("searchEmpty")), button(shell("packs"), () => go("packs"), "button officer-wide"));
    return { title: shell("handbook"), layout: "page", body };
  }
  const oldest = units.map(({ document, pack }) => document.as_of ?? pack.as_of).sort()[0];
  let map: OfficerMap | null = null;
  const locate = tool(say("myPosition"), icon("locate"), () => {
    map?.me.press((error) => toast(errorWords(error), 9000));
  });
  const tools = el("div", { class: "officer-tools", role: "group" });
  append(tools, [
    tool("+", icon("plus"), () => map?.map.zoomIn()),
    tool("−", icon("minus"), () => map?.map.zoomOut()),
    el("a", { class: "officer-tool", href: address("measure"), "aria-label": say("measure"), title: say("measure") }, drawn("0 0 24 24", ["M3 17 17 3l4 4L7 21zM8 12l2 2M11 9l3 3M14 6l2 2"], "icon")),
    locate,
  ]);
  if (hasPictures(units)) tools.prepend(pictureTool(() => map));
  const body = el(
    "div",
    { class: "officer-over" },
    el("a", { class: "officer-find", href: address("search") }, icon("search"), say("searchTitle")),
    tools,
    el("p", { class: "officer-asof" }, shell("asOf", { day: day(oldest) })),
  );
  return {
    title: shell("handbook"),
    layout: "map",
    body,
    onMap: (ready) => {
      map = ready;
      ready.me.listen((follows) => locate.setAttribute("aria-pressed", String(follows)));
    },
    leave: (shown) => shown?.me.release(),
  };
}
