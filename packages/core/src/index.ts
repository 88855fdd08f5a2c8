export * from './errors.js';
export * from './lifecycle.js';
