// Pages of the office, taken apart on the server: written as elements, text as text. What is not known is left out.
import { el } from "../shell/dom";

export type Inline = string | { t: "b" | "i" | "code"; c: Inline[] } | { t: "a"; href: string; c: Inline[] } | { t: "br" };

export type Block =
  | { t: "h"; l: number; c: Inline[] }
  | { t: "p"; c: Inline[] }
  | { t: "ul" | "ol"; i: Block[][] }
  | { t: "quote"; b: Block[] }
  | { t: "table"; head: Inline[][]; rows: Inline[][][] }
  | { t: "code"; s: string }
  | { t: "hr" };

const TAGS = { b: "strong", i: "em", code: "code" } as const;
/** Addresses that a link may have: pages, mail, telephone. */
const SAFE = /^(https?:|mailto:|tel:|#|\/(?!\/))/i;

function inline(parts: readonly Inline[] | undefined): Node[] {
  return (parts ?? []).map((part) => {
    if (typeof part === "string") return document.createTextNode(part);
    if (part.t === "br") return el("br");
    if (part.t === "a") return SAFE.test(part.href) ? el("a", { href: part.href, rel: "noreferrer" }, ...inline(part.c)) : el("span", {}, ...inline(part.c));
    return el(TAGS[part.t] ?? "span", {}, ...inline(part.c));
  });
}

function block(one: Block): Node | null {
  switch (one.t) {
    case "h":
      // The page's own title is the first heading.
      return el(`h${Math.min(4, Math.max(2, one.l + 1))}` as "h2", {}, ...inline(one.c));
    case "p":
      return el("p", {}, ...inline(one.c));
    case "ul":
    case "ol":
      return el(one.t, {}, ...(one.i ?? []).map((item) => el("li", {}, ...blocks(item))));
    case "quote":
      return el("blockquote", {}, ...blocks(one.b));
    case "code":
      return el("pre", {}, one.s);
    case "hr":
      return el("hr");
    case "table":
      return table(one.head, one.rows);
    default:
      return null;
  }
}

function table(head: Inline[][], rows: Inline[][][]): Node {
  const first = el("tr", {}, ...(head ?? []).map((cell) => el("th", { scope: "col" }, ...inline(cell))));
  const lines = (rows ?? []).map((line) => el("tr", {}, ...line.map((cell) => el("td", {}, ...inline(cell)))));
  return el("div", { class: "officer-scroll", tabindex: "0", role: "region", "aria-label": first.textContent ?? "" }, el("table", { class: "table" }, el("thead", {}, first), el("tbody", {}, ...lines)));
}

export function blocks(all: readonly Block[] | undefined): Node[] {
  return (all ?? []).flatMap((one) => block(one) ?? []);
}
