import { existsSync } from 'node:fs';

import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

import { importZones } from './scripts/lint/zones.mjs';

const TESTS = [
  '**/__tests__/**/*.{ts,tsx}',
  'src/testing/**/*.{ts,tsx}',
  'ui-tests/**/*.{ts,tsx,mjs}'
];

const TYPED_PROJECTS = [
  'tsconfig.json',
  'tsconfig.tests.json',
  'packages/core/tsconfig.json',
  'packages/server/tsconfig.json',
  'packages/cli/tsconfig.json',
  'src/providers/browser/worker/tsconfig.json'
].filter(path => existsSync(new URL(path, import.meta.url)));

/** Every rule of the Jupyter plugin, as an error; two of them know settings and tests alone. */
const JUPYTER_RULES = Object.fromEntries(
  Object.keys(jupyter.rules)
    .filter(name => name !== 'no-schema-enum')
    .map(name => [`jupyter/${name}`, 'error'])
);

export default defineConfig(
  globalIgnores([
    '**/lib/**',
    '**/node_modules/**',
    'dist/**',
    '.cache/**',
    '.runtimes/**',
    '.venv/**',
    'jupyterlab_runtimes/**',
    'ui-tests/test-results/**',
    'ui-tests/playwright-report/**'
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: TYPED_PROJECTS, tsconfigRootDir: import.meta.dirname }
    },
    rules: {
      // Interfaces and their tokens share a name, and options live in namespaces, as in all of Jupyter.
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/no-namespace': 'off',
      // `signal.connect(this._onChanged, this)`: the Jupyter plugin checks the second argument.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // It takes a getter for a constant, and so forbids to ask `isDisposed` again after an await.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // What implements an interface is `async` for its errors to be rejections, with or without an await.
      '@typescript-eslint/require-await': 'off',
      // Jupyter's classes are used by shape: NetworkError of two copies of services is one type.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // An empty string often is what `||` is there for.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } }
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true }
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports' }
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }]
    }
  },
  {
    files: ['**/*.{ts,tsx,mjs}'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ project: TYPED_PROJECTS, noWarnOnMultipleProjects: true })
      ]
    },
    rules: {
      'max-lines': ['error', { max: 500 }],
      'no-console': 'error',
      'no-eval': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      curly: 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { zones: importZones({ tests: false }) }]
    }
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { jupyter },
    rules: {
      ...JUPYTER_RULES,
      // What a plugin needs to activate at start can't come later.
      'jupyter/prefer-lazy-imports': [
        'error',
        { ignoreImports: ['../kernels', '../notebook/*', '../providers/*', '../runtime'] }
      ]
    }
  },
  {
    files: ['ui-tests/**/*.ts'],
    plugins: { jupyter },
    rules: JUPYTER_RULES
  },
  {
    files: ['schema/*.json'],
    plugins: { jupyter },
    languageOptions: { parser: await import('jsonc-eslint-parser') },
    rules: { 'jupyter/no-schema-enum': 'error' }
  },
  {
    files: ['packages/**/*.ts'],
    ignores: ['packages/server/src/launchers/kubernetes/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: '@kubernetes/client-node',
          message: 'Only packages/server/src/launchers/kubernetes knows Kubernetes.'
        }
      ]
    }
  },
  {
    files: TESTS,
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: importZones({ tests: true }) }],
      // Tests define plugins and commands of their own, and what they make ends with the test.
      'jupyter/prefer-lazy-imports': 'off',
      'jupyter/plugin-id-convention': 'off',
      'jupyter/command-id-convention': 'off',
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off',
      'jupyter/require-disposable-transfer': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off'
    }
  },
  prettier
);
