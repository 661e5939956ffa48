/** Thrown when work in a thread or another program took longer than it was allowed. */
export class OutOfTime extends Error {
  constructor(seconds: number) {
    super(`not done within ${seconds} s`);
    this.name = 'OutOfTime';
  }
}
