/** The editors that take links to a line of code. */

export const EDITORS: Record<string, string> = {
  vscode: 'vscode://file/{file}:{line}:{column}',
  cursor: 'cursor://file/{file}:{line}:{column}',
  idea: 'idea://open?file={file}&line={line}&column={column}',
  sublime: 'subl://open?url=file:///{file}&line={line}&column={column}',
};

export function isUrlTemplate(text: string): boolean {
  return text in EDITORS || text.includes('{file}');
}
