export * from './provider';
export * from './services';
