export * from './fakeManager';
export * from './fakeProvider';
