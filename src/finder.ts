/** What names are looked through with. */

/** What finds something in a text: JavaScript's regular expressions do, and those of other engines. */
export interface Finder {
  test(text: string): boolean;
}
