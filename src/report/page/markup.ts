/** Markup whose texts and attributes are escaped. Only `raw` makes it from text that is not. */
export interface Markup {
  readonly html: string;
}

type Child = Markup | string | number | null | readonly Child[];
type Attributes = Readonly<Record<string, string | number | true | undefined>>;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" },
};
// Control characters, which no page may hold, become the sign for what cannot be shown.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

export const escape = (text: string): string =>
  text.replaceAll(CONTROL, "\ufffd").replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

/** Markup as it is: for constants of this program and for what was escaped before. */
export const raw = (html: string): Markup => ({ html });

const inside = (child: Child): string =>
  child === null
    ? ""
    : typeof child === "string" || typeof child === "number"
      ? escape(String(child))
      : "html" in child
        ? child.html
        : child.map(inside).join("");

/** Elements that have no end. */
const VOID: readonly string[] = ["meta", "input", "img"];

/** An element: `h("th", { scope: "col" }, name)`. An attribute that is undefined is left out. */
export function h(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [value === true ? ` ${name}` : ` ${name}="${escape(String(value))}"`],
  );
  const start = `<${tag}${written.join("")}>`;
  return raw(VOID.includes(tag) ? start : `${start}${inside(children)}</${tag}>`);
}
