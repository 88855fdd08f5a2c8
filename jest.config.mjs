import { existsSync, readdirSync } from 'node:fs';

/** A project whose folder holds something to test. */
const has = folder => existsSync(folder) && readdirSync(folder).length > 0;

const transform = (module, environment) => ({
  '\\.(t|j|mj)sx?$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', tsx: true },
        target: 'es2022',
        transform: { react: { runtime: 'classic' } }
      },
      module: { type: module },
      ...environment
    }
  ]
});

const CORE = {
  '^@jupyterlab-runtimes/core$': '<rootDir>/packages/core/src/index.ts',
  '^@jupyterlab-runtimes/core/environment$': '<rootDir>/packages/core/src/environment/index.ts'
};

/** TypeScript sources that import each other as `./name.js`. */
const TYPESCRIPT_NAMES = { '^(\\.{1,2}/.*)\\.js$': '$1' };

/** Packages run as the ES modules that they are: `jest` comes from '@jest/globals' in their specs. */
const packageProject = name => ({
  displayName: name,
  rootDir: '.',
  roots: [`<rootDir>/packages/${name}/src`],
  testMatch: ['**/__tests__/**/*.spec.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': transform('es6')['\\.(t|j|mj)sx?$'],
    '\\.py$': '<rootDir>/scripts/jest/text.cjs'
  },
  moduleNameMapper: { ...CORE, ...TYPESCRIPT_NAMES }
});

/** The Lab extension runs as CommonJS in jsdom, and so do the Jupyter packages that it needs. */
const extensionProject = {
  displayName: 'extension',
  rootDir: '.',
  roots: ['<rootDir>/src'],
  testMatch: ['**/__tests__/**/*.spec.{ts,tsx}'],
  testEnvironment: 'jsdom',
  setupFiles: ['<rootDir>/scripts/jest/browser.cjs'],
  transform: transform('commonjs'),
  transformIgnorePatterns: [
    'node_modules/(?!(@jupyter|@jupyterlab|@jupyterlite|@microsoft|@rjsf|@codemirror|comlink|exenv-es6|lib0|nanoid|vscode-ws-jsonrpc|y-protocols|y-websocket|yjs|uuid|marked|d3|lodash-es)[/-])'
  ],
  moduleNameMapper: {
    ...CORE,
    '\\.(css|less|sass|scss)$': '<rootDir>/scripts/jest/empty.cjs',
    '\\.svg$': '<rootDir>/scripts/jest/svg.cjs',
    '\\.(gif|ttf|eot|woff2?)(\\?.*)?$': '<rootDir>/scripts/jest/file.cjs',
    '^(\\.{1,2}/.*)\\.js$': '$1'
  }
};

export default {
  cacheDirectory: '.cache/jest',
  projects: [
    has('src') && extensionProject,
    ...['core', 'server', 'cli'].map(name => has(`packages/${name}/src`) && packageProject(name))
  ].filter(Boolean)
};
