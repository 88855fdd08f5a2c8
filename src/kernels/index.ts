export * from './kernelmanager';
export * from './names';
export * from './providers';
export * from './qualified';
export * from './sessionclient';
export * from './specmanager';
export * from './timebox';
