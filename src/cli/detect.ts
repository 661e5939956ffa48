/** `prof2dot detect FILE…`: what each file is. */
import { Diagnostics, formatDiagnostic, ProfileError, printable } from '../diagnostics.ts';
import { open } from '../open.ts';
import type { Registry } from '../registry.ts';
import { openInput, openOutput, STDIO } from './files.ts';
import { inputGroups } from './inputs.ts';
import { paint, say } from './terminal.ts';

export async function detect(registry: Registry, files: string[], json: boolean): Promise<number> {
  const out = openOutput(STDIO);
  const print = (text: string) => out.write(new TextEncoder().encode(text));
  let status = 0;
  const groups = inputGroups(registry, files.length > 0 ? files : [STDIO], []);
  for (const { path } of groups.flat()) {
    const name = path === STDIO ? '<stdin>' : path;
    try {
      const { format, score } = await open(
        openInput(path, () => {}),
        { registry, diagnostics: new Diagnostics(), name },
      );
      const answer = {
        file: name,
        format: format.name,
        title: format.title,
        score: Number(score.toFixed(2)),
      };
      print(json ? `${JSON.stringify(answer)}\n` : `${printable(name)}: ${format.name} (${format.title})\n`);
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      status = 1;
      if (json) print(`${JSON.stringify({ file: name, format: null, error: error.diagnostic.message })}\n`);
      else say(formatDiagnostic(error.diagnostic, paint()));
    }
  }
  return status;
}
