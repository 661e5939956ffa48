/** Where an emitter writes: text and bytes in pieces, and what the format cannot carry. */
import type { Diagnostic, Diagnostics, Severity } from './diagnostics.ts';

/** Takes whole pieces in order; returns only when the piece is taken, so a slow reader slows the writer. */
export type Write = (bytes: Uint8Array) => void;

const PIECE = 64 * 1024;

export class Sink {
  readonly #write: Write;
  readonly #format: string;
  readonly #diagnostics: Diagnostics;
  readonly #encoder = new TextEncoder();
  #pending = '';

  constructor(write: Write, format: string, diagnostics: Diagnostics) {
    this.#write = write;
    this.#format = format;
    this.#diagnostics = diagnostics;
  }

  /** Appends text (as UTF-8) or bytes. */
  write(piece: string | Uint8Array): void {
    if (typeof piece === 'string') {
      this.#pending += piece;
      if (this.#pending.length >= PIECE) this.flush();
    } else {
      this.flush();
      this.#write(piece);
    }
  }

  /** Passes on all that was written; the pipeline calls it at the end. */
  flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#write(this.#encoder.encode(text));
  }

  /** Says that the output leaves something out. `code` is the part behind the format's name. */
  lost(code: string, message: string, hint?: string): void {
    this.#tell('warning', code, message, hint);
  }

  /** Says what the output does not show by its nature: no fault, even to those who are strict. */
  note(code: string, message: string, hint?: string): void {
    this.#tell('note', code, message, hint);
  }

  /** A note that people should have at once: what comes may take long. */
  urgentNote(code: string, message: string, hint?: string): void {
    this.#diagnostics.addUrgent(this.#diagnostic('note', code, message, hint));
  }

  #tell(severity: Severity, code: string, message: string, hint: string | undefined): void {
    this.#diagnostics.add(this.#diagnostic(severity, code, message, hint));
  }

  #diagnostic(severity: Severity, code: string, message: string, hint: string | undefined): Diagnostic {
    return { severity, code: `${this.#format}/${code}`, message, ...(hint && { hint }) };
  }
}
