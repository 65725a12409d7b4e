// Words without accents, in lower case, as people type them on a phone.
const MARKS = /\p{M}+/gu;

export function fold(text: string): string {
  return text.normalize("NFD").replace(MARKS, "").replace(/[đĐ]/g, "d").toLowerCase();
}

/** `Tờ TĐ03-2014, thửa 12` → ["to", "td03-2014", "thua", "12"] */
export function words(text: string): string[] {
  return fold(text).split(/[^\p{L}\p{N}\-./]+/u).filter(Boolean);
}
