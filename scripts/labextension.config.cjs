/** What the labextension build adds to @jupyter/builder's configuration. */
const path = require('node:path');

const { CopyRspackPlugin } = require('@rspack/core');

module.exports = {
  plugins: [
    new CopyRspackPlugin({
      patterns: [
        // Made by scripts/build-worker.mjs. As it is: Pyodide's files refer to each other by name.
        {
          from: path.join(__dirname, '..', '.cache', 'browser', 'static'),
          to: 'browser',
          info: { minimized: true }
        },
        // Made by scripts/build-state.mjs: what goes into kernels, fetched when variables move.
        { from: path.join(__dirname, '..', '.cache', 'state', 'static'), to: 'state' }
      ]
    })
  ]
};
