/** Files that are bundled as text are text in specs too. */
module.exports = {
  process: source => ({ code: `module.exports = ${JSON.stringify(source)};` })
};
