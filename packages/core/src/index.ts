export * from './client/index.js';
export * from './contract/index.js';
export * from './errors.js';
export * from './lifecycle.js';
export * from './quantity.js';
export * from './state/index.js';
