/** As much of JSON Schema as our own schemas use; any other keyword is an error. */

interface Schema {
  [keyword: string]: unknown;
}

const IGNORED = new Set(['$schema', '$id', '$defs', 'title', 'description', 'then']);

/** Where and how the value breaks the schema; empty = it does not. */
export function faultsBySchema(schema: Schema, value: unknown, path = '$', top: Schema = schema): string[] {
  const faults: string[] = [];
  const inner = (part: unknown, item: unknown, where: string) =>
    faults.push(...faultsBySchema(part as Schema, item, where, top));
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (IGNORED.has(keyword)) continue;
    const check = keywords[keyword];
    if (!check) throw new Error(`schema keyword ${keyword} is not known here`);
    const fault = check({ wanted, value, path, schema, top, inner });
    if (fault) faults.push(`${path}: ${fault}`);
  }
  return faults;
}

interface Check {
  wanted: unknown;
  value: unknown;
  path: string;
  schema: Schema;
  top: Schema;
  inner: (part: unknown, item: unknown, where: string) => void;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return typeof value === type;
}

/** What is wrong with the value itself; '' = nothing. */
const keywords: Record<string, (check: Check) => string> = {
  $ref: ({ wanted, value, path, top, inner }) => {
    const name = String(wanted).replace('#/$defs/', '');
    const target = (top['$defs'] as Record<string, unknown>)[name];
    if (!target) throw new Error(`${wanted} leads nowhere`);
    inner(target, value, path);
    return '';
  },
  type: ({ wanted, value }) => {
    const types = Array.isArray(wanted) ? wanted : [wanted];
    return types.some((type) => isOfType(value, type)) ? '' : `is not ${types.join(' or ')}`;
  },
  const: ({ wanted, value }) => (value === wanted ? '' : `is not ${wanted}`),
  enum: ({ wanted, value }) => ((wanted as unknown[]).includes(value) ? '' : `is none of ${wanted}`),
  pattern: ({ wanted, value }) =>
    typeof value !== 'string' || new RegExp(String(wanted)).test(value) ? '' : `does not fit ${wanted}`,
  minimum: ({ wanted, value }) =>
    typeof value !== 'number' || value >= Number(wanted) ? '' : `is below ${wanted}`,
  minItems: ({ wanted, value }) =>
    !Array.isArray(value) || value.length >= Number(wanted) ? '' : `has fewer than ${wanted} items`,
  required: ({ wanted, value }) => {
    const missing = isObject(value) ? (wanted as string[]).filter((key) => !Object.hasOwn(value, key)) : [];
    return missing.length > 0 ? `lacks ${missing}` : '';
  },
  properties: ({ wanted, value, path, inner }) => {
    for (const [key, part] of Object.entries(wanted as Schema))
      if (isObject(value) && Object.hasOwn(value, key)) inner(part, value[key], `${path}.${key}`);
    return '';
  },
  additionalProperties: ({ value, schema }) => {
    const known = Object.keys((schema['properties'] as Schema | undefined) ?? {});
    const others = isObject(value) ? Object.keys(value).filter((key) => !known.includes(key)) : [];
    return others.length > 0 ? `has the unknown keys ${others}` : '';
  },
  items: ({ wanted, value, path, inner }) => {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) inner(wanted, item, `${path}[${i}]`);
    return '';
  },
  if: ({ wanted, value, path, schema, top, inner }) => {
    if (faultsBySchema(wanted as Schema, value, path, top).length === 0) inner(schema['then'], value, path);
    return '';
  },
};
