export * from './manifest.js';
export * from './progress.js';
