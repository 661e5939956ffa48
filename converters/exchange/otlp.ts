/**
 * Profiles of OpenTelemetry's protocol, in protobuf or JSON: what profilers send to a collector.
 *
 * Written by OpenTelemetry's eBPF profiler and SDKs, and by the collector's file exporter.
 * Spec: https://github.com/open-telemetry/opentelemetry-proto (profiles/v1development, release 1.8 and later)
 * The surprise: stacks are a table of the whole message, and each profile has one metric: those of one scope are
 * columns of the same samples.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
  type Source,
} from '../../src/plugin.ts';
import { probeBytes } from './otlp/probe.ts';

const options = () =>
  z.object({
    json: option(z._default(z.boolean(), false), { help: 'write JSON instead of protobuf' }),
  });

export const otlp = defineFormat({
  name: 'otlp',
  title: 'OpenTelemetry profiles (OTLP, protobuf or JSON)',
  extensions: ['otlp', 'otlp.json'],
  spec: 'https://github.com/open-telemetry/opentelemetry-proto',
  parser: { options: () => z.object({}), probe, parse },
  emitter: {
    options,
    needs: 'all',
    differences: 'signed',
    binary: true,
    implied: { 'otlp.json': { json: true } },
    emit,
  },
});

function probe(head: Head): number {
  if (head.jsonKeys) {
    const has = (...keys: string[]) => keys.some((key) => head.jsonKeys!.has(key));
    return has('resourceProfiles', 'resource_profiles') ? 0.95 : 0;
  }
  return head.text.trimStart().startsWith('{') ? 0 : probeBytes(head);
}

async function parse(source: Source): Promise<Profile> {
  const { OtlpReader } = await import('./otlp/read.ts');
  const isJson = source.head.text.trimStart().startsWith('{');
  const reader = new OtlpReader(source, !isJson);
  if (!isJson) {
    reader.add(source.bytes());
    return reader.finish();
  }
  const { messagesOf } = await import('./otlp/read-json.ts');
  for (const message of messagesOf(source)) reader.add(message);
  return reader.finish();
}

async function emit(profile: Profile, { json }: OptionsOf<typeof options>, sink: Sink): Promise<void> {
  const { write } = await import('./otlp/write.ts');
  if (!json) {
    write(profile, sink, (piece) => sink.write(piece));
    return;
  }
  const [{ ProtobufWriter }, { print }] = await Promise.all([
    import('./protobuf/writer.ts'),
    import('./otlp/json.ts'),
  ]);
  const whole = new ProtobufWriter();
  write(profile, sink, (piece) => whole.append(piece));
  print(whole.written(), 'Data', sink);
}
