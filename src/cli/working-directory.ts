/** A process may outlive its directory: what only asks for its name, as yargs does when it is loaded, must not fail. */
try {
  process.cwd();
} catch {
  process.cwd = () => '/';
}
