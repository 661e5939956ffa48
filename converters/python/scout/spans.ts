/** The spans of a stream, put together from their commands: which may come in any order. */
import type { Source } from '../../../src/plugin.ts';
import { type JsonObject, JsonValues } from '../json-values.ts';
import { timeOf } from './time.ts';

export type Tags = Map<string, string | number>;

export interface Span {
  /** '' = not said. */
  operation: string;
  request: string;
  /** Id of the span that it is a part of; '' = none. */
  parent: string;
  /** Nanoseconds since 1970. */
  start: bigint;
  /** Absent as long as it was not stopped. */
  stop: bigint | undefined;
  tags: Tags;
}

const COMMANDS = ['StartRequest', 'TagRequest', 'FinishRequest', 'StartSpan', 'TagSpan', 'StopSpan'] as const;

export class Spans {
  /** By ids of request and span. */
  readonly byId = new Map<string, Span>();
  readonly requestTags = new Map<string, Tags>();
  /** What the application says of itself. */
  application: string | undefined;
  language: string | undefined;
  readonly #source: Source;
  readonly #values: JsonValues;

  constructor(source: Source) {
    this.#source = source;
    this.#values = new JsonValues(source);
  }

  static id(request: string, span: string): string {
    return `${request}\0${span}`;
  }

  /** Reads a message of the stream: a command, or a batch of them. */
  add(message: unknown, path: string): void {
    for (const [name, value] of Object.entries(this.#values.object(message, path))) {
      const at = `${path}.${name}`;
      if (name === 'BatchCommand') {
        const { commands } = this.#values.object(value, at);
        for (const [i, command] of this.#values.array(commands, `${at}.commands`).entries())
          this.#commands(command, `${at}.commands[${i}]`);
      } else if (name === 'Register') {
        const { app, language } = this.#values.object(value, at);
        if (typeof app === 'string') this.application = app;
        if (typeof language === 'string') this.language = language;
      } else if (name !== 'ApplicationEvent' && name !== 'CoreAgentVersion') {
        this.#command(name, value, at);
      }
    }
  }

  #commands(command: unknown, path: string): void {
    for (const [name, value] of Object.entries(this.#values.object(command, path)))
      this.#command(name, value, `${path}.${name}`);
  }

  #command(name: string, value: unknown, path: string): void {
    if (!COMMANDS.includes(name as (typeof COMMANDS)[number])) {
      this.#source.warn('unknown-command', `nothing is known of ${JSON.stringify(name)}: left out`, { path });
      return;
    }
    const command = this.#values.object(value, path);
    const request = this.#values.text(command['request_id'], `${path}.request_id`);
    if (name === 'TagRequest') this.#tag(this.#tagsOf(request), command, path);
    if (!name.endsWith('Span')) return;
    const id = Spans.id(request, this.#values.text(command['span_id'], `${path}.span_id`));
    if (name === 'StartSpan') this.#start(id, request, command, path);
    else this.#change(id, name, command, path);
  }

  #tagsOf(request: string): Tags {
    let tags = this.requestTags.get(request);
    if (!tags) this.requestTags.set(request, (tags = new Map()));
    return tags;
  }

  #start(id: string, request: string, command: JsonObject, path: string): void {
    if (this.byId.has(id)) {
      this.#source.warn('same-id', 'a span that was started already is left out', { path });
      return;
    }
    const { operation, parent_id: parent } = command;
    this.byId.set(id, {
      operation: typeof operation === 'string' ? operation : '',
      request,
      parent: typeof parent === 'string' ? parent : '',
      start: this.#time(command, path),
      stop: undefined,
      tags: new Map(),
    });
  }

  #change(id: string, name: string, command: JsonObject, path: string): void {
    const span = this.byId.get(id);
    if (!span) this.#source.warn('unknown-span', `${name} of a span that was not started`, { path });
    else if (name === 'TagSpan') this.#tag(span.tags, command, path);
    else span.stop = this.#time(command, path);
  }

  /** Texts and numbers are kept; a stack and the like is not. */
  #tag(tags: Tags, { tag, value }: JsonObject, path: string): void {
    const key = this.#values.text(tag, `${path}.tag`);
    if (typeof value === 'string' || typeof value === 'number') tags.set(key, value);
    else if (typeof value === 'boolean') tags.set(key, String(value));
    else if (value !== null) this.#source.note('tag', 'tags that are lists are left out', { path });
  }

  #time(command: JsonObject, path: string): bigint {
    const text = this.#values.text(command['timestamp'], `${path}.timestamp`);
    return timeOf(text) ?? this.#values.wrong(text, `${path}.timestamp`, 'a time');
  }
}
