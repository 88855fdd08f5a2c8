export * from './manager';
export * from './model';
