/** XML documents, read as a whole. The library is loaded only when it is needed; it takes a second for 3 MB. */
import type { Source } from './source.ts';

/** Of an element: attributes under `@`, text under `#text`, children by tag. Without all but text it is the text. */
export type XmlElement = string | { [key: string]: XmlElement | XmlElement[] | undefined };

const ATTRIBUTES = '@';
const TEXT = '#text';
/** Deeper nesting is none of a profile's. */
const MAX_DEPTH = 100;

/** The document, whose only child is its root. Stops (`bad-xml`) where it is not well-formed. */
export async function readXml(source: Source): Promise<XmlElement> {
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  const text = source.text();
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    const { msg, line, col } = valid.err;
    // Of elements that are not closed the library lists the names, as JSON.
    const open = msg.startsWith("Invalid '[") ? msg.match(/"[^"]*"/g) : null;
    const message = open ? `it ends within ${open.map((name) => `<${name.slice(1, -1)}>`).join('')}` : msg;
    const place = open ? undefined : { line, ...(col !== undefined && { column: col }) };
    source.fail('bad-xml', message, place, 'the file may be cut off');
  }
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    attributesGroupName: ATTRIBUTES,
    textNodeName: TEXT,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    // Only with it are characters given by number read.
    htmlEntities: true,
    maxNestedTags: MAX_DEPTH,
  });
  try {
    return parser.parse(text) as XmlElement;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return source.fail('bad-xml', message, undefined, undefined, error);
  }
}

/** The children of an element that have this tag. */
export function xmlChildren(element: XmlElement | undefined, tag: string): XmlElement[] {
  if (typeof element !== 'object' || !Object.hasOwn(element, tag)) return [];
  const found = element[tag]!;
  return Array.isArray(found) ? found : [found];
}

/** The text of an element, without white space around it. */
export function xmlText(element: XmlElement | undefined): string {
  if (typeof element !== 'object') return element ?? '';
  const text = element[TEXT];
  return typeof text === 'string' ? text : '';
}

export function xmlAttribute(element: XmlElement, name: string): string | undefined {
  const [attributes] = xmlChildren(element, ATTRIBUTES);
  const [value] = xmlChildren(attributes, name);
  return typeof value === 'string' ? value : undefined;
}
