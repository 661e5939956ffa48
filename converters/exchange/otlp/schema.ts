/** The messages of OTLP profiles: fields by name as JSON writes them, with their numbers and types. */

type Type = 'int32' | 'int64' | 'uint64' | 'fixed64' | 'double' | 'bool' | 'string' | 'bytes' | 'hex';

export interface Field {
  number: number;
  name: string;
  /** A type of protobuf's (`hex` = bytes that JSON writes in hexadecimal), or the name of a message. */
  type: Type | MessageName;
  repeated: boolean;
}

/** `3 name type`, or `3 name type*` for lists. */
const TEXT = {
  Data: '1 resourceProfiles ResourceProfiles*, 2 dictionary Dictionary',
  ResourceProfiles: '1 resource Resource, 2 scopeProfiles ScopeProfiles*, 3 schemaUrl string',
  Resource: '1 attributes KeyValue*, 2 droppedAttributesCount int32, 3 entityRefs EntityRef*',
  EntityRef: '1 schemaUrl string, 2 type string, 3 idKeys string*, 4 descriptionKeys string*',
  ScopeProfiles: '1 scope Scope, 2 profiles Profile*, 3 schemaUrl string',
  Scope: '1 name string, 2 version string, 3 attributes KeyValue*, 4 droppedAttributesCount int32',
  Profile: [
    '1 sampleType ValueType, 2 samples Sample*, 3 timeUnixNano fixed64, 4 durationNano uint64',
    '5 periodType ValueType, 6 period int64, 7 profileId hex, 8 droppedAttributesCount int32',
    '9 originalPayloadFormat string, 10 originalPayload bytes, 11 attributeIndices int32*',
  ].join(', '),
  ValueType: '1 typeStrindex int32, 2 unitStrindex int32',
  Sample: [
    '1 stackIndex int32, 2 attributeIndices int32*, 3 linkIndex int32, 4 values int64*',
    '5 timestampsUnixNano fixed64*',
  ].join(', '),
  Dictionary: [
    '1 mappingTable Mapping*, 2 locationTable Location*, 3 functionTable Function*, 4 linkTable Link*',
    '5 stringTable string*, 6 attributeTable Attribute*, 7 stackTable Stack*',
  ].join(', '),
  Mapping: [
    '1 memoryStart uint64, 2 memoryLimit uint64, 3 fileOffset uint64, 4 filenameStrindex int32',
    '5 attributeIndices int32*',
  ].join(', '),
  Location: '1 mappingIndex int32, 2 address uint64, 3 lines Line*, 4 attributeIndices int32*',
  Line: '1 functionIndex int32, 2 line int64, 3 column int64',
  Function: '1 nameStrindex int32, 2 systemNameStrindex int32, 3 filenameStrindex int32, 4 startLine int64',
  Link: '1 traceId hex, 2 spanId hex',
  Attribute: '1 keyStrindex int32, 2 value AnyValue, 3 unitStrindex int32',
  Stack: '1 locationIndices int32*',
  KeyValue: '1 key string, 2 value AnyValue, 3 keyStrindex int32',
  AnyValue: [
    '1 stringValue string, 2 boolValue bool, 3 intValue int64, 4 doubleValue double, 5 arrayValue ArrayValue',
    '6 kvlistValue KeyValueList, 7 bytesValue bytes, 8 stringValueStrindex int32',
  ].join(', '),
  ArrayValue: '1 values AnyValue*',
  KeyValueList: '1 values KeyValue*',
};

export type MessageName = keyof typeof TEXT;

const NAMES: ReadonlySet<string> = new Set(Object.keys(TEXT));
/** Messages that were asked for. */
const MESSAGES = new Map<MessageName, Field[]>();

function fieldOf(text: string): Field {
  const [number, name, type] = text.split(' ') as [string, string, string];
  return {
    number: Number(number),
    name,
    type: type.replace('*', '') as Field['type'],
    repeated: type.endsWith('*'),
  };
}

export function fieldsOf(message: MessageName): readonly Field[] {
  let fields = MESSAGES.get(message);
  if (!fields) MESSAGES.set(message, (fields = TEXT[message].split(', ').map(fieldOf)));
  return fields;
}

export function isMessage(type: Field['type']): type is MessageName {
  return NAMES.has(type);
}
