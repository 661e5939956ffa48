/** Tables within tables: what the columns are called stands at the beginning. */
import { type Source, type XmlElement, xmlAttribute, xmlChildren, xmlText } from '../../../src/plugin.ts';

export interface Table {
  name: string;
  rows: Row[];
}

interface Row {
  /** Texts by name of the column. */
  cells: Map<string, string>;
  tables: Table[];
}

interface Heading {
  name: string;
  columns: string[];
}

/** The tables of the results. Elements are nested a hundred deep at most. */
export function tablesOf(root: XmlElement, source: Source): Table[] {
  const headings = new Map<string, Heading>();
  for (const headers of xmlChildren(root, 'HEADERS'))
    for (const header of xmlChildren(headers, 'TABLE_HEADER')) {
      const columns = xmlChildren(header, 'TABLE_FIELD').map(xmlText);
      headings.set(xmlAttribute(header, 'ID') ?? '', { name: xmlAttribute(header, 'NAME') ?? '', columns });
    }
  return xmlChildren(root, 'RESULTS').flatMap((results) => dataOf(results, headings, source));
}

function dataOf(parent: XmlElement, headings: Map<string, Heading>, source: Source): Table[] {
  return xmlChildren(parent, 'DATA').map((data) => {
    const id = xmlAttribute(data, 'TABLE_ID') ?? '';
    const heading = headings.get(id);
    if (!heading)
      source.fail('unknown-table', 'there is no heading for the table', { path: `DATA TABLE_ID="${id}"` });
    const rows = xmlChildren(data, 'ROW').map((row) => rowOf(row, heading.columns, headings, source));
    return { name: heading.name, rows };
  });
}

function rowOf(row: XmlElement, columns: string[], headings: Map<string, Heading>, source: Source): Row {
  const cells = new Map<string, string>();
  for (const field of xmlChildren(row, 'FIELD')) {
    const column = columns[Number(xmlAttribute(field, 'ID'))];
    if (column === undefined)
      source.warn('unknown-field', 'a cell without a column is left out', { path: 'ROW FIELD' });
    else cells.set(column, xmlText(field));
  }
  const tables = xmlChildren(row, 'CHILDREN').flatMap((children) => dataOf(children, headings, source));
  return { cells, tables };
}
