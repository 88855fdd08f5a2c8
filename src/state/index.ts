export * from './connectionLink';
export * from './kernelPort';
export * from './opfsStore';
export * from './pageKey';
export * from './sources';
