/** A reporter that ends a finished run: something that a spec left behind, as a failed one may, must not hold it up for ever. */
const PATIENCE_MS = 30_000;

module.exports = class {
  onRunComplete(_contexts, results) {
    const timer = setTimeout(() => {
      const left = process.getActiveResourcesInfo().join(', ');
      process.stderr.write(`A spec left something behind, and the run is ended: ${left}.\n`);
      process.exit(results.success ? 0 : 1);
    }, PATIENCE_MS);
    timer.unref();
  }
};
