// Kinds of report and their checklists: the server's, kept on the device; the kinds are known without it.
import { askJson } from "../shell/api";
import { labelled, type Language } from "../shell/words";
import * as held from "../packs/held";
import { meta, setMeta } from "../store/vault";

type Label = string | Partial<Record<Language, string>>;

export interface Choice {
  value: string;
  label: Label;
}

export interface Question {
  id: string;
  type: "yes-no" | "choice" | "choices" | "number" | "text" | "date";
  label: Label;
  help?: Label;
  required?: boolean;
  unit?: string;
  min?: number;
  max?: number;
  choices?: Choice[];
}

interface Told {
  version: string;
  kinds: { kind: string; label: Label }[];
  checklists: { kind: string; title: Label; questions: Question[] }[];
}

const KINDS: Told["kinds"] = [
  { kind: "inspection", label: { vi: "Kiểm tra định kỳ", en: "Regular inspection" } },
  { kind: "encroachment", label: { vi: "Lấn, chiếm đất", en: "Encroachment" } },
  { kind: "construction", label: { vi: "Xây dựng trái phép", en: "Unauthorised construction" } },
  { kind: "boundary", label: { vi: "Ranh giới, mốc giới", en: "Boundary, markers" } },
  { kind: "contract", label: { vi: "Hợp đồng thuê, sử dụng đất", en: "Contract" } },
  { kind: "other", label: { vi: "Việc khác", en: "Something else" } },
];
const KEPT = "checklists";

/** Asks the server; without a network what is kept stays. */
export async function refreshChecklists(): Promise<void> {
  const told = await askJson<Told>("checklists").catch(() => null);
  if (told && Array.isArray(told.checklists)) await setMeta(KEPT, told);
}

const kept = (): Promise<Told | undefined> => meta<Told>(KEPT);

/** value and name, in the reader's language. */
export async function kinds(): Promise<[string, string][]> {
  // The server's own words are in one language: ours stand in both.
  const known = (await kept())?.kinds ?? KINDS;
  return known.map(({ kind, label }) => [kind, labelled(KINDS.find((own) => own.kind === kind)?.label ?? label)]);
}

export const kindName = (kind: string): string => labelled(KINDS.find((own) => own.kind === kind)?.label ?? kind);

/** null: not on the device; empty: this kind has none. */
export async function questionsOf(kind: string): Promise<Question[] | null> {
  const told = await kept();
  return told ? (told.checklists.find((one) => one.kind === kind)?.questions ?? []) : null;
}

/** The states of the register's life cycle, as the parcel's own layer declares them. */
export function statesFor(uid: string | null): [string, string][] {
  const units = held.units();
  const unit = (uid && held.unitOf(uid)) || units[0];
  return choicesOf(unit?.document.fields.find(({ name }) => name === "status")?.choices);
}

export function choicesOf(choices: unknown): [string, string][] {
  if (Array.isArray(choices)) return (choices as (Choice & { vi?: string; en?: string })[]).map(({ value, label, vi, en }) => [value, labelled(label) || labelled({ ...(vi && { vi }), ...(en && { en }) }) || value]);
  if (choices && typeof choices === "object") return Object.entries(choices as Record<string, Label>).map(([value, label]) => [value, labelled(label)]);
  return [];
}
