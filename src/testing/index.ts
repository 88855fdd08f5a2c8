export * from './eventually';
export * from './fakeManager';
export * from './fakeProvider';
