/** The server's specs alone: `node --experimental-vm-modules node_modules/jest/bin/jest.js -c packages/server/jest.config.mjs`. */
import root from '../../jest.config.mjs';

const project = root.projects.find(each => each.displayName === 'server');

export default {
  ...project,
  rootDir: '../..',
  cacheDirectory: '.cache/jest'
};
