/** The columns that there must be. */
export const COLUMNS = ['Process Name', 'Module', 'Function', 'Weight', 'Count', 'Stack'] as const;
