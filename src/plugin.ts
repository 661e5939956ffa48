/**
 * Door 2, `prof2dot/plugin`: all that a format needs, ours and third parties' alike.
 *
 * A format is a value made by `defineFormat`; `registry.with(myFormat)` puts it to use.
 */

export { ArcIndex } from './arc-index.ts';
export type {
  Details,
  FrameInfo,
  FunctionInfo,
  GraphColumns,
  PlainFunctions,
  TreeColumns,
} from './builder.ts';
export { ProfileBuilder } from './builder.ts';
export { CallTree } from './call-tree.ts';
export { baseRows, wholeOfChange } from './change-sums.ts';
export { checkProfile, faultsOfParts } from './check.ts';
export * from './columns.ts';
export type { Diagnostic, Place } from './diagnostics.ts';
export { ProfileError } from './diagnostics.ts';
export { ExactSums } from './exact-sums.ts';
export { keptRows } from './fewer-rows.ts';
export type { Finder } from './finder.ts';
export type { Emitter, Format, OptionHelp, Options, OptionsOf, Parser } from './format.ts';
export { defineFormat, option } from './format.ts';
export { functionIds } from './function-ids.ts';
export { type FunctionValues, functionValues } from './function-values.ts';
export * from './graph.ts';
export { packageFile, presence, userFile } from './host/files.ts';
export { OutOfTime } from './host/out-of-time.ts';
export { runProgram } from './host/program.ts';
export { hasThreads, runInThread } from './host/thread.ts';
export { type ByteInput, bytesInput, PeekedInput } from './input/byte-input.ts';
export { ByteReader } from './input/byte-reader.ts';
export type { Head } from './input/head.ts';
export { END, JsonReader } from './input/json.ts';
export { JsonKeys } from './input/json-keys.ts';
export { LineReader } from './input/lines.ts';
export { BYTES, type ProtobufFail, ProtobufReader, VARINT } from './input/protobuf.ts';
export { RepeatedObjects } from './input/repeated-objects.ts';
export type { Source } from './input/source.ts';
export { StackTree, TrailingCount, trimmedEnd } from './input/stack-tree.ts';
export { WINDOW, Window } from './input/window.ts';
export { readXml, type XmlElement, xmlAttribute, xmlChildren, xmlText } from './input/xml.ts';
export { type Global, inSteps, instantiate, type Memory, STEP } from './instantiate.ts';
export { Interner, textsIn } from './interner.ts';
export { loadExpressions } from './load-expressions.ts';
export { simplifiedName } from './match-frames.ts';
export * from './metrics.ts';
export { APP, packageOf } from './packages.ts';
export type * from './profile.ts';
export * from './python-format.ts';
export { commonPrefix, findByte } from './scan.ts';
export type { Sink } from './sink.ts';
export { kindsOfStacks } from './stack-rows.ts';
export { coarsen } from './transforms/coarsen.ts';
export { VERSION } from './version.ts';
