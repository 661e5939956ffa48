/** Graphviz: gives the nodes and edges of a graph their places. */
import { hasThreads, OutOfTime, ProfileError, runInThread, runProgram } from '../../../src/plugin.ts';
import type { LayoutOptions } from './options.ts';

/** A graph of this size is laid out in a second at most; a thread to stop it would take longer to start. */
const SMALL = { nodes: 100, edges: 200 };
/** From here on the exact optimum costs seconds to minutes and makes no visible difference. */
const LARGE = 300;
const HURRY = 'nslimit=1, nslimit1=1, mclimit=0.3';
const STRAIGHT = 'nslimit=0.2, nslimit1=0.2, mclimit=0.05, splines=line';

/** A function that draws DOT text with the Graphviz module at a URL. */
const DRAW = `async ({ graphviz, dot }) => {
  const { Graphviz } = await import(graphviz);
  return (await Graphviz.load()).layout(dot, 'svg', 'dot');
}`;

export interface Graph {
  dot: string;
  nodes: number;
  edges: number;
}

/** The graph as Graphviz draws it, and whether its edges had to be straight to be in time. */
export interface Layout {
  svg: string;
  straight: boolean;
}

/** Lays out a graph. Throws `OutOfTime` when that takes longer than allowed, `ProfileError` when it fails. */
export async function layOut(graph: Graph, options: LayoutOptions): Promise<Layout> {
  const { nodes, edges, dot } = graph;
  try {
    const small = nodes <= SMALL.nodes && edges <= SMALL.edges;
    if (options.layout === 'wasm' && (small || !hasThreads)) {
      return { svg: await layOutHere(dot), straight: false };
    }
    const hurried = nodes > LARGE || edges > LARGE ? withAttributes(dot, HURRY) : dot;
    // Curves around nodes can take longer than all the rest: most of the time is kept for doing without.
    const forCurves = options.layoutLimit / 4;
    try {
      return { svg: await layOutWithin(hurried, forCurves, options), straight: false };
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
      const svg = await layOutWithin(withAttributes(dot, STRAIGHT), options.layoutLimit - forCurves, options);
      return { svg, straight: true };
    }
  } catch (error) {
    throw error instanceof OutOfTime ? error : layoutError(error);
  }
}

async function layOutHere(dot: string): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  return (await Graphviz.load()).layout(dot, 'svg', 'dot');
}

async function layOutWithin(dot: string, seconds: number, { layout }: LayoutOptions): Promise<string> {
  if (layout === 'native') return runProgram('dot', ['-Tsvg'], dot, seconds);
  const graphviz = import.meta.resolve('@hpcc-js/wasm-graphviz');
  return (await runInThread(DRAW, { graphviz, dot }, seconds)) as string;
}

function withAttributes(dot: string, attributes: string): string {
  return dot.replace('{', `{\n\tgraph [${attributes}];`);
}

function layoutError(error: unknown): ProfileError {
  const cause = error as Error & { code?: string };
  if (cause.code === 'ENOENT') {
    return new ProfileError(
      {
        code: 'layout/no-dot',
        message: 'there is no dot command',
        hint: 'install Graphviz, or leave out --layout native',
      },
      { cause },
    );
  }
  return new ProfileError(
    {
      code: 'layout/failed',
      message: `Graphviz could not lay out the graph: ${cause.message.trim().replace(/\s+/g, ' ')}`,
      hint: '-t dot writes the graph itself; -n PERCENT leaves out small nodes',
    },
    { cause },
  );
}
