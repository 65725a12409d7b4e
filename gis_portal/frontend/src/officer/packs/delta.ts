// A pack made new by what changed since. Pure: documents in, a document out.
import type { Delta, ParcelsDocument } from "./shapes";

/** The rows as they stand after `delta`, each uid once, in the order that they had; new ones last. */
export function applied(held: ParcelsDocument, delta: Delta): ParcelsDocument {
  const gone = new Set(delta.remove);
  const fresh = new Map(delta.upsert.map((row) => [row.uid, row]));
  const rows = held.rows.flatMap((row) => {
    const next = fresh.get(row.uid) ?? (gone.has(row.uid) ? undefined : row);
    fresh.delete(row.uid);
    return next ? [next] : [];
  });
  return {
    ...held,
    version: delta.version,
    number: delta.number ?? held.number,
    data_date: delta.data_date ?? held.data_date,
    as_of: delta.as_of,
    rows: [...rows, ...fresh.values()],
    hide: delta.hide ?? [...new Set([...(held.hide ?? []), ...delta.remove, ...delta.upsert.map(({ uid }) => uid)])],
  };
}
