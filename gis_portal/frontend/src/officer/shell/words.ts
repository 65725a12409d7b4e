// The handbook's words, Vietnamese first: one table, so that a missing one does not compile. Other rooms keep tables of their own
// in the same shape and speak through `speaker`. The language is the portal's choice (its cookie), kept on the device.
export type Language = "vi" | "en";
export type Values = Record<string, string | number>;
export type Table = Record<string, readonly [vi: string, en: string]>;

const COOKIE = /(?:^|; )django_language=(vi|en)/;
const KEPT = "officer-language";

let chosen: Language | null = null;

export function language(): Language {
  chosen ??= (COOKIE.exec(document.cookie)?.[1] ?? localStorage.getItem(KEPT) ?? "vi") as Language;
  return chosen;
}

/** Chooses for the portal and, where cookies are gone, for the device. */
export function choose(next: Language): void {
  chosen = next;
  document.cookie = `django_language=${next};path=/;max-age=${365 * 24 * 3600};samesite=lax`;
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
}

export function fill(template: string, values: Values = {}): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** `const say = speaker(WORDS); say("key", { n: 3 })` */
export function speaker<T extends Table>(table: T): (key: keyof T & string, values?: Values) => string {
  return (key, values) => fill((table[key] as readonly [string, string])[language() === "vi" ? 0 : 1], values);
}

/** A label as the server sends it: one text, or one of each language. */
export function labelled(label: string | Partial<Record<Language, string>> | null | undefined): string {
  if (!label) return "";
  if (typeof label === "string") return label;
  return label[language()] ?? label.vi ?? label.en ?? "";
}
