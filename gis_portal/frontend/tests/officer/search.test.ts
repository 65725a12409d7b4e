// Search without a network: what people type finds the parcel, by its new and its old number, and fast.
import { describe, expect, it } from "vitest";
import type { Row } from "../../src/officer/packs/shapes";
import { asked, Index } from "../../src/officer/search/find";

function row(number: number, more: Partial<Row> = {}): Row {
  return {
    uid: `u${number}`, unit: 1, sheet: String(1 + (number % 80)), number: String(number), at: [107, 10], crs: "EPSG:5899",
    rings: [], area: 100, p: { managing_org: "Ban quản lý chợ Vũng Tàu", address: "Đường Trần Phú" }, ...more,
  };
}

const ROWS = [
  row(12, { sheet: "5", old: [{ unit: "Phường 7", sheet: "TĐ03-2014", number: "118" }] }),
  row(13, { sheet: "5", p: { managing_org: "Trung tâm phát triển quỹ đất" } }),
  row(118, { sheet: "9" }),
];
const index = new Index(ROWS, () => "Phường Vũng Tàu", ["managing_org", "address"]);
const uids = (text: string): string[] => index.find(text).map((found) => found.row.uid);

describe("what is meant", () => {
  it.each([
    ["tờ 5 thửa 12", "5", "12", []],
    ["to ban do so 05, thua dat so 012", "5", "12", []],
    ["thửa 12 tờ TĐ03-2014", "td03-2014", "12", []],
    ["5/12", "5", "12", []],
    ["sheet 5 parcel 12 vung tau", "5", "12", ["vung", "tau"]],
    ["trung tâm quỹ đất", null, null, ["trung", "tam", "quy", "dat"]],
  ])("%s", (text, sheet, number, words) => {
    expect(asked(text)).toEqual({ sheet, number, words });
  });
});

describe("offline search", () => {
  it("finds by sheet and number, with and without words", () => {
    expect(uids("tờ 5 thửa 12")).toEqual(["u12"]);
    expect(uids("5/13")).toEqual(["u13"]);
    expect(uids("tờ 5")).toEqual(["u12", "u13"]);
  });

  it("finds by the old number and says which one it was; the present one comes first", () => {
    expect(uids("118")).toEqual(["u118", "u12"]);
    expect(index.find("tờ TĐ03-2014 thửa 118")[0]).toMatchObject({ row: { uid: "u12" }, old: "Phường 7, tờ TĐ03-2014, thửa 118" });
    expect(uids("phuong 7 thua 118")).toEqual(["u12"]);
  });

  it("takes words without accents, by their beginnings", () => {
    expect(uids("phat trien quy dat")).toEqual(["u13"]);
    expect(uids("cho vung")).toEqual(["u12", "u118"]);
    expect(uids("đường trần")).toEqual(["u12", "u118"]);
    expect(uids("khong co gi")).toEqual([]);
    expect(uids("  ")).toEqual([]);
  });

  it("goes through the whole register of a province", () => {
    const many = new Index(Array.from({ length: 7571 }, (_, i) => row(i)), () => "Phường Vũng Tàu", ["managing_org", "address"]);
    expect(many.find("tờ 40 thửa 7559")).toHaveLength(1);
    expect(many.find("ban quan ly", 31)).toHaveLength(31);
  });
});
