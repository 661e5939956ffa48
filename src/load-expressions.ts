/** Regular expressions for those who need them now and then: their engine is large. */

/** Loads what makes them. */
export const loadExpressions = (): Promise<typeof import('./expression.ts')> => import('./expression.ts');
