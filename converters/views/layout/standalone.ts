/** Makes Graphviz' SVG look alike wherever it is opened: its fonts, and the room that each text may take. */
import type { Font } from './font.ts';

/** Of the same widths as Arial: what Macs, Linux and we ourselves have for it. */
const FONTS = "Arial,Helvetica,'Liberation Sans',Arimo,sans-serif";
const PROLOGUE = /<!DOCTYPE[^>]*>\s*|<!--[\s\S]*?-->\s*/g;
const TEXT = /(<text [^>]*?) font-family="[^"]*" font-size="([\d.]+)"([^>]*)>([^<]*)(?=<\/text>)/g;
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

/** The SVG without comments; no text is wider than the built-in font makes it, whatever font the viewer has. */
export function standalone(svg: string, font: Font): string {
  return svg
    .replace(PROLOGUE, '')
    .replace('<svg ', `<svg font-family="${FONTS}" `)
    .replace(TEXT, (_, before: string, size: string, after: string, text: string) => {
      const length = (font.width(plain(text)) * Number(size)).toFixed(1);
      return `${before} font-size="${size}"${after} textLength="${length}" lengthAdjust="spacingAndGlyphs">${text}`;
    });
}

function plain(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (entity, code: string | undefined, name: string) =>
    code === undefined ? (ENTITIES[name] ?? entity) : String.fromCodePoint(Number(code)),
  );
}
