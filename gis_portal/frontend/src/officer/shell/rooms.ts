// Which address shows what.
import { compassSheet } from "../place/compass";
import { gotoSheet, placeSheet } from "../place/goto";
import { guidePage } from "../handbook/page";
import * as held from "../packs/held";
import { ageOf } from "../packs/age";
import { packsPage } from "../packs/page";
import { now } from "../packs/time";
import { parcelSheet } from "../parcel/sheet";
import { measureSheet } from "../measure/page";
import { searchPage } from "../search/page";
import { checkSheet } from "../stakeout/check";
import { stakeoutSheet } from "../stakeout/page";
import { limits } from "../store/vault";
import { mapScreen } from "../map/page";
import { deviceRoom } from "../lock/device";
import { outboxRoom } from "../outbox/page";
import { reportRoom } from "../report/form";
import { choices } from "./device";
import { button, el } from "./dom";
import { address, go } from "./router";
import type { Room, Screen } from "./screen";
import { say } from "./shell-words";
import { say as field } from "../parcel/field-words";

/** Rooms that show what packs hold: not before an overdue pack was refreshed. */
function fresh(room: Room): Room {
  return async (args) => {
    const { refreshDays } = await limits();
    const time = await now();
    const over = held.units().find(({ pack }) => ageOf(pack.checkedAt, time, refreshDays).over);
    return over ? overdue(over.pack.name, refreshDays) : room(args);
  };
}

function overdue(unit: string, days: number): Screen {
  const body = el(
    "div",
    { class: "stack" },
    el("p", { class: "notice notice-bad", role: "alert" }, say("overdue", { unit, days })),
    button(say("packs"), () => go("packs"), "button officer-wide"),
  );
  return { title: say("newer"), layout: "page", body };
}

function morePage(): Screen {
  const link = (name: string, words: string): HTMLElement => el("li", {}, el("a", { class: "officer-row", href: address(name) }, el("strong", {}, words)));
  const links = [
    link("measure", field("measureTitle")),
    link("goto", field("goto")),
    link("compass", field("compass")),
    link("handbook", say("guide")),
    link("device", say("device")),
  ];
  return { title: say("more"), layout: "page", body: el("ul", { class: "officer-list" }, ...links) };
}

export function roomsOf(): Record<string, Room> {
  return {
    map: fresh(() => mapScreen()),
    parcel: fresh(parcelSheet),
    stakeout: fresh(stakeoutSheet),
    check: fresh(checkSheet),
    there: fresh(placeSheet),
    search: fresh(() => searchPage()),
    measure: () => measureSheet(),
    goto: () => gotoSheet(),
    compass: () => compassSheet(),
    report: reportRoom,
    outbox: () => outboxRoom(),
    packs: () => packsPage(),
    handbook: guidePage,
    device: (args) => deviceRoom(args, ...choices()),
    more: () => morePage(),
  };
}
