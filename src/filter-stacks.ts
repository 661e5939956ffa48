/** Filters a profile in pprof's order. What has no stacks gets them first, as an estimate. */
import { wholeOfChange } from './change-sums.ts';
import { greatest, sumOf } from './columns.ts';
import { type Diagnostics, ProfileError } from './diagnostics.ts';
import { expression } from './expression.ts';
import { keepNodes, lazyWhole } from './fewer-rows.ts';
import { type FilterOptions, filters } from './filter-options.ts';
import type { Finder } from './finder.ts';
import type { Profile } from './profile.ts';
import { estimateStacks } from './transforms/estimate-stacks.ts';
import { filterFlat, filterFrames, withoutInlines } from './transforms/filter-frames.ts';
import { filterLabelKeys, filterLabels, type LabelTest, labelTest } from './transforms/filter-labels.ts';
import { labelFrames } from './transforms/label-frames.ts';
import { pruneFrom } from './transforms/prune-from.ts';
import { showFrom } from './transforms/show-from.ts';

const ON_FRAMES = ['focus', 'ignore', 'hide', 'show'] as const;
const EXPRESSIONS = [...ON_FRAMES, 'showFrom', 'tagshow', 'taghide', 'pruneFrom'] as const;
const ON_TAGS = ['tagfocus', 'tagignore'] as const;
const ON_LABELS = ['tagroot', 'tagleaf', 'tagfocus', 'tagignore', 'tagshow', 'taghide'] as const;
const ON_KEYS = new Set<string>(['tagshow', 'taghide']);

/**
 * The profile without what the options leave out; percentages refer to the whole unless they are to be relative.
 * Throws `ProfileError` when nothing is left (unless `mayBeEmpty`), or when an expression cannot be read.
 */
export function filterStacks(
  profile: Profile,
  options: FilterOptions,
  diagnostics: Diagnostics,
  mayBeEmpty = false,
): Profile {
  if (!filters(options)) return profile;
  const filter = new Filter(options, diagnostics);
  const filtered = profile.callers === 'none' ? filter.flat(profile) : filter.stacks(profile);
  if (isEmpty(filtered) && !isEmpty(profile) && !mayBeEmpty) {
    throw new ProfileError({
      code: 'filter/nothing-left',
      message: 'nothing is left: no stack passes the filters',
      hint: 'expressions look for functions, files and modules anywhere in their names, and tell A from a',
    });
  }
  if (filtered === profile || !options.relativePercentages) return filtered;
  delete filtered.whole;
  if (filtered.meta.isDifference) filtered.whole = wholeOfChange(filtered);
  else if (filtered.callers === 'none') keepTotals(filtered);
  return filtered;
}

/** What is left of a flat profile took as long as the function that took the longest. */
function keepTotals(profile: Profile): void {
  const { self, total } = profile.nodes;
  const sums = self.map((column, m) => {
    const [selves, most] = [sumOf(column), greatest(total[m]!)];
    return most > selves ? most : selves;
  });
  if (sums.some((sum, m) => sum !== sumOf(self[m]!))) profile.whole = lazyWhole(sums, profile);
}

/** Throws `ProfileError` for expressions that cannot be read. */
export function checkFilters(options: FilterOptions): void {
  for (const option of EXPRESSIONS) regexOf(options, option);
  for (const option of ON_TAGS) tagTest(options, option);
}

function regexOf(options: FilterOptions, option: (typeof EXPRESSIONS)[number]): Finder | undefined {
  const text = options[option];
  return text ? expression(option, text) : undefined;
}

function tagTest(options: FilterOptions, option: (typeof ON_TAGS)[number]): LabelTest | undefined {
  const text = options[option];
  return text ? labelTest(text, (part) => expression(option, part)) : undefined;
}

function isEmpty(profile: Profile): boolean {
  return (profile.stacks ?? profile.nodes).length === 0;
}

class Filter {
  readonly #options: FilterOptions;
  readonly #diagnostics: Diagnostics;

  constructor(options: FilterOptions, diagnostics: Diagnostics) {
    this.#options = options;
    this.#diagnostics = diagnostics;
  }

  /** By pprof's order. */
  stacks(profile: Profile): Profile {
    const { noinlines } = this.#options;
    let left = this.#withStacks(profile);
    left = this.#labelFrames(left);
    const frameFilter = this.#frameFilter();
    if (Object.values(frameFilter).some(Boolean)) left = filterFrames(left, frameFilter, this.#noMatch);
    const from = this.#regex('showFrom');
    if (from) left = showFrom(left, from, () => this.#noMatch('show-from'));
    left = this.#labels(left);
    const to = this.#regex('pruneFrom');
    if (to) left = pruneFrom(left, to, () => this.#noMatch('prune-from'));
    return noinlines ? withoutInlines(left) : left;
  }

  /** A flat profile has stacks of one frame, with totals of their own. */
  flat(profile: Profile): Profile {
    const given = ON_LABELS.filter((option) => this.#options[option]);
    const isLabelled = profile.samples?.labels !== undefined;
    // What is kept by its label has no total of its own; labels taken off change no figures.
    if (isLabelled && given.some((option) => !ON_KEYS.has(option))) return this.stacks(profile);
    if (!isLabelled) for (const option of given) this.#noMatch(option);
    let left = isLabelled ? this.#labels(profile) : profile;
    const frameFilter = this.#frameFilter();
    if (Object.values(frameFilter).some(Boolean))
      left = keepNodes(left, filterFlat(left, frameFilter, this.#noMatch));
    const from = this.#regex('showFrom');
    if (from)
      left = keepNodes(
        left,
        filterFlat(left, { focus: from }, () => this.#noMatch('show-from')),
      );
    return left;
  }

  #withStacks(profile: Profile): Profile {
    if (profile.callers === 'all') return profile;
    const option = ON_LABELS.find((each) => this.#options[each]);
    if (option && profile.callers === 'direct' && profile.samples?.labels) {
      throw new ProfileError({
        code: 'filter/labels-of-arcs',
        message: `--${option}: the input knows labels, but not which calls they belong to`,
        hint: 'a profile of whole stacks is needed',
      });
    }
    return estimateStacks(profile, { diagnostics: this.#diagnostics });
  }

  #frameFilter() {
    const [focus, ignore, hide, show] = ON_FRAMES.map((option) => this.#regex(option));
    return { focus, ignore, hide, show };
  }

  #labelFrames(profile: Profile): Profile {
    const [roots, leaves] = (['tagroot', 'tagleaf'] as const).map((option) =>
      (this.#options[option] ?? '').split(',').filter(Boolean),
    );
    if (roots!.length + leaves!.length === 0) return profile;
    return labelFrames(profile, { roots: roots!, leaves: leaves! }, this.#noMatch, this.#lostLines);
  }

  #labels(profile: Profile): Profile {
    let left = profile;
    const [tagfocus, tagignore] = ON_TAGS.map((option) => tagTest(this.#options, option));
    if (tagfocus || tagignore)
      left = filterLabels(left, { tagfocus, tagignore }, this.#noMatch, this.#lostLines);
    const [tagshow, taghide] = (['tagshow', 'taghide'] as const).map((option) => this.#regex(option));
    if (tagshow || taghide) left = filterLabelKeys(left, { tagshow, taghide }, this.#noMatch);
    return left;
  }

  #regex(option: (typeof EXPRESSIONS)[number]): Finder | undefined {
    return regexOf(this.#options, option);
  }

  readonly #noMatch = (option: string): void => {
    this.#diagnostics.add({
      severity: 'warning',
      code: `filter/${option}-no-match`,
      message: `--${option} fits nothing in the profile`,
    });
  };

  readonly #lostLines = (): void => {
    this.#diagnostics.add({
      severity: 'warning',
      code: 'filter/lost-lines',
      message: 'costs by line are left out, since they are not known by label',
    });
  };
}
