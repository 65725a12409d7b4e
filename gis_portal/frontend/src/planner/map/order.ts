// The order of entries: a group stands together, wherever one of its members or a neighbour is moved.
import type { Entry } from "./composition";

/** Whoever joins a group stands below its last member. */
export function together(entries: Entry[], entry: Entry): void {
  if (!entry.group || !entries.some((other) => other !== entry && other.group === entry.group)) return;
  entries.splice(entries.indexOf(entry), 1);
  const last = entries.findLastIndex((other) => other.group === entry.group);
  entries.splice(last + 1, 0, entry);
}

/** One place up (-1) or down (1): past another member of its group, else with its whole group past the next one. */
export function move(entries: Entry[], entry: Entry, by: -1 | 1): void {
  const at = entries.indexOf(entry);
  const next = entries[at + by];
  if (next && entry.group && next.group === entry.group) {
    entries.splice(at, 1);
    entries.splice(at + by, 0, entry);
    return;
  }
  const blocks = blocksOf(entries);
  const from = blocks.findIndex((block) => block.includes(entry));
  const [moved] = blocks.splice(from, 1);
  if (moved) blocks.splice(Math.max(0, from + by), 0, moved);
  entries.splice(0, entries.length, ...blocks.flat());
}

export function canMove(entries: readonly Entry[], entry: Entry, by: -1 | 1): boolean {
  const at = entries.indexOf(entry);
  const next = entries[at + by];
  if (next && entry.group && next.group === entry.group) return true;
  const blocks = blocksOf(entries);
  return blocks[blocks.findIndex((block) => block.includes(entry)) + by] !== undefined;
}

/** Members of a group that stand together, and every other entry alone. */
function blocksOf(entries: readonly Entry[]): Entry[][] {
  const blocks: Entry[][] = [];
  for (const entry of entries) {
    const last = blocks.at(-1);
    if (last && entry.group && last[0]?.group === entry.group) last.push(entry);
    else blocks.push([entry]);
  }
  return blocks;
}
